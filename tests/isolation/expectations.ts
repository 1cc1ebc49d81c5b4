// Who may do what, as data. An object of the API without a line here fails the proof, and so does a line without an object.

export const roles = ['owner', 'dm', 'viewer', 'stranger', 'anon'] as const;
export type Role = (typeof roles)[number];

/**
 * Callers whose outcomes follow from a line (derive.ts) unless it says otherwise under `also`: a super admin of another table,
 * a Dungeon Master who was removed and whose token is still valid, somebody signed in without a table, and the secret key.
 */
export const others = ['super', 'removed', 'newcomer', 'service'] as const;
export type Other = (typeof others)[number];
export type Caller = Role | Other;
export const callers: readonly Caller[] = [...roles, ...others];

export const verbs = ['select', 'insert', 'update', 'delete'] as const;
export type Verb = (typeof verbs)[number];

/**
 * What happens when somebody tries. Three faces of a denial are told apart: `no grant` (the verb is not given to the role),
 * `policy` (the new row is not one's own), `nothing` (no such row for this person). `yes`: it works on the own table's row.
 * Strangers always try on the other table's row.
 */
export type Outcome = 'yes' | 'nothing' | 'no grant' | 'policy';

export interface Expectation {
  /** Column that tells rows apart. */
  key: string;
  select: Record<Role, Outcome>;
  insert: Record<Role, Outcome>;
  update: Record<Role, Outcome>;
  delete: Record<Role, Outcome>;
  /** Where one of the other callers differs from what follows. */
  also?: Partial<Record<Other, Partial<Record<Verb, Outcome>>>>;
}

const all = (outcome: Outcome, anon: Outcome = 'no grant'): Record<Role, Outcome> => ({
  owner: outcome,
  dm: outcome,
  viewer: outcome,
  stranger: outcome,
  anon,
});
const never = all('no grant');
/** Every member of the table. */
const members: Record<Role, Outcome> = { ...all('yes'), stranger: 'nothing' };
/** Dungeon Masters and Owners. */
const masters: Record<Role, Outcome> = { ...members, viewer: 'nothing' };
/** Owners only. */
const owners: Record<Role, Outcome> = { ...masters, dm: 'nothing' };
/** Dungeon Masters and Owners write; a stranger who writes into the other table meets its policy or its keys. */
const mastersInsert: Record<Role, Outcome> = { ...masters, viewer: 'policy', stranger: 'policy' };

const readOnly = (key: string, select: Record<Role, Outcome>): Expectation => ({
  key,
  select,
  insert: never,
  update: never,
  delete: never,
});

export const relations: Record<string, Expectation> = {
  audit_log: readOnly('id', owners),
  billing_events: readOnly('id', owners),
  campaign_characters: { key: 'id', select: members, insert: mastersInsert, update: masters, delete: masters },
  campaign_lore: { key: 'id', select: masters, insert: mastersInsert, update: masters, delete: never },
  campaign_names: { ...readOnly('id', members), also: { service: { select: 'no grant' } } },
  campaign_npcs: { key: 'appearance_id', select: masters, insert: mastersInsert, update: never, delete: masters },
  // A campaign names no foreign row, so a stranger's insert is simply an own campaign.
  campaigns: {
    key: 'id',
    select: masters,
    insert: { ...mastersInsert, stranger: 'yes' },
    update: masters,
    delete: never,
  },
  discord_servers: readOnly('guild_id', members),
  gateway_capabilities: {
    ...readOnly('id', { ...members, stranger: 'yes' }),
    also: { service: { update: 'yes' } },
  },
  invites: readOnly('id', owners),
  invoices: readOnly('id', owners),
  // The planted row is the owner's own.
  notifications: readOnly('id', owners),
  licenses: readOnly('id', owners),
  members: { ...readOnly('id', members), also: { service: { select: 'no grant' } } },
  npcs: { key: 'id', select: masters, insert: mastersInsert, update: masters, delete: masters },
  npcs_aside: readOnly('id', masters),
  // A plan names the other table's campaign, which is refused like one that does not exist.
  planned_sessions: { key: 'id', select: members, insert: mastersInsert, update: masters, delete: never },
  provider_configs: readOnly('id', owners),
  payments: readOnly('id', owners),
  session_details: { key: 'session_id', select: masters, insert: mastersInsert, update: masters, delete: never },
  session_requests: readOnly('id', masters),
  session_summaries: readOnly('session_id', members),
  sessions: readOnly('id', members),
  support_messages: readOnly('id', owners),
  // The planted ticket is the owner's own.
  support_tickets: readOnly('id', owners),
  subscription_plans: readOnly('id', { ...all('yes'), anon: 'yes' }),
  subscriptions: { ...readOnly('id', owners), also: { service: { insert: 'yes', update: 'yes' } } },
  tenants: readOnly('id', members),
  usage_metering: readOnly('id', owners),
  usage_records: readOnly('id', members),
  // The planted row is the owner's own.
  user_preferences: readOnly('user_id', { ...owners }),
  // The planted row is the owner's own; names of the others are in members.
  users: readOnly('id', owners),
  voice_catalog: readOnly('voice_id', { ...members, stranger: 'yes' }),
  voice_profiles: { key: 'id', select: masters, insert: never, update: masters, delete: never },
  voice_samples: { key: 'id', select: masters, insert: mastersInsert, update: masters, delete: never },
};

/** Who may call a function at all; `member` and higher are checked inside, so a lower role is refused with a code. */
export interface FunctionExpectation {
  by: 'authenticated' | 'service_role';
  /** Arguments, given ids of the own table. Absent: needs none. */
  args?: (ids: Ids) => Record<string, unknown>;
  /**
   * What a person of that role is answered; `ok` or a code. A super admin is answered like a stranger, whoever has no table
   * `no_account`, unless a line says otherwise.
   */
  answers?: Partial<Record<Exclude<Caller, 'anon' | 'service'>, string>>;
  /** Whose answer rightly names another table: an operator reads what they did there, and whoever was there what they wrote. */
  tells?: readonly Caller[];
}

/** Ids of one table. */
export interface Ids {
  tenant: string;
  campaign: string;
  npc: string;
  /** At home in another campaign of the table. */
  visitor: string;
  session: string;
  endedSession: string;
  guild: string;
  channel: string;
  request: string;
  invite: string;
  user: string;
  ticket: string;
  voice: string;
  recording: string;
  /** A sign-in of the owner's. */
  login: string;
}

const everybody = { owner: 'ok', dm: 'ok', viewer: 'ok', stranger: 'ok' };
const nowhere = { owner: 'not_found', dm: 'not_found', viewer: 'not_found', stranger: 'not_found' };
const ownersCall = { ...everybody, dm: 'forbidden', viewer: 'forbidden' };
const onOwner = { owner: 'own_role', dm: 'forbidden', viewer: 'forbidden', stranger: 'not_found' };
/** Operators only: no role at a table is enough. */
const operatorsCall = { owner: 'forbidden', dm: 'forbidden', viewer: 'forbidden', stranger: 'forbidden', super: 'ok' };
/** The planted ticket is the owner's. */
const ownTicket = { owner: 'ok', dm: 'not_found', viewer: 'not_found', stranger: 'not_found' };
const control = { owner: 'ok', dm: 'ok', viewer: 'forbidden', stranger: 'not_found' };

/** A stranger calls with the other table's ids. */
export const functions: Record<string, FunctionExpectation> = {
  // A link that was never given out; tests/members takes real ones.
  accept_invite: { by: 'authenticated', args: () => ({ token: 'unknown' }), answers: nowhere },
  admin_audit: { by: 'authenticated', args: ({ tenant }) => ({ tenant }), answers: operatorsCall },
  admin_issue_license: {
    by: 'authenticated',
    args: ({ tenant }) => ({ table_id: tenant, licensee: 'Myself', features: ['analytics'] }),
    answers: operatorsCall,
  },
  admin_licenses: { by: 'authenticated', answers: operatorsCall },
  admin_overview: { by: 'authenticated', answers: operatorsCall },
  admin_provider_health: { by: 'authenticated', answers: operatorsCall },
  admin_revenue: { by: 'authenticated', args: () => ({ months: 3 }), answers: operatorsCall },
  admin_set_role: {
    by: 'authenticated',
    args: ({ user }) => ({ member: user, role: 'super_admin', reason: 'For myself' }),
    answers: operatorsCall,
  },
  admin_tenant: { by: 'authenticated', args: ({ tenant }) => ({ tenant }), answers: operatorsCall },
  admin_tenants: { by: 'authenticated', args: ({ tenant }) => ({ query: tenant }), answers: operatorsCall },
  admin_users: { by: 'authenticated', answers: operatorsCall },
  available_voices: { by: 'authenticated', answers: everybody },
  announce_npc: {
    by: 'authenticated',
    args: ({ session }) => ({ session, npc: 'Greta', muted: true }),
    answers: control,
  },
  // Both take no id of a table: a stranger owns the other one and gets that.
  begin_checkout: {
    by: 'authenticated',
    args: () => ({ plan_id: 'adventurer', billing_interval: 'monthly' }),
    answers: ownersCall,
  },
  billing_context: { by: 'authenticated', args: () => ({ plan_id: 'apprentice' }), answers: ownersCall },
  bot_token_ciphertext: { by: 'service_role', args: ({ tenant }) => ({ tenant }) },
  claim_bot: { by: 'service_role', args: ({ tenant, guild }) => ({ tenant, bot_id: guild }) },
  claim_guild: {
    by: 'service_role',
    args: ({ tenant, guild, user }) => ({ tenant, guild_id: guild, name: 'x', icon_url: null, user }),
  },
  claim_session_request: { by: 'service_role', args: ({ request }) => ({ request }) },
  close_ticket: { by: 'authenticated', args: ({ ticket }) => ({ ticket }), answers: ownTicket },
  create_invite: { by: 'authenticated', args: () => ({ role: 'viewer' }), answers: ownersCall },
  // Nobody types the right name or address here; tests/account does.
  delete_account: {
    by: 'authenticated',
    args: () => ({ confirm: 'no' }),
    answers: { owner: 'validation', dm: 'validation', viewer: 'validation', stranger: 'validation' },
  },
  // It is not in the bin; tests/content deletes one.
  delete_campaign: {
    by: 'authenticated',
    args: ({ campaign }) => ({ campaign_id: campaign, confirm_name: 'no' }),
    answers: { ...control, owner: 'conflict', dm: 'conflict' },
  },
  delete_tenant: {
    by: 'authenticated',
    args: () => ({ confirm_name: 'no' }),
    answers: { owner: 'validation', dm: 'forbidden', viewer: 'forbidden', stranger: 'validation' },
  },
  export_account: {
    by: 'authenticated',
    answers: { ...everybody, removed: 'ok', newcomer: 'ok' },
    tells: ['super', 'removed'],
  },
  file_totals: { by: 'authenticated', answers: ownersCall },
  list_my_sessions: { by: 'authenticated', answers: { ...everybody, removed: 'ok', newcomer: 'ok' } },
  revoke_session: {
    by: 'authenticated',
    args: () => ({ session: '00000000-0000-4000-8000-000000000000' }),
    answers: nowhere,
  },
  update_tenant_settings: { by: 'authenticated', args: () => ({ name: 'Renamed' }), answers: ownersCall },
  create_voice_profile: {
    by: 'authenticated',
    args: ({ recording }) => ({ name: 'Sample', samples: [recording], provider: 'elevenlabs', consent: true }),
    // A recording of another table is none of the caller's recordings; the second of the two takes a taken name.
    answers: { owner: 'ok', dm: 'name_taken', viewer: 'forbidden', stranger: 'validation', super: 'feature_locked' },
  },
  delete_voice_profile: { by: 'authenticated', args: ({ voice }) => ({ profile: voice }), answers: control },
  ensure_account: { by: 'authenticated', answers: { ...everybody, removed: 'ok', newcomer: 'ok' } },
  invite_preview: { by: 'authenticated', args: () => ({ token: 'unknown' }), answers: nowhere },
  me: { by: 'authenticated', answers: everybody },
  duplicate_npc: { by: 'authenticated', args: ({ npc }) => ({ npc }), answers: control },
  export_campaign: { by: 'authenticated', args: ({ campaign }) => ({ campaign_id: campaign }), answers: control },
  import_campaign: {
    by: 'authenticated',
    // Names no row: who leads a table gets a campaign.
    args: () => ({ bundle: { format: 'glyphoxa.campaign', version: 1, campaign: { name: 'Elsewhere' } } }),
    answers: { ...everybody, viewer: 'forbidden' },
  },
  install_license: { by: 'service_role', args: ({ tenant }) => ({ tenant, claims: {}, key_fingerprint: 'x' }) },
  license_signed: {
    by: 'service_role',
    args: () => ({ license: '00000000-0000-4000-8000-000000000000', key_fingerprint: 'x' }),
  },
  license_state: { by: 'authenticated', answers: ownersCall },
  campaign_speakers: { by: 'authenticated', args: ({ campaign }) => ({ campaign_id: campaign }), answers: control },
  knowledge_graph: {
    by: 'authenticated',
    args: ({ campaign }) => ({ campaign_id: campaign }),
    answers: { ...everybody, stranger: 'not_found' },
  },
  choose_notifications: {
    by: 'authenticated',
    args: () => ({ choices: { session_lost: { mail: false } } }),
    answers: everybody,
  },
  mark_notifications_read: { by: 'authenticated', answers: everybody },
  notification_choices: { by: 'authenticated', answers: everybody },
  knowledge_confirm: {
    by: 'authenticated',
    args: ({ campaign }) => ({ campaign_id: campaign, source: 'planted', target: 'planted', rel_type: 'knows' }),
    answers: control,
  },
  knowledge_correct: {
    by: 'authenticated',
    args: ({ campaign }) => ({ campaign_id: campaign, entity: 'planted', name: 'Corrected' }),
    answers: control,
  },
  knowledge_entry: {
    by: 'authenticated',
    args: ({ campaign }) => ({ campaign_id: campaign, entity: 'planted' }),
    answers: { ...everybody, stranger: 'not_found' },
  },
  // Gone once the owner removed it.
  knowledge_remove: {
    by: 'authenticated',
    args: ({ campaign }) => ({ campaign_id: campaign, entity: 'planted' }),
    answers: { ...control, dm: 'not_found' },
  },
  // Nothing was removed under this id.
  knowledge_restore: {
    by: 'authenticated',
    args: ({ campaign }) => ({ campaign_id: campaign, removal: '00000000-0000-4000-8000-000000000000' }),
    answers: { ...control, owner: 'not_found', dm: 'not_found' },
  },
  order_lore: {
    by: 'authenticated',
    args: ({ campaign }) => ({ campaign_id: campaign, pages: [] }),
    answers: control,
  },
  open_ticket: {
    by: 'authenticated',
    args: () => ({ subject: 'A sample ticket', category: 'question', body: 'Twenty characters or more of text.' }),
    answers: everybody,
  },
  link_stripe_customer: { by: 'service_role', args: ({ tenant }) => ({ tenant, customer: 'cus_planted' }) },
  onboarding_state: { by: 'authenticated', answers: { ...everybody, viewer: 'forbidden' } },
  provider_key_ciphertext: { by: 'service_role', args: ({ tenant }) => ({ tenant, slot: 'tts' }) },
  provider_tested: { by: 'service_role', args: ({ tenant }) => ({ tenant, slot: 'tts', result: 'ok' }) },
  remove_provider: { by: 'service_role', args: ({ tenant }) => ({ tenant, slot: 'tts' }) },
  reopen_ticket: { by: 'authenticated', args: ({ ticket }) => ({ ticket }), answers: ownTicket },
  reply_ticket: { by: 'authenticated', args: ({ ticket }) => ({ ticket, body: 'Sample' }), answers: ownTicket },
  // Deleted by delete_voice_profile() above, and never failed.
  retry_voice_profile: {
    by: 'authenticated',
    args: ({ voice }) => ({ profile: voice }),
    answers: { owner: 'conflict', dm: 'conflict', viewer: 'forbidden', stranger: 'not_found' },
  },
  record_stripe_event: {
    by: 'service_role',
    args: ({ tenant }) => ({
      event: { id: 'evt_planted', type: 'charge.refunded', data: { object: { metadata: { tenant_id: tenant } } } },
    }),
  },
  // Owners try it on themselves, which changes nothing.
  remove_member: { by: 'authenticated', args: ({ user }) => ({ member: user }), answers: onOwner },
  rename_tenant: { by: 'authenticated', args: () => ({ name: 'Renamed' }), answers: ownersCall },
  request_session: {
    by: 'authenticated',
    args: ({ campaign, guild, channel }) => ({
      campaign_id: campaign,
      guild_id: guild,
      channel_id: channel,
      idempotency_key: '00000000-0000-4000-8000-000000000000',
    }),
    // The campaign is on air already: said to those who may know.
    answers: { owner: 'campaign_busy', dm: 'campaign_busy', viewer: 'forbidden', stranger: 'not_found' },
  },
  search_lore: {
    by: 'authenticated',
    args: ({ campaign }) => ({ campaign_id: campaign, query: 'planted' }),
    answers: control,
  },
  search_transcripts: {
    by: 'authenticated',
    args: ({ campaign }) => ({ campaign_id: campaign, query: 'planted' }),
    answers: { ...everybody, stranger: 'not_found' },
  },
  set_npc_aside: { by: 'authenticated', args: ({ npc }) => ({ npc }), answers: control },
  restore_npc: { by: 'authenticated', args: ({ npc }) => ({ npc }), answers: control },
  revoke_invite: {
    by: 'authenticated',
    args: ({ invite }) => ({ invite }),
    answers: { ...ownersCall, stranger: 'not_found' },
  },
  session_control: { by: 'authenticated', args: ({ session }) => ({ session }), answers: control },
  session_export: {
    by: 'authenticated',
    args: ({ endedSession }) => ({ session: endedSession, format: 'txt' }),
    answers: { ...everybody, stranger: 'not_found' },
  },
  session_quota: {
    by: 'authenticated',
    args: ({ campaign }) => ({ campaign_id: campaign }),
    answers: { ...everybody, stranger: 'not_found' },
  },
  session_request: { by: 'authenticated', args: ({ request }) => ({ request }), answers: control },
  session_request_settled: { by: 'service_role', args: ({ request }) => ({ request, error_code: 'internal' }) },
  session_transcript: {
    by: 'authenticated',
    args: ({ session }) => ({ session }),
    answers: { ...everybody, stranger: 'not_found' },
  },
  send_test_notification: { by: 'authenticated', answers: everybody },
  set_bot_token: { by: 'service_role', args: ({ tenant }) => ({ tenant, ciphertext: 'x', last_four: 'xxxx' }) },
  set_provider: {
    by: 'service_role',
    args: ({ tenant }) => ({ tenant, slot: 'tts', provider: 'elevenlabs' }),
  },
  set_member_role: { by: 'authenticated', args: ({ user }) => ({ member: user, role: 'dm' }), answers: onOwner },
  stripe_customer: { by: 'service_role', args: ({ tenant }) => ({ tenant }) },
  transfer_ownership: { by: 'authenticated', args: ({ user }) => ({ member: user }), answers: onOwner },
  voice_sample_inspected: {
    by: 'service_role',
    args: ({ recording }) => ({ sample: recording, status: 'processing' }),
  },
  usage_export: { by: 'authenticated', answers: everybody },
  usage_summary: { by: 'authenticated', answers: everybody },
  update_preferences: { by: 'authenticated', args: () => ({ patch: { theme: 'dark' } }), answers: everybody },
  update_profile: { by: 'authenticated', args: () => ({ display_name: 'Renamed' }), answers: everybody },
  // Last: afterwards only the owners are still there.
  leave_tenant: {
    by: 'authenticated',
    answers: { owner: 'last_owner', dm: 'ok', viewer: 'ok', stranger: 'last_owner' },
  },
};

/** Columns of the gateway's tables that no API role may read. */
export const hiddenColumns: Record<string, string[]> = {
  tenants: ['bot_token'],
  sessions: ['worker_pod', 'worker_node', 'last_voice', 'metadata'],
};

/** What a caller may do with a file of the own table in a bucket; strangers and all after them try it from outside. */
export const fileVerbs = ['list', 'download', 'sign', 'upload', 'overwrite', 'move', 'delete'] as const;
export type FileVerb = (typeof fileVerbs)[number];

export interface BucketExpectation {
  /** Where a file of the table lies. */
  path: (ids: Ids) => string;
  /** A type the bucket takes, and bytes of it. */
  type: string;
  body: string;
  /** Where a file lies that a row names, so that no person changes or removes it. */
  kept?: (ids: Ids) => string;
  /** Names that a file may not have, also for those who may add one. */
  unfit: (ids: Ids) => string[];
  /** Everybody who is not named may nothing; the secret key may everything. */
  may: Partial<Record<Role, readonly FileVerb[]>>;
}

/** Storage buckets by id. */
export const buckets: Record<string, BucketExpectation> = {
  images: {
    path: ({ tenant }) => `${tenant}/npcs/proof.png`,
    type: 'image/png',
    body: 'planted picture',
    unfit: ({ tenant }) => [`${tenant}.png`, `${tenant}/no kind`, `${tenant}/a page.html`, `${tenant}/a/b/c/d/e.png`],
    may: { owner: fileVerbs, dm: fileVerbs },
  },
  'voice-samples': {
    path: ({ tenant }) => `${tenant}/proof.wav`,
    type: 'audio/wav',
    body: 'planted recording',
    unfit: ({ tenant }) => [`${tenant}.wav`, `${tenant}/proof.png`, `${tenant}/a/b/c/d/e.wav`],
    kept: ({ tenant }) => `${tenant}/planted.wav`,
    may: { owner: fileVerbs, dm: fileVerbs },
  },
};

/** Rights on a private channel: join and receive, send a broadcast, be present. */
export const channelVerbs = ['receive', 'send', 'presence'] as const;
export type ChannelVerb = (typeof channelVerbs)[number];

export interface TopicExpectation {
  topic: (ids: Ids) => string;
  /** Everybody who is not named may nothing; the secret key may everything. */
  may: Partial<Record<Role, readonly ChannelVerb[]>>;
}

const listeners = {
  owner: ['receive', 'presence'],
  dm: ['receive', 'presence'],
  viewer: ['receive', 'presence'],
} as const;

/** Realtime topics by what stands before the colon. */
export const topics: Record<string, TopicExpectation> = {
  session: { topic: ({ session }) => `session:${session}`, may: listeners },
  tenant: { topic: ({ tenant }) => `tenant:${tenant}`, may: listeners },
};

/** Tables that roles of the database other than the API's see by a policy, and how much: `all`, or what a condition lets through. */
export const services: Record<string, Record<string, 'all' | { only: string }>> = {
  glyphoxa_gateway: {
    'mgmt.campaigns': { only: 'deleted_at is null and archived_at is null' },
    'public.npc_definitions': 'all',
    'public.sessions': 'all',
    'public.tenants': 'all',
    'public.usage_records': 'all',
  },
};
