import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { asRoot, closeDatabase } from '../lib/database.ts';
import { refusal, Rpc } from './rpc.ts';
import {
  control,
  endSessions,
  fault,
  lines,
  linesUntil,
  newTable,
  pace,
  sessionRow,
  startRequest,
  startSession,
  until,
} from './table.ts';

let rpc: Rpc;
beforeAll(() => {
  rpc = new Rpc();
});
afterEach(() => endSessions(rpc));
afterAll(async () => {
  rpc.close();
  await closeDatabase();
});

const notFound = 5;

test('a session played from start to stop leaves its rows', async () => {
  const table = await newTable(rpc);
  const id = await startSession(rpc, table);
  const active = await sessionRow(id);
  expect(active).toMatchObject({
    tenant_id: table.tenant,
    campaign_id: table.campaign,
    guild_id: table.guild,
    channel_id: table.channel,
    license_tier: 'dedicated',
    state: 'active',
    error: null,
    ended_at: null,
  });
  expect(active.last_heartbeat).not.toBeNull();
  const { sessions } = await rpc.call<{ sessions: unknown[] }>('ManagementService/ListActiveSessions', {
    tenantId: table.tenant,
  });
  expect(sessions).toEqual([expect.objectContaining({ sessionId: id, state: 'SESSION_STATE_ACTIVE', error: '' })]);

  await pace(table, { lines_per_second: 200 });
  const spoken = await linesUntil(table, id, 40);
  await pace(table, { lines_per_second: 0 });
  const people = spoken.filter(({ npc_id }) => npc_id === '');
  const npcs = spoken.filter(({ npc_id }) => npc_id !== '');
  expect(people.every(({ speaker_id, raw_text }) => /^\d{17,20}$/.test(speaker_id) && raw_text !== '')).toBe(true);
  expect(people.some(({ text, raw_text }) => text !== raw_text)).toBe(true);
  expect(new Set(npcs.map((line) => `${line.npc_id} ${line.speaker_name} ${line.speaker_id}`))).toEqual(
    new Set(['npc-0-Greta Greta Greta', 'npc-1-Holm Holm Holm']),
  );
  expect(people.some(({ text }) => text.includes('Greta'))).toBe(true);
  expect(spoken.some(({ text }) => /\{\w\}/.test(text))).toBe(false);
  for (const { duration_ns, text } of spoken) {
    expect(Number(duration_ns) / 1e9 / text.length).toBeGreaterThan(0.04);
    expect(Number(duration_ns) / 1e9 / text.length).toBeLessThan(0.3);
  }

  await rpc.call('ManagementService/StopWebSession', { sessionId: id });
  const ended = await sessionRow(id);
  expect(ended).toMatchObject({ state: 'ended', error: '' });
  expect(ended.ended_at).not.toBeNull();
  expect((await lines(table, id)).slice(-2).map(({ text }) => text)).toEqual([
    'All right, let us stop here for tonight.',
    expect.stringContaining('Travel safely'),
  ]);
  const [usage] = await asRoot<{ rows: string; month: boolean }>(
    `select count(*) as rows, bool_and(period = date_trunc('month', now() at time zone 'UTC')::date) as month
     from public.usage_records where tenant_id = $1`,
    [table.tenant],
  );
  expect(usage).toEqual({ rows: '1', month: true });
  expect(await rpc.call('ManagementService/ListActiveSessions', { tenantId: table.tenant })).toEqual({ sessions: [] });
});

test("the worker leaves the campaign's NPCs in the knowledge graph", async () => {
  const table = await newTable(rpc, { npcs: ['Greta', 'Holm'] });
  const id = await startSession(rpc, table);
  const schema = `tenant_${table.tenant}`;
  expect(await asRoot(`select campaign_id, id, type, name, attributes from ${schema}.entities order by id`)).toEqual([
    {
      campaign_id: table.campaign,
      id: 'npc-0-Greta',
      type: 'npc',
      name: 'Greta',
      attributes: { personality: 'Curious.', knowledge_scope: ['the road'] },
    },
    expect.objectContaining({ id: 'npc-1-Holm' }),
  ]);
  expect(
    await asRoot(`select source_id, target_id, provenance->>'session_id' as session from ${schema}.relationships`),
  ).toEqual([{ source_id: 'npc-0-Greta', target_id: 'npc-1-Holm', session: id }]);
});

test('a German campaign is played in German', async () => {
  const table = await newTable(rpc, { language: 'de' });
  const id = await startSession(rpc, table);
  await pace(table, { lines_per_second: 200 });
  const spoken = await linesUntil(table, id, 12);
  expect(spoken.map(({ text }) => text).join(' ')).toMatch(/ und .* nicht /);
});

test('a muted NPC is silent while the others talk, and talks again when unmuted', async () => {
  const table = await newTable(rpc);
  const id = await startSession(rpc, table);
  await rpc.call('SessionWorkerService/MuteNPC', { sessionId: id, npcName: 'Greta' });
  expect(await rpc.call('SessionWorkerService/ListNPCs', { sessionId: id })).toEqual({
    npcs: [
      { id: 'npc-0-Greta', name: 'Greta', muted: true },
      { id: 'npc-1-Holm', name: 'Holm', muted: false },
    ],
  });
  await pace(table, { lines_per_second: 500 });
  const spoken = await linesUntil(table, id, 60);
  expect(spoken.some(({ speaker_name }) => speaker_name === 'Holm')).toBe(true);
  expect(spoken.some(({ speaker_name }) => speaker_name === 'Greta')).toBe(false);

  await rpc.call('SessionWorkerService/UnmuteNPC', { sessionId: id, npcName: 'Greta' });
  await until(async () => (await lines(table, id)).find(({ speaker_name }) => speaker_name === 'Greta'));
});

test('muting everybody says how many changed', async () => {
  const table = await newTable(rpc, { npcs: ['Greta', 'Holm', 'Isolde'] });
  const id = await startSession(rpc, table);
  await rpc.call('SessionWorkerService/MuteNPC', { sessionId: id, npcName: 'Holm' });
  expect(await rpc.call('SessionWorkerService/MuteAllNPCs', { sessionId: id })).toEqual({ count: 2 });
  expect(await rpc.call('SessionWorkerService/UnmuteAllNPCs', { sessionId: id })).toEqual({ count: 3 });
});

test('a puppet says exactly what it was told, also while muted', async () => {
  const table = await newTable(rpc);
  const id = await startSession(rpc, table);
  await rpc.call('SessionWorkerService/MuteNPC', { sessionId: id, npcName: 'Holm' });
  await rpc.call('SessionWorkerService/SpeakNPC', { sessionId: id, npcName: 'Holm', text: 'Die Brücke hält.' });
  const [line] = await linesUntil(table, id, 1);
  expect(line).toMatchObject({ speaker_name: 'Holm', npc_id: 'npc-1-Holm', text: 'Die Brücke hält.', raw_text: '' });
});

test('an NPC or a session that is not there is NOT_FOUND', async () => {
  const table = await newTable(rpc);
  const id = await startSession(rpc, table);
  const npc = rpc.call('SessionWorkerService/MuteNPC', { sessionId: id, npcName: 'Nobody' });
  expect(await refusal(npc)).toEqual({ code: notFound, details: 'npc "Nobody" not found' });
  const session = rpc.call('ManagementService/StopWebSession', { sessionId: 'nowhere' });
  expect(await refusal(session)).toEqual({ code: notFound, details: 'session "nowhere" not found' });
});

test('GetStatus tells what plays, and nothing of what ended', async () => {
  const table = await newTable(rpc);
  const id = await startSession(rpc, table);
  const { sessions } = await rpc.call<{ sessions: unknown[] }>('SessionWorkerService/GetStatus', { sessionId: id });
  expect(sessions).toEqual([expect.objectContaining({ sessionId: id, state: 'SESSION_STATE_ACTIVE' })]);
  await rpc.call('ManagementService/StopWebSession', { sessionId: id });
  expect((await refusal(rpc.call('SessionWorkerService/GetStatus', { sessionId: id }))).code).toBe(notFound);
});

test('a worker that dies ends by the sweep, and its hours are not booked', async () => {
  const table = await newTable(rpc);
  const id = await startSession(rpc, table);
  await pace(table, { lines_per_second: 200, heartbeat_ms: 50 });
  await linesUntil(table, id, 5);
  const sweep = { tenant_id: table.tenant, heartbeat_timeout_ms: 5_000 };
  expect(await control('POST', '/control/sweep', sweep)).toEqual({ ended: [] });

  await fault(table, { die_mid_session: id });
  const { length: written } = await lines(table, id);
  await until(async () => {
    const { ended } = await control<{ ended: string[] }>('POST', '/control/sweep', sweep);
    return ended.includes(id) ? true : undefined;
  });
  expect(await sessionRow(id)).toMatchObject({ state: 'ended', error: 'heartbeat timeout' });
  expect(await lines(table, id)).toHaveLength(written);
  expect(await asRoot('select 1 from public.usage_records where tenant_id = $1', [table.tenant])).toEqual([]);
  // The guild is free again.
  await startSession(rpc, table);
});

test('ENDED books the hours each time that it is reported', async () => {
  const table = await newTable(rpc);
  const id = await startSession(rpc, table);
  await asRoot(`update public.sessions set started_at = now() - interval '90 minutes' where id = $1`, [id]);
  const report = { sessionId: id, state: 'SESSION_STATE_ENDED', error: 'out of coffee' };
  await rpc.call('SessionGatewayService/ReportState', report, { secret: null });
  await rpc.call('SessionGatewayService/ReportState', { ...report, error: 'again' }, { secret: null });
  expect(await sessionRow(id)).toMatchObject({ state: 'ended', error: 'out of coffee' });
  const usage = await rpc.call('ManagementService/GetUsage', { tenantId: table.tenant });
  expect(usage).toMatchObject({ tenantId: table.tenant, sessionHours: 3, llmTokens: '0' });
});

test('given lines are written at once and in order', async () => {
  const table = await newTable(rpc);
  const id = await startSession(rpc, table);
  const given = [
    { speaker_id: '310000000000000001', speaker_name: 'Jonas', text: 'One.', raw_text: 'Won.' },
    { npc: 'Holm', text: 'Two.', duration_ns: 5_000_000_000 },
  ];
  expect(await control('POST', '/control/lines', { session_id: id, lines: given })).toEqual({ written: 2 });
  expect(await lines(table, id)).toEqual([
    expect.objectContaining({ speaker_name: 'Jonas', text: 'One.', raw_text: 'Won.', npc_id: '' }),
    expect.objectContaining({ speaker_name: 'Holm', npc_id: 'npc-1-Holm', raw_text: '', duration_ns: '5000000000' }),
  ]);
});

test('a second start on the same server is refused by the gateway itself', async () => {
  const table = await newTable(rpc);
  await startSession(rpc, table);
  const { code, details } = await refusal(rpc.call('ManagementService/StartWebSession', startRequest(table)));
  expect(code).toBe(13);
  expect(details).toBe(`start session: gateway: session already active for guild ${table.guild}`);
});

test('what the database refuses comes as INTERNAL with its words', async () => {
  const table = await newTable(rpc);
  await startSession(rpc, table);
  const elsewhere = { ...startRequest(table), guildId: '900000000000000001' };
  const busy = await refusal(rpc.call('ManagementService/StartWebSession', elsewhere));
  expect(busy.details).toMatch(
    /^start session: gateway: validate session: sessionorch: create session: ERROR: .*"unique_active_campaign" \(SQLSTATE 23P01\)$/,
  );
  const foreign = { ...elsewhere, campaignId: 'not-its-own' };
  const gate = await refusal(rpc.call('ManagementService/StartWebSession', foreign));
  expect(gate.details).toMatch(/ERROR: This campaign is not one of this table's, .* \(SQLSTATE PT409\)$/);
});

test('a campaign without NPCs cannot be played', async () => {
  const table = await newTable(rpc, { npcs: [] });
  const { details } = await refusal(rpc.call('ManagementService/StartWebSession', startRequest(table)));
  expect(details).toBe('start session: gateway: dispatch worker: StartSession RPC: no NPCs configured');
});

test('an id that is no snowflake blocks the server until the gateway restarts', async () => {
  const table = await newTable(rpc);
  const odd = { ...startRequest(table), channelId: 'tavern' };
  expect((await refusal(rpc.call('ManagementService/StartWebSession', odd))).details).toMatch(
    /parse channel ID "tavern"/,
  );
  const again = await refusal(rpc.call('ManagementService/StartWebSession', startRequest(table)));
  expect(again.details).toMatch(/session already active for guild/);
});
