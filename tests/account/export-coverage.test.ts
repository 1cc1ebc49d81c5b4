// Nothing is missing: every table of the database has a decision, and what is said to be in the archive is, row by row and
// column by column, as root compares.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asGateway, asRoot, closeDatabase } from '../lib/database.ts';
import { setTables, type Tables } from '../isolation/tables.ts';
import { archiveOf, type Archive } from './archive.ts';
import { decisions, withheld } from './export-decisions.ts';

let tables: Tables;
let archive: Archive;
let tenant: string;

beforeAll(async () => {
  tables = await setTables();
  ({ tenant } = tables.own.ids);
  const { campaign, endedSession, user } = tables.own.ids;
  const schema = `tenant_${tenant}`;
  await asGateway(`insert into ${schema}.sessions (session_id, campaign_id) values ($1, $2)`, [endedSession, campaign]);
  await asGateway(
    `insert into ${schema}.recaps (session_id, campaign_id, text, audio_data, sample_rate, channels, duration_ns)
     values ($1, $2, 'Planted', 'planted', 48000, 1, 1)`,
    [endedSession, campaign],
  );
  await asRoot(
    `insert into private.checkout_attempts (user_id, tenant_id, plan_id, billing_interval) values ($1, $2, 'guild', 'monthly')`,
    [user, tenant],
  );
  await asRoot(
    `insert into private.notification_deliveries (notification_id, channel, outcome)
     select id, 'mail', 'sent' from mgmt.notifications where user_id = $1`,
    [user],
  );
  await asRoot(
    `insert into private.tenant_deletions (tenant_id, name, asked_by, members, asked_at) values ('gone_' || $2, 'Gone', $1, array[$1::uuid], now())`,
    [user, tenant],
  );
  await asRoot(
    `insert into mgmt.campaign_characters (tenant_id, campaign_id, discord_id, name) values ($1, $2, $3, 'Owner')`,
    [tenant, campaign, tables.owner.person.id],
  );
  await asRoot(
    `insert into ${schema}.session_entries (campaign_id, session_id, speaker_id, text) values ($1, $2, $3, 'Own')`,
    [campaign, endedSession, tables.owner.person.id],
  );
  for (const [table, column] of [
    ['discord_servers', 'claimed_by'],
    ['planned_sessions', 'created_by'],
    ['session_requests', 'requested_by'],
    ['voice_profiles', 'created_by'],
    ['voice_samples', 'uploaded_by'],
    ['invites', 'used_by'],
  ])
    await asRoot(`update mgmt.${table} set ${column} = $1 where tenant_id = $2`, [user, tenant]);
  await asRoot(`update storage.objects set owner_id = $1 where name like $2 || '/%'`, [user, tenant]);
  archive = await archiveOf(tables.owner);
});
afterAll(closeDatabase);

const relationOf = (name: string) => name.replace(/^tenant\./, `tenant_${tenant}.`);

test('every table of the database has a decision', async () => {
  const found = await asRoot<{ name: string }>(
    `select replace(n.nspname, 'tenant_' || $1, 'tenant') || '.' || c.relname as name
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and not c.relispartition
       and n.nspname in ('auth', 'mgmt', 'private', 'public', 'realtime', 'storage', 'tenant_' || $1)
     order by 1`,
    [tenant],
  );
  expect(found.map(({ name }) => name)).toEqual(Object.keys(decisions).sort());
});

test('whatever is said to be in it stands there, with a row', () => {
  const empty = Object.entries(decisions).flatMap(([name, decision]) =>
    'left' in decision
      ? []
      : [decision.person, decision.owner]
          .filter((part) => part && !archive.parts[part]?.length)
          .map((part) => `${name}: ${part}`),
  );
  expect(empty).toEqual([]);
});

test('every part belongs to a table', () => {
  const known = Object.values(decisions).flatMap((decision) =>
    'left' in decision ? [] : [decision.person, decision.owner],
  );
  const further = ['changes_of_me', 'mine.invites'];
  expect(Object.keys(archive.parts).filter((part) => !known.includes(part) && !further.includes(part))).toEqual([]);
});

test('the Owner gets every row of the table', async () => {
  const missing: string[] = [];
  for (const [name, decision] of Object.entries(decisions)) {
    if ('left' in decision || !decision.owner || name === 'mgmt.notifications') continue;
    const condition =
      name === 'storage.objects'
        ? `starts_with(name, '${tenant}/')`
        : name.startsWith('tenant.')
          ? 'true'
          : `${name === 'public.tenants' ? 'id' : 'tenant_id'} = '${tenant}'`;
    const [row] = await asRoot<{ rows: number }>(
      `select count(*)::int as rows from ${relationOf(name)} where ${condition}`,
    );
    const got = archive.parts[decision.owner]!.length;
    if (got !== row!.rows) missing.push(`${name}: ${got} of ${row!.rows}`);
  }
  expect(missing).toEqual([]);
});

test('and every column, but those that are withheld for a reason', async () => {
  const columns = await asRoot<{ relation: string; column: string }>(
    `select replace(n.nspname, 'tenant_' || $1, 'tenant') || '.' || c.relname as relation, a.attname as column
     from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and not c.relispartition and a.attnum > 0 and not a.attisdropped
       and n.nspname in ('mgmt', 'public', 'tenant_' || $1)`,
    [tenant],
  );
  const missing = columns
    .filter(({ relation, column }) => {
      const decision = decisions[relation]!;
      if ('left' in decision) return false;
      const row = archive.parts[(decision.owner ?? decision.person)!]![0]!;
      return !(column in row);
    })
    .map(({ relation, column }) => `${relation}.${column}`);
  expect(missing.sort()).toEqual(Object.keys(withheld).sort());
});

test('no secret is in it, and nothing of another table', async () => {
  const text = JSON.stringify(archive);
  const columns = await asRoot<{ relation: string; column: string }>(
    `select c.oid::regclass::text as relation, a.attname as column
     from pg_attribute a join pg_class c on c.oid = a.attrelid
     where c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
       and c.relnamespace::regnamespace::text in ('auth', 'mgmt', 'private', 'public')
       and a.attname ~ 'token|ciphertext|password|hmac|auth_code|code_challenge|discord_id_hash' and a.attname !~ '_tokens$|sent_at$'`,
  );
  expect(columns.length).toBeGreaterThan(10);
  let compared = 0;
  for (const { relation, column } of columns) {
    const found = await asRoot<{ value: string }>(
      `select distinct ${column}::text as value from ${relation} where length(${column}::text) >= 6 limit 5000`,
    );
    compared += found.length;
    expect({
      relation,
      column,
      in: found.filter(({ value }) => text.includes(JSON.stringify(value).slice(1, -1))),
    }).toEqual({
      relation,
      column,
      in: [],
    });
  }
  expect(compared).toBeGreaterThan(5);
  const { tenant: theirs, user } = tables.foreign.ids;
  for (const foreign of [theirs, user]) expect(text).not.toContain(foreign);
});
