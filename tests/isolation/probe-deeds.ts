// What the matrix only asks for and is refused: deletions, hand-overs and links are really done here, in a transaction that is
// undone, and root looks inside it at what else has changed.
import type pg from 'pg';
import { type asRoot, undone } from '../lib/database.ts';
import { changesBetween, type Checksum, checksumOf } from './checksum.ts';
import type { Case } from './engine.ts';
import type { Caller, Ids } from './expectations.ts';
import { become, callOf, type Tried, triedBy } from './role.ts';
import type { Tables } from './tables.ts';
import { patternsOf, seen, unreadableFor, type World } from './world.ts';

type Doer = Exclude<Caller, 'anon' | 'service'>;

interface Deed {
  by: Doer;
  args?: (ids: Ids, tables: Tables) => Record<string, unknown>;
  /** What root does to the own table before. */
  before?: (ids: Ids, tables: Tables) => string;
  /** What root does to the other table before: this is no change of the doer's. */
  elsewhere?: (tables: Tables) => string;
  /** That makes no difference to the answer. */
  same?: boolean;
  /** What root finds afterwards only if it went wrong. */
  wrong?: (ids: Ids) => string;
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

/** News of another table to the same person. */
const noticeOf = (user: string, tenant: string): string =>
  `insert into mgmt.notifications (user_id, tenant_id, kind) values ('${user}', '${tenant}', 'test')`;

/** Everybody else wants to hear nothing. */
const otherChoices = ({ viewer }: Tables): string =>
  `update mgmt.user_preferences set preferences = jsonb_build_object('notifications', (
     select jsonb_object_agg(kind, '{"app": false, "mail": false, "discord": false}'::jsonb) from unnest(private.notice_kinds()) as kind
   )) where user_id <> '${viewer.userId}'`;

const deeds: Record<string, Deed[]> = {
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
      before: ({ campaign }) => `update mgmt.campaigns set deleted_at = private.now() where id = '${campaign}'`,
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

export function deedCases(world: World): Case[] {
  // Nothing that is undone changes it, so it is summed up once.
  let sum: Promise<Checksum> | undefined;
  const before = (): Promise<Checksum> => (sum ??= checksumOf(world.tables.foreign));
  return Object.entries(deeds).flatMap(([name, list]) =>
    list.map((deed, index): Case => ({
      object: deed.sql === undefined ? `${name}()` : name,
      what: `${deed.by} really does it (${index + 1})`,
      run: async () => {
        const untouched = await before();
        return undone((client) => done(world, name, deed, untouched, client));
      },
    })),
  );
}

async function done(
  world: World,
  name: string,
  deed: Deed,
  untouched: Checksum,
  client: pg.ClientBase,
): Promise<string | undefined> {
  const { tables } = world;
  const { own, foreign } = tables;
  const inside = (async (sql: string, values: unknown[] = []) =>
    (await client.query(sql, values)).rows) as typeof asRoot;
  await client.query(`update public.tenants set name = 'The own table' where id = $1`, [own.ids.tenant]);
  if (!deed.onAir) {
    await client.query(
      `update public.sessions set state = 'ended', ended_at = private.now() where tenant_id = $1 and state <> 'ended'`,
      [own.ids.tenant],
    );
  }
  if (deed.before) await client.query(deed.before(own.ids, tables));
  const args = deed.args?.(own.ids, tables) ?? {};
  const ask = async (): Promise<Tried> => {
    await client.query('savepoint asked');
    await become(world, deed.by, client);
    return triedBy(client, deed.sql?.(tables) ?? callOf(name, args));
  };
  let apart: string | undefined;
  if (deed.same) {
    apart = textOf(await ask());
    await client.query('rollback to savepoint asked');
  }
  if (deed.elsewhere) await client.query(deed.elsewhere(tables));
  const unchanged = deed.elsewhere ? await checksumOf(foreign, inside) : untouched;
  const spared = deed.concerns === 'everybody' ? [] : others(tables, [deed.by, ...(deed.concerns ?? [])]);
  const before = await personal(spared, client);
  const answer = await ask();
  const text = textOf(answer);
  if (apart !== undefined && text !== apart) return `answered ${text.slice(0, 200)} instead of ${apart.slice(0, 200)}`;
  if (deed.answer ? !deed.answer.test(text) : 'refusal' in answer) return `answered ${text.slice(0, 200)}`;
  if ('refusal' in answer) return undefined;
  // Whoever is not of the table is just joining it.
  const unreadable = ['owner', 'dm', 'viewer'].includes(deed.by) ? unreadableFor(world, deed.by) : [];
  const mark = seen(text, unreadable, Object.values(args).map(String));
  if (mark !== undefined) return `shows ${mark}`;
  await client.query(`select set_config('role', 'postgres', true)`);
  const changes = changesBetween(unchanged, await checksumOf(foreign, inside));
  if (changes.length > 0) return `changed the other table’s ${changes.join(', ')}`;
  const { rowCount } = await client.query(
    'select from private.tenant_deletions as t where tenant_id = $1 and t::text like any ($2)',
    [own.ids.tenant, patternsOf(foreign)],
  );
  if (rowCount !== 0) return 'deletes what is the other table’s';
  if (deed.wrong && (await client.query(deed.wrong(own.ids))).rowCount !== 0) return 'left what is wrong';
  return (await personal(spared, client)) === before ? undefined : 'changed what belongs to another member';
}

const textOf = (answer: Tried): string =>
  'refusal' in answer ? answer.refusal : String(answer.rows[0]?.['answer'] ?? '');

function others(tables: Tables, except: Doer[]): string[] {
  return (['owner', 'dm', 'viewer', 'removed'] as const)
    .filter((one) => !except.includes(one))
    .map((one) => tables[one].userId);
}

/** Accounts, sign-ins and what else is a person's own. */
async function personal(users: string[], client: pg.ClientBase): Promise<string> {
  const { rows } = await client.query<{ sum: string }>(
    `select concat(
       (select string_agg(to_jsonb(t)::text, '' order by id) from auth.users as t where id = any ($1)),
       (select string_agg(to_jsonb(t)::text, '' order by id) from auth.sessions as t where user_id = any ($1)),
       (select string_agg(to_jsonb(t)::text, '' order by id) from mgmt.users as t where id = any ($1)),
       (select string_agg(to_jsonb(t)::text, '' order by user_id) from mgmt.user_preferences as t where user_id = any ($1)),
       (select string_agg(to_jsonb(t)::text, '' order by id) from mgmt.notifications as t
         -- What the deed itself tells them is news, not theirs.
         where user_id = any ($1) and created_at < pg_catalog.now())
     ) as sum`,
    [users],
  );
  return rows[0]!.sum;
}
