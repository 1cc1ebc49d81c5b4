import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Scratch, subscribe, until } from './lib.ts';

const scratch = new Scratch();
beforeAll(() => scratch.create());
afterAll(() => scratch.drop());

test('the functions have the signatures they have on Supabase', async () => {
  const { rows } = await scratch.db.query<{ signature: string }>(`
    select format('%s(%s) %s', p.proname, pg_get_function_arguments(p.oid), pg_get_function_result(p.oid)) as signature
    from pg_proc p
    where p.pronamespace = 'realtime'::regnamespace and p.proname in ('send', 'send_binary', 'broadcast_changes', 'topic')
    order by p.proname
  `);
  expect(rows.map(({ signature }) => signature)).toEqual([
    'broadcast_changes(topic_name text, event_name text, operation text, table_name text, table_schema text, ' +
      "new record, old record, level text DEFAULT 'ROW'::text) void",
    'send(payload jsonb, event text, topic text, private boolean DEFAULT true) void',
    'send_binary(payload bytea, event text, topic text, private boolean DEFAULT true) void',
    'topic() text',
  ]);
});

test('a message that cannot be sent is a warning, and its transaction goes on', async () => {
  const warnings: string[] = [];
  const onNotice = (notice: { message: string | undefined }) => warnings.push(notice.message ?? '');
  scratch.db.on('notice', onNotice);
  await scratch.db.query('begin');
  await scratch.db.query('select realtime.send($1, $2, null)', ['{}', 'e']);
  const { rows } = await scratch.db.query('select 1 as one');
  await scratch.db.query('commit');
  scratch.db.off('notice', onNotice);
  expect(rows).toEqual([{ one: 1 }]);
  expect(warnings).toEqual([expect.stringMatching(/^WarnSendingBroadcastMessage: .*"topic".*not-null/)]);
});

test('a row trigger broadcasts what changed', async () => {
  const topic = `${scratch.topic}:${randomUUID()}`;
  const user = await scratch.member(topic);
  const channel = (await scratch.client(user)).channel(topic, { config: { private: true } });
  const heard: { event: string; payload: Record<string, unknown> }[] = [];
  channel.on('broadcast', { event: '*' }, (message) => heard.push(message as never));
  await subscribe(channel);
  await scratch.db.query(`
    create table ${scratch.name}.things (id int primary key, name text);
    create function ${scratch.name}.tell() returns trigger language plpgsql set search_path = '' as $$
    begin
      perform realtime.broadcast_changes('${topic}', tg_op, tg_op, tg_table_name, tg_table_schema, new, old);
      return null;
    end $$;
    create trigger tell after insert or update or delete on ${scratch.name}.things
      for each row execute function ${scratch.name}.tell();
    insert into ${scratch.name}.things values (1, 'a');
    update ${scratch.name}.things set name = 'b';
    delete from ${scratch.name}.things;
  `);
  await until('three messages', () => heard.length === 3);
  const place = { table: 'things', schema: scratch.name, id: expect.any(String) };
  expect(heard.map(({ event, payload }) => ({ event, payload }))).toEqual([
    { event: 'INSERT', payload: { ...place, operation: 'INSERT', record: { id: 1, name: 'a' }, old_record: null } },
    {
      event: 'UPDATE',
      payload: { ...place, operation: 'UPDATE', record: { id: 1, name: 'b' }, old_record: { id: 1, name: 'a' } },
    },
    { event: 'DELETE', payload: { ...place, operation: 'DELETE', record: null, old_record: { id: 1, name: 'b' } } },
  ]);
  await expect(
    scratch.db.query(`select realtime.broadcast_changes('t', 'e', 'TRUNCATE', 'a', 'b', null::record, null::record)`),
  ).rejects.toThrow('Failed to process the row: Unexpected operation type: TRUNCATE');
});

test('a message to a public topic reaches no private channel of the same name', async () => {
  const topic = `${scratch.topic}:${randomUUID()}`;
  const user = await scratch.member(topic);
  const channel = (await scratch.client(user)).channel(topic, { config: { private: true } });
  const heard: string[] = [];
  channel.on('broadcast', { event: '*' }, ({ event }) => heard.push(event));
  await subscribe(channel);
  await scratch.db.query('select realtime.send($1, $2, $3, false)', ['{}', 'public', topic]);
  await scratch.db.query('select realtime.send($1, $2, $3)', ['{}', 'private', topic]);
  await until('the private one', () => heard.includes('private'));
  expect(heard).toEqual(['private']);
});

test('partitions exist for yesterday to three days ahead, and none is older than three days', async () => {
  const { rows } = await scratch.db.query<{ day: number }>(`
    select to_date(right(c.relname, 10), 'YYYY_MM_DD') - (now() at time zone 'utc')::date as day
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'realtime.messages'::regclass
    order by 1
  `);
  const days = rows.map(({ day }) => day);
  expect(days).toEqual(expect.arrayContaining([-1, 0, 1, 2, 3]));
  expect(Math.min(...days)).toBeGreaterThanOrEqual(-3);
});

test('API roles reach no message and none of the functions of the server', async () => {
  const { db } = scratch;
  await db.query('select realtime.send($1, $2, $3)', ['{}', 'e', scratch.topic]);
  for (const role of ['anon', 'authenticated']) {
    await db.query('begin');
    await db.query(`set local role ${role}`);
    expect((await db.query('select * from realtime.messages')).rows).toEqual([]);
    expect((await db.query("update realtime.messages set event = 'x'")).rowCount).toBe(0);
    for (const statement of [
      "insert into realtime.messages (topic, extension) values ('test:x', 'broadcast')",
      'delete from realtime.messages',
      "select realtime.check_read('t', '{broadcast}', '[]')",
      "select realtime.check_write('t', '{broadcast}', '{}')",
      'select realtime.maintain_messages()',
    ]) {
      await db.query('savepoint one');
      await expect(db.query(statement)).rejects.toMatchObject({ code: '42501' });
      await db.query('rollback to one');
    }
    await db.query('rollback');
  }
});

test('the slot is temporary: a server that is gone keeps no WAL', async () => {
  const { rows } = await scratch.db.query(
    `select temporary, active from pg_replication_slots where slot_name like 'supabase_realtime_messages%'`,
  );
  expect(rows).toEqual([{ temporary: true, active: true }]);
});
