// Gateways that are not there: a runtime of our own with the real functions and another address, so that nobody else's is disturbed.
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asRoot } from '../lib/database.ts';
import { stack } from '../lib/environment.ts';
import { Runtime } from '../functions/runtime.ts';
import { endAll, newTable, sessionsOf, start, startInput, type Table, until } from './table.ts';

const root = join(import.meta.dirname, '../..');

/** Nothing plays at `table`; at `playing` a session is on air. */
let table: Table;
let playing: Table;
let session: string;

beforeAll(async () => {
  [table, playing] = await Promise.all([newTable(), newTable()]);
  session = (await start(playing)).session_id;
  await until(async () => (await sessionsOf(playing)).some(({ id, state }) => id === session && state === 'active'));
});
afterAll(() => endAll(playing));

function startRuntime(gateway: string): Promise<Runtime> {
  return Runtime.start({
    FUNCTIONS_FOLDER: join(root, 'functions'),
    FUNCTIONS_CONFIG: join(root, 'supabase/config.toml'),
    SUPABASE_JWT_SECRET: stack.jwtSecret,
    SUPABASE_URL: stack.url,
    SUPABASE_PUBLISHABLE_KEYS: JSON.stringify({ default: stack.publishableKey }),
    SUPABASE_SECRET_KEYS: JSON.stringify({ default: stack.secretKey }),
    GLYPHOXA_GATEWAY_ADDR: gateway,
    GLYPHOXA_GATEWAY_SECRET: gateway && 'not asked for',
  });
}

async function ask(runtime: Runtime, { alice }: Table, method: string, path: string, body?: unknown) {
  const started = performance.now();
  const answer = await fetch(`${runtime.url}/sessions${path}`, {
    method,
    headers: { authorization: `Bearer ${alice.accessToken}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const json = (await answer.json()) as Record<string, unknown>;
  return { status: answer.status, body: json, ms: performance.now() - started };
}

/** Three seconds where nothing else runs; a call that hangs would take more than a minute. */
const answerMs = 15_000;

/** Asks once before it is timed: what is measured is the gateway, not the first loading of a function. */
async function warm(runtime: Runtime): Promise<Runtime> {
  await ask(runtime, table, 'GET', '/warm');
  return runtime;
}

describe.each([
  ['refuses connections', async () => ({ address: '127.0.0.1:1', server: undefined })],
  [
    'accepts connections and says nothing',
    async () => {
      const server = createServer(() => undefined).listen(0, '127.0.0.1');
      await once(server, 'listening');
      return { address: `127.0.0.1:${(server.address() as { port: number }).port}`, server };
    },
  ],
  ['is not configured', async () => ({ address: '', server: undefined })],
])('a gateway that %s', (_, place: () => Promise<{ address: string; server: Server | undefined }>) => {
  let runtime: Runtime;
  let server: Server | undefined;

  beforeAll(async () => {
    const placed = await place();
    server = placed.server;
    runtime = await warm(await startRuntime(placed.address));
  });
  afterAll(async () => {
    await runtime.stop();
    server?.close();
  });

  test('start: 503, the request failed, nothing started', async () => {
    const before = await sessionsOf(table);
    const input = startInput(table);
    const { status, body, ms } = await ask(runtime, table, 'POST', '/start', input);
    expect(ms).toBeLessThan(answerMs);
    // After two and a half seconds the function says that it has asked, which a busy machine may reach first.
    if (ms < 2_500) expect({ status, code: body['code'] }).toEqual({ status: 503, code: 'gateway_unavailable' });
    const requests = () =>
      asRoot('select state, error_code, session_id from mgmt.session_requests where idempotency_key = $1', [
        input.idempotency_key,
      ]);
    await until(async () => (await requests())[0]?.['state'] === 'failed');
    expect(await requests()).toEqual([{ state: 'failed', error_code: 'gateway_unavailable', session_id: null }]);
    expect(await sessionsOf(table)).toEqual(before);
    const again = await ask(runtime, table, 'POST', '/start', input);
    expect({ status: again.status, code: again.body['code'] }).toEqual({ status: 503, code: 'gateway_unavailable' });
  });

  test('stop and NPC commands: 503; status still answers', async () => {
    const answers = [
      await ask(runtime, playing, 'POST', `/${session}/stop`),
      await ask(runtime, playing, 'GET', `/${session}/npcs`),
      await ask(runtime, playing, 'POST', `/${session}/npcs/Greta/mute`),
      await ask(runtime, playing, 'POST', `/${session}/npcs/Greta/speak`, { text: 'Hello' }),
    ];
    for (const { status, body, ms } of answers) {
      expect({ status, code: body['code'] }).toEqual({ status: 503, code: 'gateway_unavailable' });
      expect(ms).toBeLessThan(answerMs);
    }
    const told = await ask(runtime, playing, 'GET', `/${session}/status`);
    expect(told.ms).toBeLessThan(answerMs);
    expect(told.body).toMatchObject({
      session: { id: session, state: 'active' },
      gateway: { reachable: false, active: false },
    });
  });
});
