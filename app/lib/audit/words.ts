import { roleName } from '#lib/components/shell/role-name.ts';
import { clock, fullDate, number } from '#lib/format.ts';
import { m } from '#lib/paraglide/messages.js';
import { getLocale } from '#lib/paraglide/runtime.js';
import { planName } from '#lib/plan-name.ts';
import { isRole } from '#lib/role.ts';
import type { ActorKind, AuditEntry, ResourceKind } from './audit-log.ts';

const kinds: Record<ResourceKind, () => string> = {
  npc: m.audit_kind_npc,
  lore: m.audit_kind_lore,
  campaign: m.audit_kind_campaign,
  character: m.audit_kind_character,
  session_request: m.audit_kind_session_request,
  session_details: m.audit_kind_session_details,
  member: m.audit_kind_member,
  invite: m.audit_kind_invite,
  tenant: m.audit_kind_tenant,
  discord_server: m.audit_kind_discord_server,
  secret: m.audit_kind_secret,
  subscription: m.audit_kind_subscription,
  voice_sample: m.audit_kind_voice_sample,
  voice_profile: m.audit_kind_voice_profile,
  provider_config: m.audit_kind_provider_config,
  ticket: m.audit_kind_ticket,
  knowledge: m.audit_kind_knowledge,
  planned_session: m.audit_kind_planned_session,
  campaign_npc: m.audit_kind_campaign_npc,
  invoice: m.audit_kind_invoice,
  payment: m.audit_kind_payment,
  license: m.audit_kind_license,
  bot: m.audit_kind_bot,
  billing_event: m.audit_kind_billing_event,
  ticket_message: m.audit_kind_ticket_message,
  usage: m.audit_kind_usage,
  setting: m.audit_kind_setting,
  provider_rate: m.audit_kind_provider_rate,
  usage_assumption: m.audit_kind_usage_assumption,
  support_facts: m.audit_kind_support_facts,
  plan: m.audit_kind_plan,
  gateway: m.audit_kind_gateway,
  voice: m.audit_kind_voice,
  preference: m.audit_kind_preference,
  review_flag: m.audit_kind_review_flag,
  operations: m.audit_kind_operations,
};

export function kindName(kind: string): string {
  return kind in kinds ? kinds[kind as ResourceKind]() : kind;
}

const otherActors: Record<Exclude<ActorKind, 'user'>, () => string> = {
  operator: m.audit_by_operator,
  system: m.audit_by_system,
  gateway: m.audit_by_gateway,
};

export function otherActorName(kind: Exclude<ActorKind, 'user'>): string {
  return otherActors[kind]();
}

const fields: Record<string, () => string> = {
  name: m.audit_field_name,
  title: m.audit_field_title,
  display_name: m.audit_field_name,
  personality: m.audit_field_personality,
  voice: m.audit_field_voice,
  engine: m.audit_field_engine,
  budget_tier: m.audit_field_budget_tier,
  knowledge_scope: m.audit_field_knowledge_scope,
  secret_knowledge: m.audit_field_secret_knowledge,
  behavior_rules: m.audit_field_behavior_rules,
  tools: m.audit_field_tools,
  attributes: m.audit_field_attributes,
  gm_helper: m.audit_field_gm_helper,
  address_only: m.audit_field_address_only,
  campaign_id: m.audit_field_campaign,
  description: m.audit_field_description,
  system: m.audit_field_system,
  language: m.audit_field_language,
  content: m.audit_field_content,
  category: m.audit_field_category,
  sort_order: m.audit_field_order,
  notes: m.audit_field_notes,
  role: m.audit_field_role,
  email: m.audit_field_email,
  contact_email: m.audit_field_email,
  state: m.audit_field_state,
  status: m.audit_field_state,
  avatar_url: m.audit_field_picture,
  icon_url: m.audit_field_picture,
  trial_end: m.audit_field_trial_end,
  current_period_start: m.audit_field_period_start,
  current_period_end: m.audit_field_period_end,
  monthly_session_hours: m.audit_field_hours,
  license_tier: m.audit_field_license,
  bot_set: m.audit_field_bot_set,
  bot_last_four: m.audit_field_bot_last_four,
  last_four: m.audit_field_bot_last_four,
  discord_id: m.audit_field_discord_id,
  expires_at: m.audit_field_expires,
  used_at: m.audit_field_used,
  used_by: m.audit_field_used_by,
  revoked_at: m.audit_field_revoked,
  note: m.audit_field_note,
  aliases: m.audit_field_aliases,
  colour: m.audit_field_colour,
  plan_id: m.audit_field_plan,
  bot_token: m.audit_field_bot_token,
  ciphertext: m.audit_field_bot_token,
  guild_ids: m.audit_field_servers,
  deleted_at: m.audit_field_deleted,
  archived_at: m.audit_field_archived,
  place: m.audit_field_place,
  started_at: m.audit_field_started,
  ended_at: m.audit_field_ended,
  claimed_at: m.audit_field_claimed,
  paid_at: m.audit_field_paid,
  subscription_id: m.audit_field_subscription,
  amount_paid_cents: m.audit_field_amount_paid,
  attempts: m.audit_field_attempts,
  billing_interval: m.audit_field_interval,
  cancel_at_period_end: m.audit_field_ends_with_period,
  sessions_counted_from: m.audit_field_counted_from,
  email_verified: m.audit_field_verified,
  key_fingerprint: m.audit_field_key,
};

/** What people call a column; others go by the column's own name. */
export function fieldName(field: string): string {
  return fields[field]?.() ?? field;
}

/** At most three by name. */
function fieldList(entry: AuditEntry): string {
  const names = [...new Set(Object.keys(entry.changes).map(fieldName))];
  const shown = names.length > 3 ? [...names.slice(0, 2), m.audit_more_fields({ count: names.length - 2 })] : names;
  return new Intl.ListFormat(getLocale(), { type: 'conjunction' }).format(shown);
}

/** What a thing is called: its own name, a plan's as it is sold, and what it is where it has none. */
function nameOf({ resource_type: kind, resource_name: name }: AuditEntry): string {
  if (!name || name === kind) return kindName(kind);
  return kind === 'subscription' ? planName({ id: name, name }) : name;
}

/** "Lena changed personality of “Greta”." */
export function sentence(entry: AuditEntry, person: string): string {
  const name = nameOf(entry);
  switch (entry.resource_type) {
    case 'secret':
      return m.audit_secret({ person });
    case 'invite':
      if (entry.action === 'insert') return m.audit_invite_insert({ person });
      if ('used_at' in entry.changes) return m.audit_invite_taken({ person });
      if ('revoked_at' in entry.changes) return m.audit_invite_revoked({ person });
      return m.audit_invite_update({ person });
    case 'session_request':
      return entry.action === 'insert' ? m.audit_session_insert({ person }) : m.audit_session_update({ person });
    case 'npc': {
      const { place } = entry.changes;
      if (!place || place === 'changed') break;
      if (place.after === 'aside') return m.audit_npc_aside({ person, name });
      if (place.before === 'aside' && place.after === 'cast') return m.audit_npc_back({ person, name });
      break;
    }
    case 'member':
      if (entry.action === 'insert') return m.audit_member_insert({ name });
      if (entry.action === 'bin' || entry.action === 'delete') return m.audit_member_bin({ person, name });
  }
  switch (entry.action) {
    case 'insert':
      return m.audit_insert({ person, name });
    case 'update':
      return m.audit_update({ person, name, fields: fieldList(entry) });
    case 'delete':
      return m.audit_delete({ person, name });
    case 'bin':
      return m.audit_bin({ person, name });
    case 'restore':
      return m.audit_restore({ person, name });
    case 'look':
    case 'act':
      return (operations[entry.resource_id] ?? m.audit_op_other)({ person });
  }
}

/** What operators do, by the name of the function they did it with. */
const operations: Record<string, (inputs: { person: string }) => string> = {
  admin_tenant: m.audit_op_table,
  admin_set_role: m.audit_op_role,
  issue_license: m.audit_op_license,
  admin_overview: m.audit_op_overview,
  admin_tenants: m.audit_op_tables,
  admin_users: m.audit_op_people,
  admin_audit: m.audit_op_history,
  admin_revenue: m.audit_op_revenue,
  admin_provider_health: m.audit_op_health,
  licenses: m.audit_op_licenses,
  studio: m.audit_op_studio,
};

/** Where an NPC can be. */
const places = { cast: m.npcs_cast, aside: m.npcs_aside, bin: m.npcs_bin };

const moment = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;

/** A value as text; null for none. */
export function valueText(field: string, value: unknown): string | null {
  if (field === 'role' && isRole(value)) return roleName(value);
  if (field === 'plan_id' && typeof value === 'string') return planName({ id: value, name: value });
  if (field === 'place' && typeof value === 'string' && value in places) return places[value as keyof typeof places]();
  if (value === null || value === undefined || value === '') return null;
  if (typeof value === 'boolean') return value ? m.audit_yes() : m.audit_no();
  if (typeof value === 'number') return number(value);
  if (typeof value === 'string') {
    if (!moment.test(value)) return value;
    const date = new Date(value);
    return `${fullDate(date)}, ${clock(date)}`;
  }
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value.join('\n') || null;
  return JSON.stringify(value, null, 1);
}
