// What the matrix only asks for and is refused: deletions, hand-overs and links are really done here, in a transaction that is
// undone, and root looks inside it at what else has changed.
import type pg from 'pg';
import { type asRoot, undone } from '../lib/database.ts';
import { changesBetween, type Checksum, checksumOf } from './checksum.ts';
import type { Case } from './engine.ts';
import type { Caller, Ids } from './expectations.ts';
import { become, callOf, triedBy } from './role.ts';
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
  /** Another question than the call. */
  sql?: string;
  /** People of the own table whom it concerns besides the doer; all others stay as they are. */
  concerns?: Doer[] | 'everybody';
  /** A session of the table is still on air. */
  onAir?: boolean;
  /** What must come back; without it only that it worked. */
  answer?: RegExp;
}

const personOf = ({ person }: Tables[Doer]): string => person.email ?? `${person.username}`;

/** A line of the own table that names a session of the other one: it is found and heard nowhere. */
const strayLine = ({ tenant, campaign }: Ids, { foreign }: Tables): string =>
  `insert into tenant_${tenant}.session_entries (campaign_id, session_id, speaker_name, text)
   values ('${campaign}', '${foreign.ids.session}', 'Planted', 'Planted words')`;

const deeds: Record<string, Deed[]> = {
  accept_invite: [
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
        ['stranger', /"state": "other_table".*"inviter": "alice".*"own_table": \{"name": "mallory/],
      ] as const
    ).map(([by, answer]): Deed => ({ by, args: ({ tenant }) => ({ token: `open ${tenant}` }), answer })),
  ],
  delete_account: [
    { by: 'owner', args: (_ids, { owner }) => ({ confirm: personOf(owner) }), answer: /A table needs an Owner/ },
    { by: 'viewer', args: (_ids, { viewer }) => ({ confirm: personOf(viewer) }), onAir: true },
    { by: 'dm', args: (_ids, { dm }) => ({ confirm: personOf(dm) }) },
    { by: 'viewer', args: (_ids, { viewer }) => ({ confirm: personOf(viewer) }) },
  ],
  delete_tenant: [{ by: 'owner', args: () => ({ confirm_name: 'The own table' }), concerns: 'everybody' }],
  ensure_account: [{ by: 'dm' }, { by: 'removed' }, { by: 'newcomer' }],
  leave_tenant: [{ by: 'dm' }, { by: 'viewer' }],
  mark_notifications_read: [{ by: 'dm' }, { by: 'viewer' }],
  me: [{ by: 'viewer', answer: /"above_plan": null/ }],
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
  ],
  sessions: [
    {
      by: 'viewer',
      sql: `select jsonb_agg(to_jsonb(t))::text as answer from mgmt.sessions as t`,
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
  if (deed.elsewhere) await client.query(deed.elsewhere(tables));
  const unchanged = deed.elsewhere ? await checksumOf(foreign, inside) : untouched;
  if (deed.before) await client.query(deed.before(own.ids, tables));
  const spared = deed.concerns === 'everybody' ? [] : others(tables, [deed.by, ...(deed.concerns ?? [])]);
  const before = await personal(spared, client);
  await client.query('savepoint asked');
  await become(world, deed.by, client);
  const args = deed.args?.(own.ids, tables) ?? {};
  const answer = await triedBy(client, deed.sql ?? callOf(name, args));
  const text = 'refusal' in answer ? answer.refusal : String(answer.rows[0]?.['answer'] ?? '');
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
  return (await personal(spared, client)) === before ? undefined : 'changed what belongs to another member';
}

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
