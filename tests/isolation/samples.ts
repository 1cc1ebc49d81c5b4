// What a person would send to the tables of the API, where what the catalogue suggests is not accepted.
import { randomUUID } from 'node:crypto';
import { snowflake } from '../lib/database.ts';
import type { Ids } from './expectations.ts';

/** What a person would send to add a row to a table, with that table's ids. */
export const samples: Record<string, (ids: Ids) => Record<string, unknown>> = {
  audit_log: () => ({ actor_kind: 'system', action: 'insert', resource_type: 'npc', resource_id: 'x', changes: {} }),
  billing_events: () => ({ event_type: 'session_start' }),
  campaign_characters: ({ campaign }) => ({ campaign_id: campaign, discord_id: snowflake(1), name: 'Sample' }),
  campaign_lore: ({ campaign }) => ({ campaign_id: campaign, title: 'Sample' }),
  campaign_npcs: ({ campaign, visitor }) => ({ campaign_id: campaign, npc_id: visitor }),
  campaigns: () => ({ name: `Sample ${randomUUID()}` }),
  npcs: ({ campaign }) => ({ campaign_id: campaign, name: `Sample ${randomUUID()}` }),
  planned_sessions: ({ campaign }) => ({ campaign_id: campaign, starts_at: '2026-12-01T19:00:00Z' }),
  session_details: ({ session }) => ({ session_id: session, title: 'Sample' }),
  support_messages: ({ ticket }) => ({ ticket_id: ticket, body: 'Sample' }),
  voice_samples: ({ tenant }) => ({ name: 'Sample', storage_path: `${tenant}/sample.wav` }),
  usage_metering: () => ({ session_seconds: 0 }),
};

/** A change of one ordinary column. */
export const patches: Record<string, Record<string, unknown>> = {
  audit_log: { actor_kind: 'system' },
  billing_events: { session_minutes: 0 },
  campaign_characters: { name: 'Patched' },
  campaign_lore: { title: 'Patched' },
  campaign_npcs: { created_at: '2026-01-01T00:00:00Z' },
  campaigns: { description: 'Patched' },
  discord_servers: { name: 'Patched' },
  gateway_capabilities: { npc_commands: true },
  invites: { note: 'Patched' },
  invoices: { status: 'void' },
  notifications: { kind: 'test' },
  licenses: { features: ['voice_cloning'] },
  npcs: { personality: 'Patched' },
  members: { display_name: 'Patched' },
  npcs_aside: { reason: 'bin' },
  planned_sessions: { title: 'Patched' },
  provider_configs: { model: 'Patched' },
  payments: { amount_cents: 1 },
  session_details: { title: 'Patched' },
  session_requests: { state: 'accepted' },
  session_summaries: { lines: 1000 },
  sessions: { state: 'ended' },
  support_messages: { body: 'Patched' },
  support_tickets: { subject: 'Patched' },
  subscription_plans: { session_cap: 1000 },
  subscriptions: { plan_id: 'guild' },
  tenants: { name: 'Patched' },
  usage_metering: { llm_tokens: 1 },
  usage_records: { session_hours: 0 },
  user_preferences: { preferences: {} },
  users: { role: 'super_admin' },
  voice_catalog: { tier: 'basic' },
  voice_profiles: { description: 'Patched' },
  voice_samples: { name: 'Patched' },
};
