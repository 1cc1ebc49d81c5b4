// The proof: every object of the API, every verb, every role, through the public API, against expectations.ts.
import type { PostgrestError } from '@supabase/supabase-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asRoot, closeDatabase } from '../lib/database.ts';
import { type ApiClient, newClient } from '../lib/people.ts';
import { type Expectation, functions, type Outcome, relations, type Role, roles } from './expectations.ts';
import { patches, type Planted, samples, setTables, snapshot, type Tables } from './tables.ts';

let tables: Tables;
const clients = {} as Record<Role, ApiClient>;

beforeAll(async () => {
  tables = await setTables();
  Object.assign(clients, {
    owner: tables.owner.client,
    dm: tables.dm.client,
    viewer: tables.viewer.client,
    stranger: tables.stranger.client,
    anon: newClient(),
  });
});
afterAll(closeDatabase);

/** Everybody but the stranger is judged on the own table's row; the stranger tries the same on it from outside. */
const target = (): Planted => tables.own;

function outcomeOf(error: PostgrestError | null, rows: number): Outcome | string {
  if (!error) return rows > 0 ? 'yes' : 'nothing';
  if (error.code === '42501') return error.message.includes('row-level security') ? 'policy' : 'no grant';
  // A view over a function takes no writes from anybody.
  if (error.code === '55000') return 'no grant';
  // A key that leads to a foreign row is refused like a key that leads nowhere.
  if (error.code === '23503') return 'policy';
  return `${error.code} ${error.message}`;
}

type Verb = keyof Omit<Expectation, 'key'>;

async function attempt(name: string, verb: Verb, role: Role, { key }: Expectation): Promise<Outcome | string> {
  const table = clients[role].from(name);
  const id = target().keys[name]!;
  switch (verb) {
    case 'select': {
      const { data, error } = await table.select('*').eq(key, id);
      return outcomeOf(error, data?.length ?? 0);
    }
    case 'insert': {
      const row = samples[name]?.(target().ids) ?? { [key]: id };
      const { data, error } = await table.insert(row).select();
      for (const added of (data ?? []) as Record<string, unknown>[]) await remove(name, key, added[key]);
      return outcomeOf(error, data?.length ?? 0);
    }
    case 'update': {
      const { data, error } = await table
        .update(patches[name] ?? { name: 'Patched' })
        .eq(key, id)
        .select();
      return outcomeOf(error, data?.length ?? 0);
    }
    case 'delete': {
      const [before] = await asRoot<{ row: object }>(
        `select to_jsonb(t) as row from ${source(name)} as t where ${key}::text = $1`,
        [id],
      );
      const { data, error } = await table.delete().eq(key, id).select();
      if (data?.length) {
        await putBack(source(name), before!.row);
      }
      return outcomeOf(error, data?.length ?? 0);
    }
  }
}

/** Where rows of an object really lie. */
const source = (name: string): string => (name === 'npcs' ? 'public.npc_definitions' : `mgmt.${name}`);

/** Plants a deleted row again as it was; generated columns make themselves. */
async function putBack(table: string, row: object): Promise<void> {
  const columns = await asRoot<{ attname: string }>(
    `select attname from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
    [table],
  );
  const names = columns.map(({ attname }) => attname).join(', ');
  await asRoot(`insert into ${table} (${names}) select ${names} from jsonb_populate_record(null::${table}, $1)`, [row]);
}

async function remove(name: string, key: string, id: unknown): Promise<void> {
  await asRoot(`delete from ${source(name)} where ${key}::text = $1`, [String(id)]);
}

test('every object of the API has a line in the expectations, and every line an object', async () => {
  const found = await asRoot<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'mgmt'::regnamespace and relkind in ('r', 'v', 'm', 'p', 'f') order by 1`,
  );
  expect(found.map(({ name }) => name)).toEqual(Object.keys(relations).sort());
  const called = await asRoot<{ name: string }>(
    `select distinct proname as name from pg_proc where pronamespace = 'mgmt'::regnamespace order by 1`,
  );
  expect(called.map(({ name }) => name)).toEqual(Object.keys(functions).sort());
});

describe.each(Object.entries(relations))('%s', (name, expectation) => {
  test.each(['select', 'insert', 'update', 'delete'] as const)('%s', async (verb) => {
    const outcomes = {} as Record<Role, string>;
    for (const role of roles) {
      const before = role === 'stranger' ? await snapshot(tables.own) : undefined;
      outcomes[role] = await attempt(name, verb, role, expectation);
      if (before) expect(await snapshot(tables.own), 'what a stranger left behind').toEqual(before);
    }
    expect(outcomes).toEqual(expectation[verb]);
  });

  test('shows nobody a row of another table', async () => {
    const shared = ['gateway_capabilities', 'subscription_plans', 'voice_catalog'].includes(name);
    for (const role of ['owner', 'dm', 'viewer'] as const) {
      const { data } = await clients[role].from(name).select('*');
      const rows = (data ?? []) as Record<string, unknown>[];
      if (!shared) expect(rows.map((row) => String(row[expectation.key]))).not.toContain(tables.foreign.keys[name]);
      expect(JSON.stringify(rows)).not.toContain(tables.foreign.ids.tenant);
      const { count } = await clients[role]
        .from(name)
        .select('*', { count: 'exact', head: true })
        .eq(expectation.key, tables.foreign.keys[name]!);
      if (!shared) expect(count ?? 0).toBe(0);
    }
  });

  test('takes no tenant from a person, and moves no row', async () => {
    const before = [await snapshot(tables.own), await snapshot(tables.foreign)];
    const [hasTenant] = await asRoot(
      `select from information_schema.columns where table_schema = 'mgmt' and table_name = $1 and column_name = 'tenant_id'`,
      [name],
    );
    if (hasTenant) {
      const row = samples[name]?.(tables.own.ids) ?? {};
      const inserted = await clients.owner.from(name).insert({ ...row, tenant_id: tables.foreign.ids.tenant });
      expect(inserted.error?.code).toBe('42501');
      const moved = await clients.owner
        .from(name)
        .update({ tenant_id: tables.foreign.ids.tenant })
        .eq(expectation.key, tables.own.keys[name]!);
      expect(moved.error?.code).toBe('42501');
    }
    for (const column of ['campaign_id', 'session_id']) {
      const sample = samples[name]?.(tables.own.ids);
      if (!sample || !(column in sample)) continue;
      const foreign = samples[name]!(tables.foreign.ids);
      const inserted = await clients.owner.from(name).insert({ ...sample, [column]: foreign[column] });
      expect(outcomeOf(inserted.error, 1)).toBe('policy');
      const moved = await clients.owner
        .from(name)
        .update({ [column]: foreign[column] })
        .eq(expectation.key, tables.own.keys[name]!)
        .select();
      expect(['policy', 'no grant']).toContain(outcomeOf(moved.error, moved.data?.length ?? 0));
    }
    expect([await snapshot(tables.own), await snapshot(tables.foreign)]).toEqual(before);
  });
});

// A write that neither filters nor asks for rows back is judged by its own policy alone, not by the one for reading.
describe('a blind write, without filter and answer,', () => {
  test.each(Object.keys(relations))('changes nothing of another table, and nothing for viewers: %s', async (name) => {
    const before = await snapshot(tables.own);
    for (const role of ['anon', 'viewer', 'stranger'] as const) {
      const table = clients[role].from(name);
      await table.update(patches[name] ?? { name: 'Patched' });
      expect(await snapshot(tables.own), `after an update by ${role}`).toEqual(before);
      await table.delete();
      expect(await snapshot(tables.own), `after a delete by ${role}`).toEqual(before);
      if (role !== 'stranger' && samples[name]) await table.insert(samples[name](tables.own.ids));
      expect(await snapshot(tables.own), `after an insert by ${role}`).toEqual(before);
    }
  });
});

describe.each(Object.entries(functions))('%s()', (name, { by, args, answers }) => {
  test('answers each role as expected', async () => {
    const call = async (client: ApiClient): Promise<string> => {
      const { error } = await client.rpc(name, args?.(tables.own.ids));
      if (!error) return 'ok';
      return error.code === '42501' ? 'no grant' : (error.details ?? error.code);
    };
    expect(await call(clients.anon)).toBe('no grant');
    const people = ['owner', 'dm', 'viewer', 'stranger'] as const;
    const before = await snapshot(tables.own);
    const stranger = await call(clients.stranger);
    expect(await snapshot(tables.own), 'what a stranger left behind').toEqual(before);
    const observed: Record<string, string> = { stranger };
    for (const role of people) if (role !== 'stranger') observed[role] = await call(clients[role]);
    expect(observed).toEqual(
      by === 'service_role' ? Object.fromEntries(people.map((role) => [role, 'no grant'])) : answers,
    );
  });
});

test('the gateway’s and the private schemas are not reachable through the API', async () => {
  for (const [schema, table] of [
    ['public', 'tenants'],
    ['public', 'sessions'],
    ['private', 'secrets'],
    ['auth', 'users'],
    [`tenant_${tables.own.ids.tenant}`, 'session_entries'],
  ] as const) {
    const { data, error } = await clients.owner.schema(schema).from(table).select('*');
    expect(data).toBeNull();
    expect(error?.code).toBe('PGRST106');
  }
});
