import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { asRoot, closeDatabase, connectAs, refused, snowflake, type Story, story } from '../lib/database.ts';

interface Account {
  user_id: string;
  tenant_id: string;
  created: boolean;
  joined_by_invite: boolean;
}

afterAll(closeDatabase);

function ensureAccount(told: Story, userId: string, language = 'en', campaign: string | null = null): Promise<Account> {
  return told.call(userId, 'mgmt.ensure_account($1, $2)', [language, campaign]);
}

async function planOf(told: Story, tenant: string): Promise<string> {
  const [row] = await told.root<{ plan: string }>(
    `select plan_id || ' ' || status as plan from mgmt.subscriptions where tenant_id = $1 and ended_at is null`,
    [tenant],
  );
  return row!.plan;
}

test('a first sign-in makes tenant, owner, campaign, trial and schema', () =>
  story(async (told) => {
    const alice = await told.signUp('Älice O’Hara');
    const account = await ensureAccount(told, alice, 'de');
    expect(account).toMatchObject({ user_id: alice, created: true, joined_by_invite: false });
    expect(account.tenant_id).toMatch(/^aelice_o_hara_[0-9a-f]{10}$/);

    const me = await told.call<{
      tenant: { id: string; name: string };
      plan: object;
      subscription: object;
      mode: string;
    }>(alice, 'mgmt.me()');
    expect(me).toMatchObject({
      user: { id: alice, display_name: 'Älice O’Hara', role: 'tenant_owner' },
      tenant: { id: account.tenant_id, name: 'Tisch von Älice O’Hara', bot_set: false, guild_ids: [] },
      plan: { id: 'adventurer', session_cap: 8, max_npcs: 10 },
      subscription: { status: 'trialing' },
      preferences: { language: 'de' },
      mode: 'managed',
      live_sessions: [],
      owners: ['Älice O’Hara'],
    });
    const [tenant] = await told.root(
      'select license_tier, monthly_session_hours::int as hours from public.tenants where id = $1',
      [account.tenant_id],
    );
    expect(tenant).toEqual({ license_tier: 'shared', hours: 32 });
    expect(await told.as(alice, 'select name, language from mgmt.campaigns')).toEqual([
      { name: 'Meine erste Kampagne', language: 'de' },
    ]);
    const [lines] = await told.root<{ owner: string }>(
      'select tableowner as owner from pg_tables where schemaname = $1 and tablename = $2',
      [`tenant_${account.tenant_id}`, 'session_entries'],
    );
    expect(lines).toEqual({ owner: 'glyphoxa_gateway' });
  }));

test('later calls change nothing but what the provider says', () =>
  story(async (told) => {
    const alice = await told.signUp('Alice');
    const first = await ensureAccount(told, alice, 'en', 'Rabenheim');
    await told.call(alice, `mgmt.update_profile('Mara')`);
    await told.root(`update auth.users set email = 'new@example.com' where id = $1`, [alice]);
    const second = await ensureAccount(told, alice, 'de', 'Something else');
    expect(second).toEqual({ ...first, created: false });
    expect(await told.as(alice, 'select display_name, email from mgmt.users')).toEqual([
      { display_name: 'Mara', email: 'new@example.com' },
    ]);
    expect(await told.as(alice, 'select name from mgmt.campaigns')).toEqual([{ name: 'Rabenheim' }]);
  }));

test('names that make no slug still make a valid tenant id', () =>
  story(async (told) => {
    for (const name of ['竜騎士', '123 Go', '___', 'x'.repeat(80), '🐉']) {
      const { tenant } = await told.owner(name);
      expect(tenant).toMatch(/^[a-z][a-z0-9_]{0,55}$/);
    }
  }));

test('first calls of one person at the same time make one tenant', async () => {
  const id = randomUUID();
  await asRoot(
    `insert into auth.users (id, aud, role, email, raw_user_meta_data, created_at, updated_at)
     values ($1, 'authenticated', 'authenticated', $2, '{"full_name": "Racing Rita"}', now(), now())`,
    [id, `${id}@example.com`],
  );
  const clients = await Promise.all(Array.from({ length: 6 }, () => connectAs('DATABASE_URL')));
  try {
    const answers = await Promise.all(
      clients.map(async (client) => {
        await client.query('begin');
        await client.query(
          `select set_config('request.jwt.claims', $1, true), set_config('role', 'authenticated', true)`,
          [JSON.stringify({ sub: id })],
        );
        const { rows } = await client.query<{ answer: Account }>('select mgmt.ensure_account() as answer');
        await client.query('commit');
        return rows[0]!.answer;
      }),
    );
    expect(new Set(answers.map(({ tenant_id }) => tenant_id)).size).toBe(1);
    expect(answers.filter(({ created }) => created)).toHaveLength(1);
    const tenants = await asRoot(`select id from public.tenants where contact_email = $1`, [`${id}@example.com`]);
    expect(tenants).toHaveLength(1);
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
});

test('the trial is for Discord accounts older than 30 days, or with a verified address', () =>
  story(async (told) => {
    const old = await told.owner('Old', { ageDays: 31, verified: false });
    const young = await told.owner('Young', { ageDays: 29, verified: false });
    const verified = await told.owner('Verified', { ageDays: 1, verified: true });
    const elsewhere = await told.owner('Elsewhere', { id: null, verified: true });
    expect(await planOf(told, old.tenant)).toBe('adventurer trialing');
    expect(await planOf(told, young.tenant)).toBe('apprentice active');
    expect(await planOf(told, verified.tenant)).toBe('adventurer trialing');
    expect(await planOf(told, elsewhere.tenant)).toBe('apprentice active');
  }));

test('a Discord account gets one trial, also after its account here is gone', () =>
  story(async (told) => {
    const discordId = snowflake(400);
    const first = await told.owner('Again', { id: discordId });
    await told.root('delete from auth.users where id = $1', [first.id]);
    const second = await told.owner('Again', { id: discordId });
    expect(second.tenant).not.toBe(first.tenant);
    expect(await planOf(told, second.tenant)).toBe('apprentice active');
    const [kept] = await told.root<{ plain: boolean }>(
      `select exists (select from private.used_trials where encode(discord_id_hash, 'escape') like '%' || $1 || '%') as plain`,
      [discordId],
    );
    expect(kept).toEqual({ plain: false });
  }));

test('a self-hosted table has no subscription and no limits', () =>
  story(async (told) => {
    await told.mode('selfhosted');
    const host = await told.owner('Host');
    expect(await told.root('select from mgmt.subscriptions where tenant_id = $1', [host.tenant])).toEqual([]);
    expect(await told.call(host.id, 'mgmt.me()')).toMatchObject({
      mode: 'selfhosted',
      subscription: null,
      plan: { id: 'selfhosted', session_cap: null, max_npcs: null, max_concurrent_sessions: null },
    });
    const [tenant] = await told.root(
      'select license_tier, monthly_session_hours::int as hours from public.tenants where id = $1',
      [host.tenant],
    );
    expect(tenant).toEqual({ license_tier: 'dedicated', hours: 0 });
  }));

async function invite(
  told: Story,
  tenant: string,
  fields: { role?: string; discord_id?: string; email?: string },
): Promise<string> {
  const [row] = await told.root<{ id: string }>(
    `insert into mgmt.invites (tenant_id, role, discord_id, email, expires_at)
     values ($1, $2, $3, $4, now() + interval '7 days') returning id`,
    [tenant, fields.role ?? 'viewer', fields.discord_id, fields.email],
  );
  return row!.id;
}

test('an invited Discord account joins instead of making a table', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    const discordId = snowflake(5);
    const inviteId = await invite(told, alice.tenant, { discord_id: discordId });
    const carol = await told.signUp('Carol', { id: discordId });
    expect(await ensureAccount(told, carol)).toMatchObject({
      tenant_id: alice.tenant,
      created: true,
      joined_by_invite: true,
    });
    expect(
      await told.root('select used_by, used_at is not null as used from mgmt.invites where id = $1', [inviteId]),
    ).toEqual([{ used_by: carol, used: true }]);
    expect(await told.call(carol, 'mgmt.me()')).toMatchObject({ user: { role: 'viewer' }, owners: ['Alice'] });
  }));

test('an invite by email counts only for a verified address, and not when it is over', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    await invite(told, alice.tenant, { email: 'unverified@example.com' });
    const unverified = await told.owner('Carol', { email: 'unverified@example.com', verified: false });
    expect(unverified.tenant).not.toBe(alice.tenant);
    await invite(told, alice.tenant, { email: 'carol@example.com' });
    const verified = await told.owner('Carol', { email: 'Carol@Example.com' });
    expect(verified.tenant).toBe(alice.tenant);

    await invite(told, alice.tenant, { email: 'late@example.com' });
    await told.clock('8 days');
    expect((await told.owner('Late', { email: 'late@example.com' })).tenant).not.toBe(alice.tenant);
    await told.clock('0 days');
    const revoked = await invite(told, alice.tenant, { email: 'later@example.com' });
    await told.root('update mgmt.invites set revoked_at = now() where id = $1', [revoked]);
    expect((await told.owner('Later', { email: 'later@example.com' })).tenant).not.toBe(alice.tenant);
  }));

test('an invitation as Dungeon Master to a full table keeps nobody from signing in, and stays open', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    const full = await invite(told, alice.tenant, { role: 'dm', email: 'bob@example.com' });
    await invite(told, alice.tenant, { role: 'dm', email: 'erin@example.com' });
    const open = () => told.root('select used_at, revoked_at from mgmt.invites where id = $1', [full]);
    const bob = await told.signUp('Bob', { email: 'bob@example.com' });
    const own = await ensureAccount(told, bob);
    expect(own).toMatchObject({ created: true, joined_by_invite: false });
    expect(own.tenant_id).not.toBe(alice.tenant);
    expect(await open()).toEqual([{ used_at: null, revoked_at: null }]);
    // The next one, which has room, is taken instead.
    await invite(told, alice.tenant, { role: 'dm', email: 'carol@example.com' });
    const dora = await told.owner('Dora');
    await told.root(`update mgmt.subscriptions set plan_id = 'guild' where tenant_id = $1`, [dora.tenant]);
    await invite(told, dora.tenant, { role: 'dm', email: 'carol@example.com' });
    const carol = await told.signUp('Carol', { email: 'carol@example.com' });
    expect(await ensureAccount(told, carol)).toMatchObject({ tenant_id: dora.tenant, joined_by_invite: true });
    await told.root(`update mgmt.subscriptions set plan_id = 'guild' where tenant_id = $1`, [alice.tenant]);
    const erin = await told.signUp('Erin', { email: 'erin@example.com' });
    expect(await ensureAccount(told, erin)).toMatchObject({ tenant_id: alice.tenant });
  }));

test('somebody who was removed belongs nowhere, and begins anew with the next sign-in', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    await told.root('update mgmt.users set deleted_at = now() where id = $1', [alice.id]);
    expect(await told.as(alice.id, 'select from mgmt.tenants')).toEqual([]);
    expect(await refused(told.call(alice.id, 'mgmt.me()'))).toMatchObject({ status: 404, code: 'no_account' });
    const again = await ensureAccount(told, alice.id);
    expect(again.created).toBe(true);
    expect(again.tenant_id).not.toBe(alice.tenant);
  }));

test('nobody signed in has no account', () =>
  story(async (told) => {
    expect(await refused(told.call(randomUUID(), 'mgmt.ensure_account()'))).toMatchObject({
      status: 401,
      code: 'signed_out',
    });
    expect(await refused(told.call(randomUUID(), 'mgmt.me()'))).toMatchObject({ status: 404, code: 'no_account' });
  }));

test('a tenant id is never used twice', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    await told.gateway('delete from tenants where id = $1', [alice.tenant]);
    expect(await told.root('select from mgmt.users where id = $1', [alice.id])).toEqual([]);
    expect(await refused(told.gateway('insert into tenants (id) values ($1)', [alice.tenant]))).toMatchObject({
      sqlstate: '23505',
    });
  }));

test('a plan that is no longer sold is not on the price list, and stays what it is for those who have it', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    await told.root(`update mgmt.subscription_plans set active = false where id = 'adventurer'`);
    const plans = await told.as<{ id: string }>(alice.id, 'select id from mgmt.subscription_plans order by tier_order');
    expect(plans.map(({ id }) => id)).toEqual(['apprentice', 'dungeon_master', 'guild']);
    expect(await told.call(alice.id, 'mgmt.me()')).toMatchObject({ plan: { id: 'adventurer' } });
  }));
