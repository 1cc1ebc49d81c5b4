// How functions are run, with functions made for it in fixtures/.
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { Readable } from 'node:stream';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Runtime } from './runtime.ts';
import { accessToken, unsigned } from '../lib/tokens.ts';

const fixtures = join(import.meta.dirname, 'fixtures');
const secret = 'a secret of these tests alone, 32 bytes';
const maxBodyBytes = 100_000;
const timeoutMs = 5_000;

const settings = {
  FUNCTIONS_FOLDER: fixtures,
  FUNCTIONS_CONFIG: join(fixtures, 'config.toml'),
  FUNCTIONS_TIMEOUT_MS: String(timeoutMs),
  FUNCTIONS_MAX_BODY_BYTES: String(maxBodyBytes),
  SUPABASE_JWT_SECRET: secret,
  FIXTURE_GRANTED: 'given to nosy',
};

let runtime: Runtime;
let authorization: string;

beforeAll(async () => {
  runtime = await Runtime.start(settings);
  authorization = `Bearer ${await accessToken({ sub: 'alice' }, { secret })}`;
});
afterAll(() => runtime.stop());

async function call(path: string, init: RequestInit = {}) {
  const response = await fetch(runtime.url + path, {
    ...init,
    headers: { authorization, ...(init.headers as Record<string, string>) },
  });
  const text = await response.text();
  const body = (text.startsWith('{') ? JSON.parse(text) : text) as Record<string, unknown>;
  return { status: response.status, headers: response.headers, body, text };
}

test.each(['/functions/v1/echo/deep/path?x=1', '/echo/deep/path?x=1'])(
  '%s: the function sees the path as on hosted',
  async (path) => {
    const { body } = await call(path, { method: 'POST', body: 'hello' });
    expect(body).toMatchObject({ method: 'POST', path: '/echo/deep/path', search: '?x=1', body: 'hello' });
  },
);

test.each(['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('%s is passed on', async (method) => {
  expect((await call('/echo', { method })).body).toMatchObject({ method });
});

test('a request id is kept, or made when it is none, and the answer tells it', async () => {
  const kept = await call('/echo', { headers: { 'x-request-id': 'request-4711' } });
  expect(kept.body['requestId']).toBe('request-4711');
  expect(kept.headers.get('x-request-id')).toBe('request-4711');
  const made = await call('/echo', { headers: { 'x-request-id': 'no "id"' } });
  expect(made.body['requestId']).toMatch(/^[0-9a-f-]{36}$/);
});

test('health names the functions', async () => {
  const response = await fetch(`${runtime.url}/healthz`);
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ functions: expect.arrayContaining(['echo', 'throws']) });
});

test.each(['/nope', '/', '/functions/v1/', '/hidden', '/_shared', '/constructor'])(
  '%s: no such function',
  async (path) => {
    const { status, body } = await call(path);
    expect(status).toBe(404);
    expect(body).toMatchObject({ code: 'not_found', request_id: expect.any(String) });
  },
);

test('without a valid token a function is not reached', async () => {
  const claims = { sub: 'mallory' };
  const tokens = {
    missing: '',
    noBearer: await accessToken(claims, { secret }),
    malformed: 'Bearer abc',
    forged: `Bearer ${await accessToken(claims, { secret: 'another secret than the real one, 32' })}`,
    unsigned: `Bearer ${unsigned(await accessToken(claims, { secret }))}`,
    expired: `Bearer ${await accessToken(claims, { secret, expiresIn: -60 })}`,
  };
  for (const [name, token] of Object.entries(tokens)) {
    const { status, body } = await call('/counter', { headers: { authorization: token } });
    expect({ name, status, code: body['code'] }).toEqual({ name, status: 401, code: 'signed_out' });
  }
  expect((await call('/counter')).body).toEqual({ count: 1 });
});

test('verify_jwt and entrypoint are as config.toml says', async () => {
  expect((await call('/open', { headers: { authorization: '' } })).text).toBe('no token needed');
  expect((await call('/elsewhere', { headers: { authorization: '' } })).status).toBe(401);
  expect((await call('/elsewhere')).text).toBe('no token needed');
});

test('a throw is 500 with the id under which the log has it, and nothing of what was thrown', async () => {
  const { status, body, text } = await call('/throws');
  expect(status).toBe(500);
  expect(body).toMatchObject({ code: 'internal' });
  expect(text).not.toContain('secret detail');
  const line = await runtime.logged(({ request_id, level }) => level === 'error' && request_id === body['request_id']);
  expect(line).toMatchObject({ function: 'throws', message: expect.stringContaining('secret detail') });
});

test.each(['silent', 'broken'])('%s, a function that cannot be loaded, is 500', async (name) => {
  const { status, body, text } = await call(`/${name}`);
  expect({ status, code: body['code'] }).toEqual({ status: 500, code: 'internal' });
  expect(text).not.toContain('broken while loading');
});

test('late throws are logged and end nothing', async () => {
  expect((await call('/late?timer&promise')).text).toBe('answered');
  for (const message of ['late timer', 'late promise']) {
    await runtime.logged((line) => line.late === true && line.message.includes(message));
  }
  expect((await call('/late')).text).toBe('answered');
});

test('a function that waits for ever is given up with 504, and its other requests are not', async () => {
  await call('/hangs?for=1');
  const started = performance.now();
  const [hanging, other] = await Promise.all([
    call('/hangs'),
    new Promise((resolve) => setTimeout(resolve, timeoutMs / 2)).then(() => call(`/hangs?for=${timeoutMs * 0.6}`)),
  ]);
  expect(hanging.status).toBe(504);
  expect(hanging.body).toMatchObject({ code: 'timeout', request_id: expect.any(String) });
  expect(other.text).toBe('done');
  expect(performance.now() - started).toBeLessThan(timeoutMs * 3);
});

test('a function stuck in a loop is killed with 504, others go on, and it works again', async () => {
  const spinning = call('/spins?spin');
  const meanwhile = await call('/open');
  expect(meanwhile.status).toBe(200);
  expect((await spinning).status).toBe(504);
  expect((await call('/spins')).text).toBe('turning');
});

test('EdgeRuntime.waitUntil lets work go on after the answer, logged under its request', async () => {
  const first = await call('/background?work');
  expect(first.body).toEqual({ done: 0 });
  const line = await runtime.logged(({ message }) => message === 'background work is done');
  expect(line).toMatchObject({ function: 'background', request_id: first.headers.get('x-request-id') });
  expect((await call('/background')).body).toEqual({ done: 1 });
});

test('a function can do only what its permissions.json says', async () => {
  expect((await call('/nosy')).body).toEqual({
    granted: 'given to nosy',
    foreign: 'NotCapable',
    processEnv: 'absent',
    passwd: 'NotCapable',
    write: 'NotCapable',
    run: 'NotCapable',
    net: expect.stringMatching(/NotCapable|TypeError/),
    listen: 'NotCapable',
  });
});

test('a body reaches the function chunk by chunk, while it is still being sent', async () => {
  const upload = request(`${runtime.url}/upload`, { method: 'POST', headers: { authorization } });
  for (const chunk of ['first', 'second']) {
    upload.write(chunk);
    await runtime.logged(({ message }) => message === `got ${chunk}`);
  }
  upload.end('third');
  const [answer] = (await once(upload, 'response')) as [IncomingMessage];
  expect(await new Response(Readable.toWeb(answer) as ReadableStream).text()).toBe('first,second,third');
});

test('an answer leaves chunk by chunk, while it is still being made', async () => {
  const response = await fetch(`${runtime.url}/download`, { headers: { authorization } });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  for (const chunk of ['one', 'two', 'three']) {
    await call(`/download?chunk=${chunk}`);
    expect((await reader.read()).value).toBe(chunk);
  }
  await call('/download?end');
  expect((await reader.read()).done).toBe(true);
});

test('a client that leaves is told to the function', async () => {
  const controller = new AbortController();
  const left = fetch(`${runtime.url}/leave`, { headers: { authorization }, signal: controller.signal });
  await runtime.logged(({ message }) => message === 'waiting for the client to leave');
  controller.abort();
  await expect(left).rejects.toThrow();
  await runtime.logged(({ message }) => message === 'the client left');
});

test('a body above the limit is 413, with and without a length', async () => {
  const large = new Uint8Array(maxBodyBytes + 1);
  const chunked = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(large);
      controller.close();
    },
  });
  for (const body of [large, chunked]) {
    const { status, body: error } = await call('/echo', { method: 'POST', body, duplex: 'half' } as RequestInit);
    expect(status).toBe(413);
    expect(error).toMatchObject({ code: 'body_too_large' });
  }
  const fits = await call('/echo', { method: 'POST', body: 'x'.repeat(maxBodyBytes) });
  expect(fits.status).toBe(200);
});

test('in dev a changed function answers anew, and a broken one does not take the others along', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'glyphoxa-fixtures-'));
  for (const name of ['open', 'echo', 'config.toml'])
    cpSync(join(fixtures, name), join(folder, name), { recursive: true });
  const dev = await Runtime.start({
    ...settings,
    FUNCTIONS_FOLDER: folder,
    FUNCTIONS_CONFIG: join(folder, 'config.toml'),
    FUNCTIONS_WATCH: '1',
  });
  try {
    const get = async (name: string) => (await fetch(`${dev.url}/${name}`, { headers: { authorization } })).text();
    expect(await get('open')).toBe('no token needed');
    writeFileSync(join(folder, 'open/index.ts'), `Deno.serve(() => new Response('changed'));\n`);
    await dev.logged(({ message }) => message.startsWith('Reloaded'));
    expect(await get('open')).toBe('changed');
    dev.logs.length = 0;
    writeFileSync(join(folder, 'open/index.ts'), 'syntax error here');
    await dev.logged(({ message }) => message.startsWith('Reloaded'));
    expect(JSON.parse(await get('open'))).toMatchObject({ code: 'internal' });
    expect(JSON.parse(await get('echo'))).toMatchObject({ method: 'GET' });
  } finally {
    await dev.stop();
    rmSync(folder, { recursive: true });
  }
});

test('a function that eats all memory ends its process and no other; the supervisor starts it again', async () => {
  const own = await Runtime.start({ ...settings, FUNCTIONS_TIMEOUT_MS: '30000' });
  try {
    await expect(fetch(`${own.url}/hungry`, { headers: { authorization } })).rejects.toThrow('fetch failed');
    await own.exited;
  } finally {
    await own.stop();
  }
  expect((await call('/open')).status).toBe(200);
});

test('a setting that is missing or wrong stops the start and is named', async () => {
  await expect(Runtime.start({ ...settings, SUPABASE_JWT_SECRET: '' })).rejects.toThrow(
    'SUPABASE_JWT_SECRET is not set',
  );
  await expect(Runtime.start({ ...settings, FUNCTIONS_TIMEOUT_MS: 'soon' })).rejects.toThrow('FUNCTIONS_TIMEOUT_MS');
});
