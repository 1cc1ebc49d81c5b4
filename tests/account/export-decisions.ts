// What the archive does with every table of the database. A table without a line here fails, and so does a line without a table.

/** Parts in which rows of a table stand, for the person it is about and for the Owner; or why they stand in none. */
export type Decision = { person?: string; owner?: string } | { left: string };

const shared = (name: string): Decision => ({ person: `mine.${name}`, owner: `table.${name}` });
const ofTable = (name: string): Decision => ({ owner: `table.${name}` });
const computed: Decision = { left: 'computed from rows that are in it' };
const everybody: Decision = { left: 'the same for everybody' };
const working: Decision = { left: 'working state of the installation, gone within days' };
const stripes: Decision = {
  left: 'Stripe’s words about a customer: subscriptions, invoices and payments tell what they say, Stripe’s own page has the rest',
};

export const decisions: Record<string, Decision> = {
  'auth.audit_log_entries': { person: 'sign_in_log' },
  'auth.flow_state': { left: 'a sign-in under way, with its secrets' },
  'auth.identities': { person: 'sign_ins' },
  'auth.refresh_tokens': { left: 'secrets; devices tells of the sessions they belong to' },
  'auth.sessions': { person: 'devices' },
  'auth.users': { left: 'is the head of the archive, account' },

  'mgmt.audit_log': { person: 'actions', owner: 'table.audit_log' },
  'mgmt.billing_events': ofTable('billing_events'),
  'mgmt.campaign_characters': shared('campaign_characters'),
  'mgmt.campaign_lore': ofTable('campaign_lore'),
  'mgmt.campaign_npcs': ofTable('campaign_npcs'),
  'mgmt.campaigns': ofTable('campaigns'),
  'mgmt.discord_servers': shared('discord_servers'),
  'mgmt.gateway_capabilities': everybody,
  'mgmt.invites': { person: 'invitations', owner: 'table.invites' },
  'mgmt.invoices': ofTable('invoices'),
  'mgmt.licenses': ofTable('licenses'),
  'mgmt.notifications': shared('notifications'),
  'mgmt.npcs_aside': ofTable('npcs_aside'),
  'mgmt.payments': ofTable('payments'),
  'mgmt.planned_sessions': shared('planned_sessions'),
  'mgmt.provider_configs': ofTable('provider_configs'),
  'mgmt.session_details': ofTable('session_details'),
  'mgmt.session_requests': shared('session_requests'),
  'mgmt.session_summaries': ofTable('session_summaries'),
  'mgmt.subscription_plans': everybody,
  'mgmt.subscriptions': ofTable('subscriptions'),
  'mgmt.support_messages': shared('support_messages'),
  'mgmt.support_tickets': shared('support_tickets'),
  'mgmt.usage_metering': ofTable('usage_metering'),
  'mgmt.user_preferences': { person: 'mine.user_preferences' },
  'mgmt.users': shared('users'),
  'mgmt.voice_catalog': everybody,
  'mgmt.voice_profiles': shared('voice_profiles'),
  'mgmt.voice_samples': shared('voice_samples'),

  'private.account_deletions': { left: 'is about accounts that are gone' },
  'private.bots': { left: 'whose bot it is; the table says that it has one' },
  'private.checkout_attempts': { person: 'mine.checkout_attempts' },
  'private.invite_tokens': { left: 'hashes of secrets' },
  'private.lore_words': computed,
  'private.notification_deliveries': { person: 'deliveries' },
  'private.outbox': working,
  'private.payment_events': stripes,
  'private.provider_rates': everybody,
  'private.removed_knowledge': { left: 'what the table removed, kept a day for the undo' },
  'private.review_flags': {
    left: 'a question of the operator to themselves; an answer to whoever asks for it is given by hand',
  },
  'private.secrets': { left: 'secrets, sealed; that they are set, and how they end, stands with what they are for' },
  'private.session_gates': { left: 'a counter to queue on' },
  'private.session_request_claims': working,
  'private.settings': everybody,
  'private.stripe_customers': stripes,
  'private.stripe_subscriptions': stripes,
  'private.support_facts': {
    left: 'notes of the operator to themselves; an answer to whoever asks for them is given by hand',
  },
  'private.tenant_deletions': { person: 'deleted_tables' },
  'private.usage_assumptions': everybody,
  'private.usage_seen': computed,
  'private.used_tenant_ids': { left: 'ids alone; the own one is in tenants' },
  'private.used_trials': { left: 'a hash and a date; the date is the head’s account.trial_used_at' },

  'public.npc_definitions': { owner: 'table.npcs' },
  'public.sessions': { owner: 'table.sessions' },
  'public.tenants': { owner: 'table.tenants' },
  'public.usage_records': { owner: 'table.usage_records' },

  'realtime.messages': { left: 'copies of lines and states on their way, gone within days' },
  'storage.buckets': everybody,
  'storage.objects': { person: 'uploads', owner: 'files' },

  'tenant.entities': { owner: 'recorded.entities' },
  'tenant.recaps': { owner: 'recorded.recaps' },
  'tenant.relationships': { owner: 'recorded.relationships' },
  'tenant.session_entries': { person: 'said', owner: 'recorded.session_entries' },
  'tenant.sessions': { owner: 'recorded.sessions' },
};

/** Columns of tables that are in it which nobody gets, each with its reason. */
export const withheld: Record<string, string> = {
  'public.sessions.last_voice': 'the voice service’s working state',
  'public.sessions.metadata': 'the voice service’s working state',
  'public.sessions.worker_node': 'where in the operator’s cluster it ran',
  'public.sessions.worker_pod': 'where in the operator’s cluster it ran',
  'public.tenants.bot_token': 'a secret',
};
