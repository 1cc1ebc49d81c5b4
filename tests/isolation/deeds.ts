// What people really do here, as data: each is done in a transaction that is undone (probe-deeds.ts).
import { snowflake } from '../lib/database.ts';
import type { Caller, Ids } from './expectations.ts';
import { literal } from './role.ts';
import type { Tables } from './tables.ts';

export type Doer = Exclude<Caller, 'anon' | 'service'>;

export interface Deed {
  by: Doer;
  args?: (ids: Ids, tables: Tables) => Record<string, unknown>;
  /** What root does to the own table before. */
  before?: (ids: Ids, tables: Tables) => string;
  /** What root does to the other table before: this is no change of the doer's. */
  elsewhere?: (tables: Tables) => string;
  /** That makes no difference to the answer. */
  same?: boolean;
  /** What root finds afterwards only if it went wrong. */
  wrong?: (ids: Ids, tables: Tables) => string;
  /** What of the other table the own rows name, so that it is no news. */
  known?: (tables: Tables) => string[];
  /** Another question than the call. */
  sql?: (tables: Tables) => string;
  /** People of the own table whom it concerns besides the doer; all others stay as they are. */
  concerns?: Doer[] | 'everybody';
  /** A session of the table is still on air. */
  onAir?: boolean;
  /** What must come back; without it only that it worked. */
  answer?: RegExp;
}

const personOf = ({ person }: Tables[Doer]): string => person.email ?? `${person.username}`;

/** Lines of the own table that name sessions of the other one: they are found, heard and counted nowhere. */
const strayLine = ({ tenant, campaign }: Ids, { foreign }: Tables): string =>
  `insert into tenant_${tenant}.session_entries (campaign_id, session_id, speaker_id, speaker_name, text)
   values ('${campaign}', '${foreign.ids.session}', 'stray', 'Planted', 'Planted words'),
     ('${campaign}', '${foreign.ids.endedSession}', 'stray', 'Planted', 'Planted words')`;

/** The voice service starts a session of the own table in the other one's campaign: the gate refuses, or root is stopped. */
const strayStart = ({ tenant, guild, channel }: Ids, { foreign }: Tables): string =>
  `do $$
   begin
     insert into public.sessions (id, tenant_id, campaign_id, guild_id, channel_id, license_tier, state, started_at)
     values (gen_random_uuid(), '${tenant}', '${foreign.ids.campaign}', '${guild}', '${channel}', 'shared', 'pending', now());
     raise exception 'The gate let it in.';
   exception when sqlstate 'PT409' or sqlstate 'PT404' or sqlstate 'PT422' then null;
   end $$`;

/** Somebody new comes without an invitation and gets an own table. */
const arrival = (_ids: Ids, { newcomer }: Tables): string =>
  `select set_config('request.jwt.claims', '{"sub": "${newcomer.userId}"}', true);
   select mgmt.ensure_account();
   select set_config('request.jwt.claims', '', true)`;

const binned = ({ campaign }: Ids): string =>
  `update mgmt.campaigns set deleted_at = private.now() where id = '${campaign}'`;

/** News of another table to the same person. */
const noticeOf = (user: string, tenant: string): string =>
  `insert into mgmt.notifications (user_id, tenant_id, kind) values ('${user}', '${tenant}', 'test')`;

/** Everybody else wants to hear nothing, and whoever takes just any row takes one of theirs: the own one is not in front. */
const otherChoices = ({ viewer: { userId } }: Tables): string =>
  `update mgmt.user_preferences set preferences = jsonb_build_object('notifications', (
     select jsonb_object_agg(kind, '{"app": false, "mail": false, "discord": false}'::jsonb) from unnest(private.notice_kinds()) as kind
   )) where user_id <> '${userId}';
   insert into mgmt.user_preferences (user_id) values ('${userId}') on conflict do nothing;
   do $$
   begin
     while (select known.user_id from mgmt.user_preferences as known limit 1) = '${userId}' loop
       update mgmt.user_preferences set preferences = preferences where user_id = '${userId}';
     end loop;
   end $$`;

export const deeds: Record<string, Deed[]> = {
  accept_invite: [
    // Their own table, made a moment ago, goes with it.
    { by: 'newcomer', args: ({ tenant }) => ({ token: `open ${tenant}` }), before: arrival },
    { by: 'newcomer', args: ({ tenant }) => ({ token: `open ${tenant}` }) },
    ...(['dm', 'stranger', 'newcomer', 'removed'] as const).map((by): Deed => ({
      by,
      args: ({ tenant }) => ({ token: `theirs ${tenant}` }),
      answer: /made for somebody else/,
    })),
  ],
  invite_preview: [
    ...(['dm', 'stranger', 'newcomer', 'removed'] as const).map((by): Deed => ({
      by,
      args: ({ tenant }) => ({ token: `theirs ${tenant}` }),
      answer: /^\[\{"state": "other_person"\}\]$/,
    })),
    ...(
      [
        ['newcomer', /"state": "open".*"inviter": "alice".*"own_table": null/],
        ['dm', /"state": "member".*"inviter": "alice".*"own_table": null/],
        ['removed', /"state": "open".*"inviter": "alice"/],
        ['stranger', /"state": "other_table".*"inviter": "alice".*"own_table": \{"name": "mallory/],
      ] as const
    ).map(([by, answer]): Deed => ({ by, args: ({ tenant }) => ({ token: `open ${tenant}` }), answer })),
    // A seat is taken by whoever has one at this table, and nobody else.
    {
      by: 'newcomer',
      args: ({ tenant }) => ({ token: `open ${tenant}` }),
      before: ({ tenant }) => `update mgmt.invites set role = 'dm' where tenant_id = '${tenant}' and used_at is null`,
      answer: /"state": "open"/,
    },
  ],
  // Who operated the installation once, and left.
  admin_overview: [
    {
      by: 'super',
      before: (_ids, { super: { userId } }) =>
        `update mgmt.users set deleted_at = private.now() where id = '${userId}'`,
      answer: /Only operators/,
    },
  ],
  begin_checkout: [
    {
      by: 'owner',
      args: () => ({ plan_id: 'adventurer', billing_interval: 'yearly' }),
      // The same person's click for another table is not this one.
      elsewhere: ({ owner, foreign }) =>
        `insert into private.checkout_attempts (id, user_id, tenant_id, plan_id, billing_interval, created_at)
         values ('11111111-1111-4111-8111-111111111111', '${owner.userId}', '${foreign.ids.tenant}', 'adventurer', 'yearly', now())`,
      answer: /^(?!.*11111111-1111)/,
    },
  ],
  billing_context: [{ by: 'owner', args: () => ({ plan_id: 'apprentice' }), answer: /"pending_payment": null/ }],
  campaign_speakers: [
    {
      by: 'dm',
      args: ({ campaign }) => ({ campaign_id: campaign }),
      before: strayLine,
      answer: /^(?!.*stray)/,
    },
  ],
  choose_notifications: [{ by: 'viewer', args: () => ({ choices: {} }), elsewhere: otherChoices, same: true }],
  notification_choices: [{ by: 'viewer', elsewhere: otherChoices, same: true, answer: /"kinds"/ }],
  delete_account: [
    {
      by: 'owner',
      args: (_ids, { owner }) => ({ confirm: personOf(owner) }),
      concerns: ['dm'],
      before: (_ids, { dm }) => `update mgmt.users set role = 'tenant_owner', email = null where id = '${dm.userId}'`,
      elsewhere: ({ owner, foreign }) =>
        `update public.tenants set contact_email = '${owner.person.email ?? ''}' where id = '${foreign.ids.tenant}'`,
      // Nobody of this table has an address any more, so mail goes to none.
      wrong: ({ tenant }) => `select from public.tenants where id = '${tenant}' and contact_email <> ''`,
    },
    { by: 'owner', args: (_ids, { owner }) => ({ confirm: personOf(owner) }), answer: /A table needs an Owner/ },
    { by: 'viewer', args: (_ids, { viewer }) => ({ confirm: personOf(viewer) }), onAir: true },
    { by: 'dm', args: (_ids, { dm }) => ({ confirm: personOf(dm) }) },
    { by: 'viewer', args: (_ids, { viewer }) => ({ confirm: personOf(viewer) }) },
  ],
  delete_campaign: [
    {
      by: 'dm',
      before: ({ tenant, campaign }) =>
        `update public.tenants set campaign_id = '' where id = '${tenant}';
         update mgmt.campaigns set name = 'The own story', deleted_at = private.now() where id = '${campaign}'`,
      // That the other table names it as the one it plays keeps nobody here from anything.
      elsewhere: ({ own, foreign }) =>
        `update public.tenants set campaign_id = '${own.ids.campaign}' where id = '${foreign.ids.tenant}'`,
      args: ({ campaign }) => ({ campaign_id: campaign, confirm_name: 'the own story' }),
      wrong: ({ campaign }) => `select from mgmt.campaigns where id = '${campaign}'`,
    },
  ],
  delete_tenant: [{ by: 'owner', args: () => ({ confirm_name: 'The own table' }), concerns: 'everybody' }],
  ensure_account: [
    { by: 'dm' },
    { by: 'removed' },
    { by: 'newcomer' },
    {
      by: 'newcomer',
      before: ({ tenant }, { newcomer }) =>
        `insert into mgmt.invites (tenant_id, role, discord_id, expires_at)
         values ('${tenant}', 'dm', '${newcomer.person.id}', private.now() + interval '1 day')`,
      answer: /"joined_by_invite": true/,
    },
  ],
  export_account: [{ by: 'owner', answer: /"account": \{"id": "[^"]*", "email": "alice\./ }],
  knowledge_entry: [
    {
      by: 'dm',
      args: ({ campaign }) => ({ campaign_id: campaign, entity: 'planted' }),
      before: ({ tenant }, { foreign }) =>
        `update tenant_${tenant}.relationships set provenance = jsonb_build_object('session_id', '${foreign.ids.session}')`,
      known: ({ foreign }) => [foreign.ids.session],
      answer: /^(?!.*"heard": \{)/,
    },
  ],
  leave_tenant: [{ by: 'dm' }, { by: 'viewer' }],
  mark_notifications_read: [
    { by: 'dm' },
    { by: 'viewer' },
    {
      by: 'owner',
      elsewhere: ({ owner, foreign }) => noticeOf(owner.userId, foreign.ids.tenant),
      same: true,
      answer: /^\[[1-9]/,
    },
  ],
  license_state: [
    {
      by: 'owner',
      before: ({ tenant }) =>
        `update private.settings set value = to_jsonb('licensed'::text) where key = 'deployment.mode';
         delete from mgmt.licenses where tenant_id = '${tenant}'`,
      answer: /"active": \["knowledge_graph"\]/,
    },
  ],
  // A Player reads of the others who they are, and nothing of who left.
  members: [
    {
      by: 'viewer',
      sql: ({ viewer, removed }) =>
        `select string_agg(id::text, '') as answer from mgmt.members
         where id = '${removed.userId}' or id <> '${viewer.userId}' and (discord_id is not null or last_login_at is not null)`,
      answer: /^$/,
    },
  ],
  me: [
    { by: 'viewer', answer: /"above_plan": null/ },
    {
      by: 'owner',
      before: ({ tenant }) => `update mgmt.subscriptions set plan_id = 'apprentice' where tenant_id = '${tenant}'`,
      elsewhere: ({ foreign }) =>
        `update mgmt.subscriptions set trial_end = private.now() - interval '1 day' where tenant_id = '${foreign.ids.tenant}'`,
      same: true,
    },
    {
      by: 'viewer',
      elsewhere: ({ viewer, foreign }) => noticeOf(viewer.userId, foreign.ids.tenant),
      answer: /"unread_notifications": 0[,}]/,
    },
  ],
  // Olga's own table is empty: that others have all this is nothing to it.
  onboarding_state: [
    {
      by: 'super',
      before: (_ids, { super: { userId } }) =>
        `update mgmt.campaigns set deleted_at = private.now()
         where tenant_id = (select tenant_id from mgmt.users where id = '${userId}')`,
      answer: /"bot": false, "npc": false, "server": false, "session": false, "campaign": false/,
    },
  ],
  remove_member: [
    {
      by: 'owner',
      args: (_ids, { dm }) => ({ member: dm.userId }),
      concerns: ['dm'],
      // Invitations of this table to them end with it, and no others.
      elsewhere: ({ dm, foreign }) =>
        `insert into mgmt.invites (tenant_id, discord_id, expires_at)
         values ('${foreign.ids.tenant}', '${dm.person.id}', private.now() + interval '1 day')`,
    },
    {
      by: 'owner',
      args: (_ids, { dm }) => ({ member: dm.userId }),
      before: (_ids, { dm }) => `update mgmt.users set role = 'super_admin' where id = '${dm.userId}'`,
      answer: /a role that you cannot change/,
    },
    { by: 'dm', args: (_ids, { viewer }) => ({ member: viewer.userId }), answer: /Only Owners/ },
    { by: 'owner', args: (_ids, { removed }) => ({ member: removed.userId }), answer: /no such member/ },
  ],
  // News that are for mail alone, and news of another table.
  notifications: [
    {
      by: 'viewer',
      before: ({ tenant }, { viewer }) =>
        `insert into mgmt.notifications (user_id, tenant_id, kind, in_app) values ('${viewer.userId}', '${tenant}', 'test', false)`,
      elsewhere: ({ viewer, foreign }) => noticeOf(viewer.userId, foreign.ids.tenant),
      sql: () => `select count(*)::text as answer from mgmt.notifications`,
      answer: /^0$/,
    },
    // Told when they led the table, which they do no more.
    {
      by: 'viewer',
      before: ({ tenant }, { viewer }) =>
        `insert into mgmt.notifications (user_id, tenant_id, kind) values ('${viewer.userId}', '${tenant}', 'plan_changed')`,
      sql: () => `select count(*)::text as answer from mgmt.notifications`,
      answer: /^0$/,
    },
  ],
  // On a channel there are broadcasts and presences; changes of tables are told to nobody.
  'realtime.messages': [
    {
      by: 'viewer',
      before: ({ tenant }) =>
        `select set_config('realtime.topic', 'tenant:${tenant}', true);
         insert into realtime.messages (topic, extension) values ('tenant:${tenant}', 'postgres_changes')`,
      sql: () => `select count(*)::text as answer from realtime.messages where extension = 'postgres_changes'`,
      answer: /^0$/,
    },
    {
      by: 'viewer',
      before: (_ids, { foreign }) => `select set_config('realtime.topic', 'tenant:${foreign.ids.tenant}', true)`,
      sql: ({ foreign }) =>
        `insert into realtime.messages (topic, extension) values ('tenant:${foreign.ids.tenant}', 'presence')`,
      answer: /row-level security/,
    },
  ],
  // Without naming a row each statement meets its own policy alone; a bucket of nobody's rules is nobody's.
  'storage.objects': [
    'select count(*)::text as answer from storage.objects where bucket_id = $$unlisted$$',
    'delete from storage.objects',
    `update storage.objects set metadata = '{}'`,
  ].map((sql): Deed => ({
    by: 'dm',
    before: ({ tenant }) =>
      `select set_config('storage.allow_delete_query', 'true', true);
       insert into storage.buckets (id, name) values ('unlisted', 'unlisted') on conflict do nothing;
       insert into storage.objects (bucket_id, name, metadata) values ('unlisted', '${tenant}/proof.png', '{"size": 1}')`,
    sql: () => sql,
    answer: /^0?$/,
    wrong: ({ tenant }) =>
      `select where not exists (
         select from storage.objects where bucket_id = 'unlisted' and name = '${tenant}/proof.png' and metadata ->> 'size' = '1'
       )`,
  })),
  subscription_plans: ['active', 'offered'].map((kept): Deed => ({
    by: 'viewer',
    before: () => `update mgmt.subscription_plans set ${kept} = false where id = 'guild'`,
    sql: () => `select string_agg(id, ' ') as answer from mgmt.subscription_plans`,
    answer: /^(?!.*guild)/,
  })),
  // Into a campaign that lies in the bin nothing is written.
  ...Object.fromEntries(
    Object.entries({
      campaign_characters: ({ own }: Tables) => ({
        campaign_id: own.ids.campaign,
        discord_id: snowflake(1),
        name: 'Late',
      }),
      campaign_npcs: ({ own }: Tables) => ({ campaign_id: own.ids.campaign, npc_id: own.ids.visitor }),
      npcs: ({ own }: Tables) => ({ campaign_id: own.ids.campaign, name: 'Late' }),
    }).map(([name, rowOf]): [string, Deed[]] => [
      name,
      [
        {
          by: 'dm',
          before: binned,
          sql: (tables) => {
            const row = Object.entries(rowOf(tables));
            return `insert into mgmt.${name} (${row.map(([column]) => column).join(', ')})
              values (${row.map(([, value]) => literal(value)).join(', ')})`;
          },
          answer: /row-level security/,
        },
      ],
    ]),
  ),
  request_session: [
    {
      by: 'dm',
      args: ({ campaign, guild, channel }) => ({
        campaign_id: campaign,
        guild_id: guild,
        channel_id: channel,
        idempotency_key: crypto.randomUUID(),
      }),
      before: ({ tenant }) => `update public.tenants set bot_token = '', bot_last_four = null where id = '${tenant}'`,
      answer: /bot is not connected/,
    },
    {
      by: 'viewer',
      args: ({ campaign }) => ({
        campaign_id: campaign,
        guild_id: '',
        channel_id: '',
        idempotency_key: crypto.randomUUID(),
      }),
      before: strayStart,
      answer: /Only Dungeon Masters/,
    },
  ],
  sessions: [
    {
      by: 'viewer',
      sql: () => `select jsonb_agg(to_jsonb(t))::text as answer from mgmt.sessions as t`,
      answer: /"campaign_name": "My first campaign"/,
    },
  ],
  session_transcript: [
    {
      by: 'viewer',
      args: ({ session }) => ({ session }),
      before: strayLine,
    },
  ],
  restore_npc: [
    { by: 'dm', args: (_ids, { foreign }) => ({ npc: foreign.keys['npcs_aside'] }), answer: /not here, or not yours/ },
    {
      by: 'dm',
      args: (_ids, { own }) => ({ npc: own.keys['npcs_aside'] }),
      before: binned,
      answer: /campaign of this NPC is in the bin/,
    },
  ],
  search_transcripts: [
    { by: 'viewer', args: () => ({ query: 'planted' }), before: strayLine, answer: /Planted.*words/ },
    {
      by: 'viewer',
      args: (_ids, { foreign }) => ({ query: 'planted', session: foreign.ids.endedSession }),
      answer: /not here, or not yours/,
    },
  ],
  session_quota: [{ by: 'newcomer', answer: /do not belong to a table/ }],
  set_npc_aside: [
    {
      by: 'dm',
      args: (_ids, { foreign }) => ({ npc: foreign.keys['npcs_aside'], reason: 'bin' }),
      answer: /not here, or not yours/,
    },
  ],
  revoke_session: [
    { by: 'dm', args: () => ({ session: null }) },
    { by: 'viewer', args: ({ login }) => ({ session: login }), answer: /not signed in there/ },
  ],
  set_member_role: [
    { by: 'owner', args: (_ids, { viewer }) => ({ member: viewer.userId, role: 'dm' }), concerns: ['viewer'] },
    { by: 'dm', args: (_ids, { viewer }) => ({ member: viewer.userId, role: 'dm' }), answer: /Only Owners/ },
  ],
  transfer_ownership: [{ by: 'owner', args: (_ids, { dm }) => ({ member: dm.userId }), concerns: ['dm'] }],
  usage_summary: [
    {
      by: 'viewer',
      before: ({ tenant }) => `update public.tenants set monthly_session_hours = 4711 where id = '${tenant}'`,
      answer: /"monthly_limit": 4711/,
    },
  ],
  update_preferences: [{ by: 'viewer', args: () => ({ patch: { theme: 'dark' } }) }],
  update_profile: [{ by: 'viewer', args: () => ({ display_name: 'Renamed' }) }],
};
