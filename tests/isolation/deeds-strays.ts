// Rows that name what is another table's, as nothing in the product writes them and an older database may hold them, and states
// that do not come about: what rests on a second condition shows here whether the first one holds alone.
import type { Deed } from './deeds.ts';
import { literal } from './role.ts';
import type { Tables } from './tables.ts';

const named = 'Theirs alone';

/** The other table's campaign, character and NPC have a name that stands nowhere else. */
const theirNames = ({ foreign: { ids, keys } }: Tables): string =>
  `update mgmt.campaigns set name = '${named}' where id = '${ids.campaign}';
   update mgmt.campaign_characters set name = '${named}' where id = '${keys['campaign_characters']!}';
   update public.npc_definitions set name = '${named}' where id = '${ids.npc}'`;
const withoutTheirs = new RegExp(`^(?!.*${named})`, 's');

/** A session of the own table says that it was played in the other one's campaign. */
const strayCampaign = (session: string, { foreign }: Tables): string =>
  `update public.sessions set campaign_id = '${foreign.ids.campaign}' where id = '${session}'`;

/** The other table says of an NPC of this one that it appears in a campaign of theirs. */
const strayAppearance = (npc: string, { foreign }: Tables): string =>
  `update mgmt.campaign_npcs set npc_id = '${npc}' where appearance_id = '${foreign.keys['campaign_npcs']!}'`;

const insertOf = (name: string, row: Record<string, unknown>): string =>
  `insert into mgmt.${name} (${Object.keys(row).join(', ')}) values (${Object.values(row).map(literal).join(', ')})`;

/** Nobody leads the table any more. */
const ownerless = (_ids: unknown, { owner }: Tables): string =>
  `update mgmt.users set role = 'viewer' where id = '${owner.userId}'`;

/** Rows of a relation that the deed has locked. */
const locked = (relation: string, id: string): string =>
  `select from ${relation} where id::text = '${id}' and pg_xact_status(xmax::text::xid8) = 'in progress'`;

export const strays: Record<string, Deed[]> = {
  begin_checkout: [
    {
      by: 'owner',
      args: () => ({ plan_id: 'adventurer', billing_interval: 'yearly' }),
      // Whoever led the table a moment ago clicked too.
      before: ({ tenant }, { dm }) =>
        `insert into private.checkout_attempts (id, user_id, tenant_id, plan_id, billing_interval, created_at)
         values ('22222222-2222-4222-8222-222222222222', '${dm.userId}', '${tenant}', 'adventurer', 'yearly', now())`,
      answer: /^(?!.*22222222-2222)/,
    },
  ],
  campaign_npcs: [
    {
      by: 'dm',
      before: (_ids, { own, foreign }) =>
        `update mgmt.campaign_npcs set appearance_id = '${foreign.ids.npc}' where appearance_id = '${own.keys['campaign_npcs']!}'`,
      sql: ({ own }) => `delete from mgmt.campaign_npcs where npc_id = '${own.ids.npc}'`,
    },
  ],
  close_ticket: [
    { by: 'newcomer', args: ({ ticket }) => ({ ticket }), answer: /do not belong to a table/ },
    { by: 'removed', args: ({ ticket }) => ({ ticket }), answer: /do not belong to a table/ },
  ],
  delete_account: [
    {
      by: 'dm',
      args: (_ids, { dm }) => ({ confirm: dm.person.email ?? dm.person.username }),
      before: ownerless,
      concerns: ['owner'],
      wrong: (_ids, { stranger }) => locked('auth.users', stranger.userId),
    },
  ],
  delete_tenant: [
    {
      by: 'owner',
      args: () => ({ confirm_name: 'The own table' }),
      concerns: 'everybody',
      wrong: (_ids, { foreign }) => locked('public.tenants', foreign.ids.tenant),
    },
  ],
  // What is an Owner's is in an Owner's archive alone.
  export_account: [
    { by: 'dm', answer: /^(?!.*"part": "table\.)/ },
    {
      by: 'removed',
      before: (_ids, { removed }) => `update mgmt.users set role = 'tenant_owner' where id = '${removed.userId}'`,
      answer: /^(?!.*"part": "table\.)/,
    },
  ],
  leave_tenant: [
    {
      by: 'dm',
      before: ownerless,
      concerns: ['owner'],
      // Whoever joins or leaves this table waits, and nobody else.
      wrong: ({ tenant }) =>
        `select where not exists (
           select from pg_locks as held
           where held.pid = pg_backend_pid() and held.locktype = 'advisory'
             and (held.classid::bigint << 32 | held.objid::bigint) = hashtextextended('members:${tenant}', 0)
         )`,
    },
  ],
  me: [
    {
      by: 'viewer',
      onAir: true,
      // Only one session is on air in a campaign.
      elsewhere: (tables) =>
        `update public.sessions set state = 'ended', ended_at = private.now() where id = '${tables.foreign.ids.session}';
         ${strayCampaign(tables.own.ids.session, tables)};
         ${theirNames(tables)}`,
      known: ({ foreign }) => [foreign.ids.campaign],
      answer: withoutTheirs,
    },
  ],
  npcs: [
    // What would be taken or full there is refused like any campaign that is not one's own.
    {
      by: 'dm',
      elsewhere: ({ foreign }) => `update public.npc_definitions set gm_helper = true where id = '${foreign.ids.npc}'`,
      sql: ({ foreign }) => insertOf('npcs', { campaign_id: foreign.ids.campaign, name: 'Helper', gm_helper: true }),
      answer: /row-level security/,
    },
    {
      by: 'dm',
      before: ({ tenant }) => `update mgmt.subscriptions set plan_id = 'apprentice' where tenant_id = '${tenant}'`,
      sql: ({ foreign }) => insertOf('npcs', { campaign_id: foreign.ids.campaign, name: 'One more' }),
      answer: /row-level security/,
    },
    {
      by: 'dm',
      elsewhere: (tables) => strayAppearance(tables.own.ids.npc, tables),
      sql: ({ own }) => `update mgmt.npcs set personality = 'Changed' where id = '${own.ids.npc}'`,
    },
    {
      by: 'dm',
      elsewhere: (tables) => strayAppearance(tables.own.ids.npc, tables),
      sql: ({ own }) => `delete from mgmt.npcs where id = '${own.ids.npc}'`,
    },
    {
      by: 'dm',
      before: (_ids, { own, foreign }) =>
        `update mgmt.campaign_npcs set npc_id = '${foreign.ids.npc}' where appearance_id = '${own.keys['campaign_npcs']!}'`,
      elsewhere: theirNames,
      sql: ({ own }) => `update mgmt.npcs set personality = 'Changed' where id = '${own.keys['campaign_npcs']!}'`,
      answer: withoutTheirs,
    },
  ],
  // Whose trial is over is told of the own table alone.
  request_session: [
    {
      by: 'dm',
      args: ({ campaign, guild, channel }) => ({
        campaign_id: campaign,
        guild_id: guild,
        channel_id: channel,
        idempotency_key: crypto.randomUUID(),
      }),
      before: ({ tenant, campaign }) =>
        `update mgmt.subscriptions set plan_id = 'apprentice' where tenant_id = '${tenant}';
         insert into public.npc_definitions (tenant_id, campaign_id, name)
         select '${tenant}', '${campaign}', 'Too many ' || place from generate_series(1, 5) as place`,
      elsewhere: ({ foreign }) =>
        `update mgmt.subscriptions set trial_end = private.now() - interval '1 day' where tenant_id = '${foreign.ids.tenant}'`,
      answer: /NPCs/,
    },
  ],
  restore_npc: [
    {
      by: 'dm',
      args: (_ids, { own }) => ({ npc: own.keys['npcs_aside'] }),
      before: ({ npc }) =>
        `update mgmt.npcs_aside as resting set npc = to_jsonb(played) || jsonb_build_object('id', resting.id, 'name', resting.name)
         from public.npc_definitions as played where resting.tenant_id = played.tenant_id and played.id = '${npc}'`,
      elsewhere: (tables) => strayAppearance(tables.own.keys['npcs_aside']!, tables),
    },
  ],
  search_transcripts: [
    {
      by: 'viewer',
      args: () => ({ query: 'planted' }),
      // In German it would not be found.
      before: ({ tenant, endedSession }, { foreign }) =>
        `insert into tenant_${tenant}.session_entries (campaign_id, session_id, speaker_name, text)
         values ('${foreign.ids.campaign}', '${endedSession}', 'Planted', 'Planting herbs')`,
      elsewhere: ({ foreign }) => `update mgmt.campaigns set language = 'de' where id = '${foreign.ids.campaign}'`,
      answer: /"snippet": "[^"]*herbs/,
    },
  ],
  session_export: [
    {
      by: 'dm',
      args: ({ endedSession }) => ({ session: endedSession, format: 'txt', character_names: true }),
      before: ({ tenant, campaign, endedSession }, tables) =>
        `${strayCampaign(endedSession, tables)};
         insert into tenant_${tenant}.session_entries (campaign_id, session_id, speaker_id, speaker_name, text)
         select '${campaign}', '${endedSession}', played.discord_id, 'Planted', 'Planted words'
         from mgmt.campaign_characters as played where played.id = '${tables.foreign.keys['campaign_characters']!}'`,
      elsewhere: theirNames,
      known: ({ foreign }) => [foreign.ids.campaign],
      answer: withoutTheirs,
    },
  ],
  session_transcript: [
    { by: 'newcomer', args: ({ session }) => ({ session }), answer: /do not belong to a table/ },
    { by: 'removed', args: ({ session }) => ({ session }), answer: /do not belong to a table/ },
  ],
  sessions: [
    {
      by: 'viewer',
      before: ({ endedSession }, tables) => strayCampaign(endedSession, tables),
      elsewhere: theirNames,
      sql: () => `select jsonb_agg(to_jsonb(t))::text as answer from mgmt.sessions as t`,
      known: ({ foreign }) => [foreign.ids.campaign],
      answer: withoutTheirs,
    },
  ],
  set_npc_aside: [
    {
      by: 'dm',
      args: ({ npc }) => ({ npc, reason: 'aside' }),
      elsewhere: (tables) => strayAppearance(tables.own.ids.npc, tables),
    },
  ],
  // A file goes to no bucket that no rule knows, to no other table, and gets no name that tells nothing of its kind. No column
  // is named, so that the policy of the verb is asked alone.
  'storage.objects': [
    ({ own }: Tables) =>
      `insert into storage.objects (bucket_id, name) values ('unlisted', '${own.ids.tenant}/proof.png')`,
    () => `update storage.objects set bucket_id = 'unlisted'`,
    ({ foreign }: Tables) =>
      `update storage.objects set name = '${foreign.ids.tenant}/' || gen_random_uuid() || '.png'`,
    ({ own }: Tables) => `update storage.objects set name = '${own.ids.tenant}/' || gen_random_uuid() || '.html'`,
  ].map((sql): Deed => ({
    by: 'dm',
    before: ({ tenant }) =>
      `select set_config('storage.allow_delete_query', 'true', true);
       insert into storage.buckets (id, name) values ('unlisted', 'unlisted') on conflict do nothing;
       delete from storage.objects where name like '${tenant}/%' and bucket_id <> 'images'`,
    sql,
    answer: /row-level security/,
  })),
  usage_summary: [
    {
      by: 'viewer',
      before: ({ endedSession }, tables) => strayCampaign(endedSession, tables),
      elsewhere: theirNames,
      known: ({ foreign }) => [foreign.ids.campaign],
      answer: withoutTheirs,
    },
  ],
  voice_samples: [
    {
      by: 'dm',
      elsewhere: ({ own, foreign }) =>
        `insert into mgmt.voice_profiles (tenant_id, name, provider, provider_voice_id, sample_ids, consent_at, status)
         values ('${foreign.ids.tenant}', '${named}', 'elevenlabs', 'stray', array['${own.ids.recording}'::uuid], now(), 'processing')`,
      sql: ({ own }) => `update mgmt.voice_samples set deleted_at = now() where id = '${own.ids.recording}'`,
    },
  ],
};
