// What the admin_* functions answer (docs/architecture.md).
import type { Role } from '#lib/role.ts';
import type { AuditEntry } from '#lib/audit/audit-log.ts';
import type { Plan } from '#lib/server/account.ts';

export interface Queue {
  outbox: { rows: number; due: number; unknown: number; lag_seconds: number };
  queues: Record<string, { ready: number; delayed: number; lag_seconds: number }>;
  dead_letters: number;
}

export interface Webhooks {
  received_day: number;
  failed: number;
  last_received: string | null;
  oldest_failed: string | null;
}

export interface Overview {
  as_of: string;
  mode: 'selfhosted' | 'licensed' | 'managed';
  on_air: {
    session_id: string;
    tenant_id: string;
    tenant_name: string | null;
    state: 'pending' | 'active';
    started_at: string;
    last_heartbeat: string | null;
    is_lost: boolean;
  }[];
  failed_starts: { hour: number; day: number; by_code: Record<string, number> };
  queue: Queue;
  webhooks: Webhooks;
  /** Cents by currency. */
  mrr: Record<string, number>;
  tables: { all: number; new_day: number; new_week: number; new_month: number; played_in_month: number };
  /** By status. */
  subscriptions: Record<string, number>;
}

export interface TableRow {
  id: string;
  name: string;
  contact_email: string | null;
  created_at: string;
  members: number;
  plan: string | null;
  status: string | null;
  used: number;
  /** Null is unlimited. */
  cap: number | null;
  live: number;
  last_session_at: string | null;
}

export interface TableFacts {
  tenant: {
    id: string;
    name: string;
    contact_email: string | null;
    license_tier: string;
    monthly_session_hours: number | null;
    created_at: string;
    bot_set: boolean;
    dm_role_id: string | null;
    campaigns: number;
    npcs: number;
  };
  servers: { guild_id: string; name: string }[];
  members: {
    id: string;
    display_name: string;
    role: Role;
    email: string | null;
    discord_id: string | null;
    last_login_at: string | null;
    created_at: string;
    deleted_at: string | null;
  }[];
  quota: {
    allowed: boolean;
    code: string | null;
    message: string | null;
    used: number;
    pending: number;
    live: number;
    plan: Plan;
    status: string | null;
    period_start: string | null;
    period_end: string | null;
  };
  subscriptions: {
    id: string;
    plan_id: string;
    status: string;
    billing_interval: string | null;
    started_at: string;
    ended_at: string | null;
    current_period_end: string | null;
    cancel_at_period_end: boolean;
    stripe_customer_id: string | null;
    stripe_subscription_id: string | null;
  }[];
  events: { id: string; type: string; created: string; source: string; outcome: string | null; error: string | null }[];
  sessions: {
    id: string;
    guild_id: string;
    state: 'pending' | 'active' | 'ended';
    error: string | null;
    started_at: string;
    activated_at: string | null;
    ended_at: string | null;
    last_heartbeat: string | null;
    is_lost: boolean;
    counts: boolean;
  }[];
  failed_starts: { id: string; error_code: string | null; error_message: string | null; created_at: string }[];
}

export interface PersonRow {
  id: string;
  display_name: string;
  email: string | null;
  role: Role;
  tenant_id: string;
  tenant_name: string;
  discord_id: string | null;
  sign_ins: string[];
  last_login_at: string | null;
  created_at: string;
  deleted_at: string | null;
}

export interface MonthOfRevenue {
  /** `2026-11` */
  month: string;
  currencies: Record<string, Moved>;
  by_plan: { plan_id: string; billing_interval: string; currency: string; tables: number; mrr_cents: number }[];
  /** Cents by currency, less what was paid back. */
  received: Record<string, number>;
  trials: { ended: number; paying: number };
}

export interface Moved {
  mrr_cents: number;
  paying: number;
  new: number;
  new_cents: number;
  lost: number;
  lost_cents: number;
  up_cents: number;
  down_cents: number;
}

export interface Health {
  as_of: string;
  since: string;
  queue: Queue;
  webhooks: Webhooks;
  workers: { running: number; done: number; failed: number; last_done: string | null };
  /** By channel and outcome. */
  deliveries: Record<string, Record<string, number>>;
  /** Of any session. */
  last_sign: string | null;
  /** Failed starts by code. */
  refused: Record<string, number>;
  providers: {
    provider: string;
    tables: number;
    ok: number;
    failed: number;
    p50_ms: number | null;
    p99_ms: number | null;
    last_test_at: string | null;
  }[];
  starts: {
    active: number;
    never_active: number;
    ended_with_error: number;
    p50_ms: number | null;
    p99_ms: number | null;
  };
  errors: { error: string; times: number; last: string }[];
  hours: { hour: string; starts: number; failed: number }[];
}

export interface LogEntry extends AuditEntry {
  tenant_id: string | null;
  tenant_name: string | null;
  actor_name: string | null;
}

export interface LicenseRow {
  id: string;
  kind: 'issued' | 'installed';
  tenant_id: string | null;
  table_id: string;
  licensee: string;
  features: string[];
  issued_at: string;
  expires_at: string;
  key_fingerprint: string;
}
