// Studio of the running stack, as a stranger on this machine, a page in the operator's browser, and the operator meet it.
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asRoot, closeDatabase, type Row } from '../lib/database.ts';
import { stack, stackVariable } from '../lib/environment.ts';
import { newOwner, tenantOf } from '../sessions/table.ts';

const studioUrl = () => stackVariable('STUDIO_URL');
const password = () => stackVariable('STUDIO_PASSWORD');

let cookie = '';
/** Every answer the operator got, to be searched for what must not be there. */
const answers: string[] = [];

function ask(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${studioUrl()}${path}`, { redirect: 'manual', ...init });
}

function signIn(guess: string): Promise<Response> {
  return ask('/login', { method: 'POST', body: new URLSearchParams({ password: guess }) });
}

async function asOperator(path: string, init: RequestInit = {}): Promise<{ status: number; text: string }> {
  const response = await ask(path, { ...init, headers: { cookie, ...init.headers } });
  const text = await response.text();
  answers.push(JSON.stringify([...response.headers]), text);
  return { status: response.status, text };
}

function run(sql: string, more: Record<string, string> = {}): Promise<{ status: number; text: string }> {
  return asOperator('/sql', { method: 'POST', body: new URLSearchParams({ sql, ...more }) });
}

/** With a `Host` of one's choice, which `fetch` does not let one set. */
function statusWithHost(path: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    httpRequest(`${studioUrl()}${path}`, { headers: { host, cookie } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .once('error', reject)
      .end();
  });
}

/** What the audit log has of a statement or request, oldest first. */
function logOf(kind: 'sql' | 'request', what: string): Promise<Row[]> {
  return asRoot(
    `select actor, actor_kind, action, resource_type, changes from mgmt.audit_log
     where resource_id = 'studio' and changes #>> array[$1, 'after'] = $2 order by id`,
    [kind, what],
  );
}

let alice: { tenant: string; campaign: string };
beforeAll(async () => {
  alice = await tenantOf(await newOwner('alice'));
  const response = await signIn(password());
  expect(response.status).toBe(303);
  cookie = response.headers.get('set-cookie')!.split(';')[0]!;
});
afterAll(closeDatabase);

const everyPath = [
  '/',
  '/editor/mgmt.users',
  '/static/assets/',
  '/static/favicon.ico',
  '/_system/info',
  '/_system/introspect',
  '/rest/v1/',
  '/rest/v1/users?select=*',
  '/auth/v1/settings',
  '/storage/v1/bucket',
  '/sql',
  '/logout',
];

test('without the password there is the sign-in page and nothing else', async () => {
  const page = await ask('/login');
  expect(await page.text()).toContain('Operator’s password');
  const keys: Record<string, string>[] = [
    {},
    { apikey: stack.secretKey },
    { authorization: `Bearer ${stack.secretKey}` },
  ];
  for (const path of everyPath) {
    for (const headers of keys) expect((await ask(path, { headers })).status, path).toBe(401);
    expect((await ask(path, { headers: { accept: 'text/html' } })).status, path).toBe(303);
    expect((await ask(path, { method: 'POST', body: 'sql=select+1' })).status, path).toBe(401);
  }
});

test('a wrong password opens nothing', async () => {
  for (const guess of ['', `${password()}x`, password().slice(1)]) {
    const response = await signIn(guess);
    expect([response.status, response.headers.get('set-cookie')]).toEqual([401, null]);
  }
});

test('a name of the internet that points to this machine is refused', async () => {
  const { port } = new URL(studioUrl());
  for (const path of ['/', '/login', '/rest/v1/users', '/_system/info'])
    expect(await statusWithHost(path, `studio.example:${port}`), path).toBe(421);
  expect(await statusWithHost('/_system/info', `localhost:${port}`)).toBe(200);
});

test('another page cannot act through the operator’s browser', async () => {
  const statement = { method: 'POST', body: new URLSearchParams({ sql: 'select 1' }) };
  for (const origin of ['https://evil.example', stack.appUrl, 'null'])
    expect((await asOperator('/sql', { ...statement, headers: { origin } })).status, origin).toBe(403);
  expect((await asOperator('/sql', { ...statement, headers: { origin: studioUrl() } })).status).toBe(200);
  const script = { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'script' };
  expect((await asOperator('/rest/v1/users', { headers: script })).status).toBe(403);
});

test('the operator sees the tables of every schema', async () => {
  const page = await asOperator('/editor', { headers: { accept: 'text/html' } });
  const script = /src="(\/static\/[^"]+)"/.exec(page.text)![1]!;
  expect((await asOperator(script)).text.length).toBeGreaterThan(100_000);
  const { tables } = JSON.parse((await asOperator('/_system/introspect')).text) as {
    tables: { schema: string; name: string }[];
  };
  const names = tables.map(({ schema, name }) => `${schema}.${name}`);
  for (const name of ['mgmt.users', 'public.tenants', 'private.settings', 'auth.users']) expect(names).toContain(name);

  const rows = async (schema: string, query: string) =>
    JSON.parse((await asOperator(`/rest/v1/${query}`, { headers: { 'accept-profile': schema } })).text) as unknown;
  const [{ count } = { count: 0 }] = await asRoot<{ count: number }>(
    'select count(*)::int from mgmt.subscription_plans',
  );
  expect(await rows('mgmt', 'subscription_plans?select=id')).toHaveLength(count);
  expect(await rows('private', 'settings?select=key&key=eq.clock.offset')).toEqual([{ key: 'clock.offset' }]);
  const looks = await logOf('request', 'GET private.settings?select=key&key=eq.clock.offset');
  expect(looks[0]).toMatchObject({ actor_kind: 'operator', action: 'look' });
});

test('the table editor changes a row, and the log has who and what', async () => {
  const path = `/rest/v1/campaigns?id=eq.${alice.campaign}`;
  const { status } = await asOperator(path, {
    method: 'PATCH',
    headers: { 'content-profile': 'mgmt', 'content-type': 'application/json' },
    body: '{"description":"mended"}',
  });
  expect(status).toBe(204);
  expect(await asRoot('select description from mgmt.campaigns where id = $1', [alice.campaign])).toEqual([
    { description: 'mended' },
  ]);
  expect(await logOf('request', `PATCH mgmt.campaigns?id=eq.${alice.campaign}`)).toMatchObject([{ action: 'act' }]);
  const change = `select actor_kind from mgmt.audit_log where tenant_id = $1 and resource_type = 'campaign' and changes ? 'description'`;
  expect(await asRoot(change, [alice.tenant])).toEqual([{ actor_kind: 'operator' }]);
  expect((await asOperator('/rest/v1/rpc/anything', { method: 'POST', body: '{}' })).status).toBe(404);
});

test('every ready question runs', async () => {
  const { text: list } = await asOperator('/sql');
  const names = Array.from(list.matchAll(/\/sql\?snippet=([\w-]+)/g), ([, name]) => name!);
  expect(names).toContain('tenants-by-plan');
  for (const name of names) {
    const { text: page } = await asOperator(`/sql?snippet=${name}`);
    const statement = /<textarea[^>]*>\n?([^<]*)<\/textarea/.exec(page)![1]!;
    const sql = statement
      .replaceAll('&gt;', '>')
      .replaceAll('&lt;', '<')
      .replaceAll('&#39;', "'")
      .replaceAll('&quot;', '"');
    const { status, text } = await run(sql.replaceAll('&amp;', '&'), { snippet: name });
    expect(status, `${name}: ${/role="alert">(.*?)<\/p>/s.exec(text)?.[1]}`).toBe(200);
    expect(text).toContain('read only');
  }
});

test('a statement answers as a page and as CSV, nothing in it is markup, and the log has it', async () => {
  const sql = `select '<script>alert(1)</script>' as "<b>", null as nothing, 'a,b' as text`;
  const { text } = await run(sql);
  expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(text).not.toMatch(/<script|<b>alert/);
  expect(text).toContain('<i>null</i>');
  const csv = await run(sql, { format: 'csv' });
  expect(csv.text).toBe('<b>,nothing,text\r\n<script>alert(1)</script>,,"a,b"\r\n');
  const entries = await logOf('sql', sql);
  expect(entries.length).toBeGreaterThanOrEqual(2);
  expect(entries[0]).toEqual({
    actor: null,
    actor_kind: 'operator',
    action: 'look',
    resource_type: 'operations',
    changes: { sql: { before: null, after: sql } },
  });
});

test('nothing is written unless the operator says so', async () => {
  const update = `update mgmt.campaigns set name = 'renamed' where id = '${alice.campaign}'`;
  const names = () => asRoot('select name from mgmt.campaigns where id = $1', [alice.campaign]);
  const before = await names();
  const tries = [
    update,
    `commit; ${update}`,
    `with made as (${update} returning name) select * from made`,
    `do $$ begin commit; ${update}; end $$`,
    `select set_config('transaction_read_only', 'off', true)`,
  ];
  for (const sql of tries) expect((await run(sql)).status, sql).toBe(422);
  expect((await run(update, { may_write: 'no' })).status).toBe(422);
  expect(await names()).toEqual(before);
  const { status, text } = await run(update, { may_write: 'yes' });
  expect([status, text]).toEqual([200, expect.stringContaining('UPDATE, 1 row')]);
  expect(await names()).toEqual([{ name: 'renamed' }]);
  expect((await logOf('sql', update)).map(({ action }) => action)).toEqual(['look', 'look', 'act']);
});

test('limits hold, and errors say where', async () => {
  const many = await run('select generate_series(1, 1000000)');
  expect(many.text).toContain('The first 1,000 rows; there are more.');
  const exact = await run('select generate_series(1, 1000)');
  expect(exact.text).toContain('1,000 rows');
  expect(exact.text).not.toContain('there are more');
  const wrong = await run('select 1,\r\n  no_such_column');
  expect(wrong.status).toBe(422);
  expect(wrong.text).toMatch(/no_such_column.*42703, line 2/s);
  expect((await run('show statement_timeout')).text).toContain('<td>30s</td>');
});

test('a statement that may write is run to its end, however little of it is shown', async () => {
  const sequence = `pg_get_serial_sequence('mgmt.audit_log', 'id')`;
  const last = async () => {
    const [row] = await asRoot<{ last: number }>(`select pg_sequence_last_value(${sequence}::regclass)::int as last`);
    return row!.last;
  };
  const before = await last();
  const { text } = await run(`select nextval(${sequence}) from generate_series(1, 5000)`, { may_write: 'yes' });
  expect(text).toContain('The first 1,000 rows; there are more.');
  expect((await last()) - before).toBeGreaterThanOrEqual(5_000);
});

test('only postgres writes into the log this way', async () => {
  const [may] = await asRoot(
    `select array_agg(rolname::text) as roles from pg_catalog.pg_roles
     where not rolsuper and rolname !~ '^pg_' and has_function_privilege(oid, 'private.record_studio(text,text,boolean)', 'execute')`,
  );
  expect(may).toEqual({ roles: ['postgres'] });
});

test('no answer held a key of the API or the password', () => {
  const everything = answers.join('\n');
  expect(answers.length).toBeGreaterThan(50);
  for (const secret of [stack.secretKey, stack.jwtSecret, password()]) expect(everything).not.toContain(secret);
});
