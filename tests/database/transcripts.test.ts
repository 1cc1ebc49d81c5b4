import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { closeDatabase, gatewaySql, type Owner, refused, snowflake, type Story, story } from '../lib/database.ts';

afterAll(closeDatabase);

interface Line {
  id: string;
  text: string;
}

async function startSession(told: Story, owner: Owner): Promise<string> {
  const id = randomUUID();
  await told.gateway(gatewaySql.start, [id, owner.tenant, owner.campaign, snowflake(1), snowflake(2), 'shared']);
  await told.gateway(gatewaySql.activate, [id]);
  return id;
}

async function speak(told: Story, owner: Owner, session: string, from: number, to: number): Promise<void> {
  await told.gateway(
    `insert into tenant_${owner.tenant}.session_entries (campaign_id, session_id, speaker_id, speaker_name, text, npc_id)
     select $1, $2, 'p', case when n % 3 = 0 then 'Greta' else 'Jonas' end, 'line ' || n, case when n % 3 = 0 then 'npc-0-Greta' else '' end
     from generate_series($3::int, $4::int) as n`,
    [owner.campaign, session, from, to],
  );
}

const read = (told: Story, owner: Owner, args: string, values: unknown[]): Promise<Line[]> =>
  told.as<Line & Record<string, unknown>>(owner.id, `select * from mgmt.session_transcript(${args})`, values);

const texts = (lines: Line[]): string[] => lines.map(({ text }) => text);

test('a transcript is read forwards from a line, backwards before one, and at most 500 at once', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    const session = await startSession(told, alice);
    await speak(told, alice, session, 1, 700);

    const first = await read(told, alice, '$1', [session]);
    expect(first).toHaveLength(200);
    expect(texts(first).slice(0, 2)).toEqual(['line 1', 'line 2']);
    const next = await read(told, alice, '$1, after => $2, "limit" => 3', [session, first.at(-1)!.id]);
    expect(texts(next)).toEqual(['line 201', 'line 202', 'line 203']);
    const before = await read(told, alice, '$1, before => $2, "limit" => 3', [session, next[0]!.id]);
    expect(texts(before)).toEqual(['line 198', 'line 199', 'line 200']);
    expect(await read(told, alice, '$1, "limit" => 100000', [session])).toHaveLength(500);
    expect(await read(told, alice, '$1, "limit" => -5', [session])).toHaveLength(1);
    const rest = await read(told, alice, '$1, after => $2, "limit" => 500', [session, next.at(-1)!.id]);
    expect(texts(rest).at(-1)).toBe('line 700');
  }));

test('a foreign session and none at all are the same 404, and no schema is no lines', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    const mallory = await told.owner('Mallory');
    const session = await startSession(told, alice);
    const foreign = await refused(read(told, mallory, '$1', [session]));
    const nowhere = await refused(read(told, mallory, '$1', [randomUUID()]));
    expect(foreign).toEqual(nowhere);
    expect(foreign).toMatchObject({ status: 404, code: 'not_found' });
    await told.root(`drop schema tenant_${alice.tenant} cascade`);
    expect(await read(told, alice, '$1', [session])).toEqual([]);
  }));

interface Message {
  topic: string;
  event: string;
  payload: Record<string, unknown>;
}

const heard = (told: Story, topic: string, event: string): Promise<Message[]> =>
  told.root<Message & Record<string, unknown>>(
    'select topic, event, payload from realtime.messages where topic = $1 and event = $2 and private',
    [topic, event],
  );

test('each line is broadcast once to the watchers of its session', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    const session = await startSession(told, alice);
    await speak(told, alice, session, 1, 3);
    const broadcast = await heard(told, `session:${session}`, 'line');
    const lines = await read(told, alice, '$1', [session]);
    const byId = (rows: Record<string, unknown>[]) => new Map(rows.map((row) => [Number(row.id), row]));
    const stored = byId(lines as unknown as Record<string, unknown>[]);
    expect(broadcast).toHaveLength(3);
    for (const [id, payload] of byId(broadcast.map(({ payload }) => payload))) {
      expect(Object.keys(payload).sort()).toEqual(Object.keys(stored.get(id)!).sort());
      expect(payload.text).toBe(stored.get(id)!.text);
    }
  }));

test('a line that names another table’s session reaches nobody', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    const mallory = await told.owner('Mallory');
    const session = await startSession(told, alice);
    await speak(told, mallory, session, 1, 3);
    expect(await heard(told, `session:${session}`, 'line')).toEqual([]);
  }));

test('an ended session has a summary, and late lines mend it', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    const session = await startSession(told, alice);
    await speak(told, alice, session, 1, 10);
    await told.gateway(gatewaySql.end, [session, null]);
    const summary = () =>
      told.as(alice.id, 'select lines, speakers from mgmt.session_summaries where session_id = $1', [session]);
    expect(await summary()).toEqual([
      {
        lines: 10,
        speakers: [
          { name: 'Jonas', npc: false, lines: 7 },
          { name: 'Greta', npc: true, lines: 3 },
        ],
      },
    ]);
    await speak(told, alice, session, 11, 12);
    expect(await summary()).toMatchObject([{ lines: 12 }]);
  }));

test('watchers hear states and signs of life, the table hears of beginnings and ends', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    await told.clock('1 second');
    const session = await startSession(told, alice);
    await speak(told, alice, session, 1, 2);
    await told.clock('30 seconds');
    await told.gateway(gatewaySql.heartbeat, [session]);
    await told.gateway(gatewaySql.end, [session, 'worker lost']);
    const states = (await heard(told, `session:${session}`, 'state')).map(({ payload }) => payload);
    expect(states.map(({ state }) => state).sort()).toEqual(['active', 'active', 'ended', 'pending']);
    const newest = (await read(told, alice, '$1', [session])).at(-1)!.id;
    expect(states.find(({ state }) => state === 'ended')).toMatchObject({
      error: 'worker lost',
      newest_line_id: Number(newest),
    });
    const changes = (await heard(told, `tenant:${alice.tenant}`, 'change')).map(({ payload }) => payload);
    expect(changes.filter(({ kind }) => kind === 'session').map(({ op }) => op)).toEqual([
      'insert',
      'update',
      'update',
    ]);
  }));

test('a schema that the worker made by itself is found and completed', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    const schema = `tenant_${alice.tenant}`;
    await told.root(`drop schema ${schema} cascade`);
    await told.gateway(`create schema ${schema}`);
    await told.gateway(
      `create table ${schema}.session_entries (
         id bigserial primary key, campaign_id text not null, session_id text not null, speaker_id text not null default '',
         speaker_name text not null default '', text text not null, raw_text text not null default '',
         npc_id text not null default '', timestamp timestamptz not null default now(), duration_ns bigint not null default 0)`,
    );
    const session = await startSession(told, alice);
    await speak(told, alice, session, 1, 1);
    expect(await heard(told, `session:${session}`, 'line')).toHaveLength(1);
    const tables = await told.root<{ name: string }>(
      `select tablename as name from pg_tables where schemaname = $1 and tablename <> 'chunks' order by 1`,
      [schema],
    );
    expect(tables.map(({ name }) => name)).toEqual([
      'entities',
      'recaps',
      'relationships',
      'session_entries',
      'sessions',
    ]);
  }));
