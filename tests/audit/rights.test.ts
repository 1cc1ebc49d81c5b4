// Owners read their table's rows. Nobody else reads, and nobody at all changes one.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asGateway, asRoot, closeDatabase, connectAs, refused } from '../lib/database.ts';
import { stack } from '../lib/environment.ts';
import { newClient, type SignedIn } from '../lib/people.ts';
import { request } from '../lib/requests.ts';
import { newOwner, newTable, type Table } from '../sessions/table.ts';

let table: Table;
let mallory: SignedIn;

beforeAll(async () => {
  [table, mallory] = await Promise.all([newTable(), newOwner('mallory')]);
});
afterAll(closeDatabase);

describe('reading', () => {
  test('is for owners, of their own table', async () => {
    const { data } = await table.alice.client.from('audit_log').select('tenant_id');
    expect(data!.length).toBeGreaterThan(5);
    expect(new Set(data!.map((row) => row.tenant_id))).toEqual(new Set([table.tenant]));
  });

  test.each(['bob', 'carol'] as const)('shows %s nothing', async (name) => {
    const { data, count } = await table[name].client.from('audit_log').select('*', { count: 'exact' });
    expect({ data, count }).toEqual({ data: [], count: 0 });
  });

  test('shows a stranger nothing of another table, whatever is asked for', async () => {
    const { data, count } = await mallory.client
      .from('audit_log')
      .select('*', { count: 'exact' })
      .or(`tenant_id.eq.${table.tenant},actor.eq.${table.alice.userId}`);
    expect({ data, count }).toEqual({ data: [], count: 0 });
    const { error } = await newClient().from('audit_log').select('*');
    expect(error?.code).toBe('42501');
  });

  test('pages of the newest rows need no sorting', async () => {
    const client = await connectAs('DATABASE_URL');
    try {
      // So few rows are read and sorted faster without the index; what counts is that it gives them in order.
      await client.query(
        'begin; set local enable_seqscan = off; set local enable_bitmapscan = off; set local enable_sort = off',
      );
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(
        `explain select * from mgmt.audit_log where tenant_id = '${table.tenant}' and (created_at, id) < (now(), 1000000)
         order by created_at desc, id desc limit 50`,
      );
      const plan = rows.map((line) => line['QUERY PLAN']).join('\n');
      expect(plan).toContain('_tenant_id_created_at_id_idx');
      expect(plan).not.toContain('Sort  (');
    } finally {
      await client.end();
    }
  });
});

describe('changing', () => {
  const entry = { actor_kind: 'system', action: 'insert', resource_type: 'npc', resource_id: 'x', changes: {} };

  test('is granted to no role', async () => {
    const granted = await asRoot(
      `select role, privilege, relation from unnest(array['anon', 'authenticated', 'service_role', 'glyphoxa_gateway', 'glyphoxa_worker']) as role,
         unnest(array['insert', 'update', 'delete', 'truncate', 'references', 'trigger']) as privilege,
         (select inhrelid::regclass as relation from pg_inherits where inhparent = 'mgmt.audit_log'::regclass
          union all select 'mgmt.audit_log'::regclass) as relations
       where has_table_privilege(role, relation, privilege)`,
    );
    expect(granted).toEqual([]);
  });

  test.each(['alice', 'mallory', 'the service role'])('is refused to %s', async (name) => {
    const before = await asRoot('select count(*) from mgmt.audit_log where tenant_id = $1', [table.tenant]);
    const who =
      name === 'the service role'
        ? { key: stack.secretKey }
        : { token: (name === 'alice' ? table.alice : mallory).accessToken };
    for (const [method, body] of [
      ['POST', { ...entry, tenant_id: table.tenant }],
      ['PATCH', { resource_name: 'forged' }],
      ['DELETE', undefined],
    ] as const) {
      const answer = await request(`/rest/v1/audit_log${method === 'POST' ? '' : '?id=gt.0'}`, {
        ...who,
        method,
        headers: { 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      });
      expect(answer.body.code).toBe('42501');
    }
    expect(await asRoot('select count(*) from mgmt.audit_log where tenant_id = $1', [table.tenant])).toEqual(before);
  });

  test('is refused to the gateway, and to the owner of the database', async () => {
    expect(await refused(asGateway('select count(*) from mgmt.audit_log'))).toMatchObject({ sqlstate: '42501' });
    for (const statement of [
      `update mgmt.audit_log set actor = null where tenant_id = '${table.tenant}'`,
      `delete from mgmt.audit_log where tenant_id = '${table.tenant}'`,
      'truncate mgmt.audit_log',
      `delete from private.audit_log_2026_11 where tenant_id = '${table.tenant}'`,
      'truncate private.audit_log_2026_11',
      'truncate private.audit_log_default',
    ]) {
      const { sqlstate, message } = await refused(asRoot(statement));
      expect({ statement, sqlstate, message }).toMatchObject({
        sqlstate: '42501',
        message: 'The audit log is only added to.',
      });
    }
  });
});

describe('partitions', () => {
  /** The month that lies so many months ahead, as in the names of partitions. */
  const monthAhead = (months: number) => {
    const now = new Date();
    return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months, 1))
      .toISOString()
      .slice(0, 7)
      .replace('-', '_');
  };

  test('are there for this month and the year ahead', async () => {
    const names = await asRoot<{ name: string }>(
      `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'mgmt.audit_log'::regclass`,
    );
    for (const months of [0, 1, 12])
      expect(names.map(({ name }) => name)).toContain(`private.audit_log_${monthAhead(months)}`);
  });

  test('a row of a month without one is kept, and moved as it is when the month is made; whole months can go', async () => {
    const client = await connectAs('DATABASE_URL');
    const one = async (sql: string) => (await client.query<Record<string, unknown>>(sql)).rows[0];
    try {
      await client.query('begin');
      const row = await one(
        `insert into mgmt.audit_log (actor_kind, action, resource_type, resource_id, changes, created_at)
         values ('system', 'insert', 'test', 'x', '{}', now() + interval '20 months')
         returning id, created_at, tableoid::regclass::text as place`,
      );
      expect(row!['place']).toBe('private.audit_log_default');
      const { made } = (await one('select private.make_audit_partitions() as made'))!;
      expect(made).toBe(8);
      const place = `private.audit_log_${monthAhead(20)}`;
      expect(
        await one(
          `select id, created_at, tableoid::regclass::text as place from mgmt.audit_log where resource_type = 'test'`,
        ),
      ).toEqual({
        ...row,
        place,
      });
      expect(await one('select private.make_audit_partitions() as made')).toEqual({ made: 0 });
      for (const statement of [
        `truncate ${place}`,
        `update mgmt.audit_log set action = 'delete' where resource_type = 'test'`,
      ]) {
        await client.query('savepoint before');
        expect(await refused(client.query(statement))).toMatchObject({ sqlstate: '42501' });
        await client.query('rollback to before');
      }
      // Without its month the row has the default partition, which is attached again.
      await client.query(`drop table ${place}`);
      expect(await one(`select count(*)::int as rows from mgmt.audit_log where resource_type = 'test'`)).toEqual({
        rows: 0,
      });
      const again = await one(
        `insert into mgmt.audit_log (actor_kind, action, resource_type, resource_id, changes, created_at)
         values ('system', 'insert', 'test', 'x', '{}', now() + interval '20 months') returning tableoid::regclass::text as place`,
      );
      expect(again).toEqual({ place: 'private.audit_log_default' });
    } finally {
      await client.query('rollback');
      await client.end();
    }
  });

  test('are for nobody to read but through the log', async () => {
    expect(
      await asRoot(
        `select c.oid::regclass from pg_class c, unnest(array['anon', 'authenticated', 'service_role']) as role
         where c.oid in (select inhrelid from pg_inherits where inhparent = 'mgmt.audit_log'::regclass)
           and (has_any_column_privilege(role, c.oid, 'select') or not c.relrowsecurity or not c.relforcerowsecurity)`,
      ),
    ).toEqual([]);
  });
});
