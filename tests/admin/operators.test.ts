// Super admins reach across tables through admin_* functions only, and each look is written down.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asRoot, closeDatabase } from '../lib/database.ts';
import { stackVariable } from '../lib/environment.ts';
import type { SignedIn } from '../lib/people.ts';
import { newOwner, newTable, type Table } from '../sessions/table.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

let table: Table;
let erin: SignedIn;

/** `npm run admin:grant`, as an operator would on another machine: by the database's address. */
const grant = (email: string) =>
  run(process.execPath, ['scripts/admin-grant.ts', email], {
    cwd: root,
    env: { ...process.env, DATABASE_URL: stackVariable('DATABASE_URL') },
  });

const looks = (act: string, tenant: string | null = null) =>
  asRoot<{ actor: string; actor_kind: string; action: string; changes: Record<string, unknown> }>(
    `select actor, actor_kind, action, changes from mgmt.audit_log
     where resource_type = 'operations' and resource_id = $1 and actor = $2 and tenant_id is not distinct from $3 order by id desc`,
    [act, erin.userId, tenant],
  );

beforeAll(async () => {
  [table, erin] = await Promise.all([newTable(), newOwner('erin')]);
  await grant(erin.person.email!);
});
afterAll(closeDatabase);

describe('the first operator', () => {
  test('is made on the command line, by a verified address', async () => {
    expect((await erin.client.rpc('me')).data).toMatchObject({ user: { role: 'super_admin' } });
    const again = await grant(erin.person.email!.toUpperCase());
    expect(again.stdout).toContain('is an operator already');
  });

  test('must have signed in before, with an address that is proven', async () => {
    const frank = await newOwner('frank');
    await asRoot('update mgmt.users set email_verified = false where id = $1', [frank.userId]);
    for (const email of ['nobody@example.com', frank.person.email!])
      await expect(grant(email)).rejects.toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/Nobody with this verified/),
      });
  });
});

describe('across tables', () => {
  const calls: [string, Record<string, unknown>][] = [
    ['admin_overview', {}],
    ['admin_tenants', {}],
    ['admin_tenant', { tenant: 'own' }],
    ['admin_users', {}],
    ['admin_audit', {}],
    ['admin_provider_health', {}],
    ['admin_revenue', { months: 3 }],
    ['admin_set_role', { member: '00000000-0000-4000-8000-000000000000', role: 'dm', reason: 'because' }],
  ];

  test.each(calls)('%s answers nobody but operators', async (name, args) => {
    for (const who of [table.alice, table.bob, table.carol]) {
      const own = 'tenant' in args ? { tenant: table.tenant } : args;
      const { data, error } = await who.client.rpc(name as 'admin_overview', own as never);
      expect({ data, code: error?.details }).toEqual({ data: null, code: 'forbidden' });
    }
  });

  test.each(calls.slice(0, -1))('%s writes down who looked', async (name, args) => {
    const before = (await looks(name)).length + (await looks(name, table.tenant)).length;
    const own = 'tenant' in args ? { tenant: table.tenant } : args;
    const { error } = await erin.client.rpc(name as 'admin_overview', own as never);
    expect(error).toBeNull();
    const after = [...(await looks(name)), ...(await looks(name, table.tenant))];
    expect(after).toHaveLength(before + 1);
    expect(after[0]).toMatchObject({ actor_kind: 'operator', action: 'look' });
  });

  test('no policy knows of operators', async () => {
    const { data: campaigns } = await erin.client.from('campaigns').select('tenant_id');
    const { data: tenants } = await erin.client.from('tenants').select('id');
    expect(tenants).toHaveLength(1);
    expect(new Set(campaigns!.map((row) => row.tenant_id))).toEqual(new Set([tenants![0]!.id]));
  });
});

/** The id of a session that this table has behind it. */
async function playedSession(): Promise<string> {
  const [row] = await asRoot<{ id: string }>(
    `insert into public.sessions (id, tenant_id, campaign_id, guild_id, channel_id, license_tier, state)
     values (gen_random_uuid()::text, $1, $2, $3, $4, 'shared', 'ended') returning id`,
    [table.tenant, table.campaign, table.guild, table.channel],
  );
  return row!.id;
}

describe('a table', () => {
  test.each([
    [
      'its name',
      async () =>
        (await asRoot<{ name: string }>('select name from public.tenants where id = $1', [table.tenant]))[0]!.name,
    ],
    ['its id', async () => table.tenant],
    ['a member’s address', async () => table.bob.person.email!],
    ['a Discord person', async () => table.carol.person.id],
    ['a Discord server', async () => table.guild],
    ['one of its sessions', async () => playedSession()],
  ])('is found by %s', async (_, query) => {
    const { data } = await erin.client.rpc('admin_tenants', { query: await query() });
    const { rows } = data as { rows: { id: string; members: number; plan: string }[] };
    expect(rows.find((row) => row.id === table.tenant)).toMatchObject({ members: 3, plan: 'guild' });
  });

  test('is not found by a pattern', async () => {
    const { data } = await erin.client.rpc('admin_tenants', { query: '%_%' });
    expect(data).toMatchObject({ rows: [], next: null });
  });

  test('is shown without what people wrote, and its Owners see the look', async () => {
    const { data } = await erin.client.rpc('admin_tenant', { tenant: table.tenant });
    expect(data).toMatchObject({
      tenant: { id: table.tenant, bot_set: true, npcs: 2 },
      servers: [{ guild_id: table.guild }],
      quota: { allowed: true, plan: { id: 'guild' } },
    });
    const text = JSON.stringify(data);
    for (const hidden of ['bot_token', 'personality', 'secret_knowledge', 'content'])
      expect(text).not.toContain(hidden);

    const { data: log } = await table.alice.client
      .from('audit_log')
      .select('actor_kind, action, resource_id, ip')
      .eq('resource_type', 'operations')
      .order('id', { ascending: false })
      .limit(1);
    expect(log).toEqual([{ actor_kind: 'operator', action: 'look', resource_id: 'admin_tenant', ip: null }]);
  });

  test('that does not exist is said so', async () => {
    const { error } = await erin.client.rpc('admin_tenant', { tenant: 'nowhere' });
    expect(error).toMatchObject({ code: 'PT404', details: 'not_found' });
  });

  test('lists page by page without a gap', async () => {
    const seen: string[] = [];
    type Cursor = { after: string; after_id: string };
    let next: Cursor | null = null;
    do {
      const { data }: { data: unknown } = await erin.client.rpc('admin_tenants', {
        limit: 7,
        ...(next ?? ({} as Partial<Cursor>)),
      });
      const page = data as { rows: { id: string }[]; next: Cursor | null };
      seen.push(...page.rows.map((row) => row.id));
      next = page.next;
    } while (next && !seen.includes(table.tenant));
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toContain(table.tenant);
  });
});

describe('roles', () => {
  const setRole = (who: SignedIn, member: string, role: string, reason = 'Asked for in a ticket') =>
    who.client.rpc('admin_set_role', { member, role, reason });

  test('are given with a reason that stays', async () => {
    const { data, error } = await setRole(erin, table.carol.userId, 'dm');
    expect(error).toBeNull();
    expect(data).toMatchObject({ id: table.carol.userId, role: 'dm' });
    expect((await looks('admin_set_role', table.tenant))[0]).toMatchObject({
      action: 'act',
      changes: { role: { before: null, after: 'dm' }, reason: { after: 'Asked for in a ticket' } },
    });
    await setRole(erin, table.carol.userId, 'viewer');
  });

  test.each([
    ['of oneself', () => erin.userId, 'viewer', undefined, 'own_role'],
    ['of the only Owner', () => table.alice.userId, 'dm', undefined, 'last_owner'],
    ['that nobody knows', () => table.carol.userId, 'emperor', undefined, 'validation'],
    ['without a reason', () => table.carol.userId, 'dm', 'why', 'validation'],
    ['of nobody', () => '00000000-0000-4000-8000-000000000000', 'dm', undefined, 'not_found'],
  ])('are refused: the role %s', async (_, member, role, reason, code) => {
    const { error } = await setRole(erin, member(), role, reason);
    expect(error?.details).toBe(code);
  });

  test('end at once', async () => {
    const gina = await newOwner('gina');
    await setRole(erin, gina.userId, 'super_admin');
    expect((await gina.client.rpc('admin_overview')).error).toBeNull();
    await setRole(erin, gina.userId, 'tenant_owner');
    expect((await gina.client.rpc('admin_overview')).error?.details).toBe('forbidden');
  });
});

test('people are found, with the ways they sign in', async () => {
  const { data } = await erin.client.rpc('admin_users', { query: table.bob.person.id });
  expect(data).toMatchObject({
    rows: [{ id: table.bob.userId, role: 'dm', tenant_id: table.tenant, sign_ins: ['discord', 'email'] }],
    next: null,
  });
});

test('the log of all tables is asked for who else can write', async () => {
  const { data } = await erin.client.rpc('admin_audit', { actor_kind: 'operator', limit: 200 });
  const { rows } = data as { rows: { actor_kind: string; actor: string | null }[] };
  expect(new Set(rows.map(({ actor_kind }) => actor_kind))).toEqual(new Set(['operator']));
  expect(rows.map(({ actor }) => actor)).toContain(erin.userId);
});

test('one look at the health is one row in the log, and names no table and no key', async () => {
  await asRoot(
    `insert into mgmt.provider_configs (tenant_id, slot, provider, model, key_last_four, last_test_at, last_test_result, last_test_ms)
     values ($1, 'llm', 'openai', 'gpt-4o', 'k9Qx', now(), 'ok', 412), ($1, 'tts', 'openai', '', 'k9Qx', now(), 'quota', 90)`,
    [table.tenant],
  );
  const before = (await looks('admin_provider_health')).length;
  const { data } = await erin.client.rpc('admin_provider_health');
  expect(await looks('admin_provider_health')).toHaveLength(before + 1);
  const { providers, ...rest } = data as { providers: { provider: string; tables: number; p50_ms: number }[] };
  const openai = providers.find(({ provider }) => provider === 'openai');
  expect(openai!.tables).toBeGreaterThanOrEqual(1);
  expect(openai).toMatchObject({ ok: expect.any(Number), failed: expect.any(Number), p50_ms: expect.any(Number) });
  expect(rest).toMatchObject({
    queue: { dead_letters: expect.any(Number) },
    webhooks: { failed: expect.any(Number) },
    workers: { done: expect.any(Number), last_done: expect.any(String) },
    refused: expect.any(Object),
  });
  expect(JSON.stringify(data)).not.toContain('k9Qx');
  expect(JSON.stringify(data)).not.toContain(table.tenant);
});

test('the log of all tables says that words were changed, and not to what', async () => {
  const secret = 'Is a dragon.';
  const { data: npc } = await table.alice.client
    .from('npcs')
    .insert({ campaign_id: table.campaign, name: 'Fafnir', personality: secret })
    .select('id')
    .single();
  await table.alice.client
    .from('campaign_lore')
    .insert({ campaign_id: table.campaign, title: 'Hoard', content: secret });
  const { data: own } = await table.alice.client.from('audit_log').select('changes').eq('resource_id', npc!.id);
  expect(JSON.stringify(own), 'the table itself reads it').toContain(secret);

  const { data } = await erin.client.rpc('admin_audit', { tenant: table.tenant, limit: 200 });
  const { rows } = data as { rows: { resource_id: string; resource_name: string | null; changes: object }[] };
  expect(rows.find(({ resource_id }) => resource_id === npc!.id)).toMatchObject({
    resource_name: null,
    changes: { personality: 'changed', name: 'changed' },
  });
  expect(JSON.stringify(rows)).not.toMatch(/dragon|Fafnir|Hoard/);
});

test('the log of all tables is read newest first', async () => {
  const { data } = await erin.client.rpc('admin_audit', { tenant: table.tenant, kind: 'npc', limit: 1 });
  const page = data as { rows: { id: number; tenant_name: string; actor_name: string }[]; next: number };
  expect(page.rows).toMatchObject([{ resource_type: 'npc', actor_name: 'alice', tenant_id: table.tenant }]);
  expect(page.next).toBe(page.rows[0]!.id);
});
