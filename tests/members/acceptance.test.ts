import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asRoot, closeDatabase, connectAs, refused } from '../lib/database.ts';
import { newPerson, signIn, type SignedIn } from '../lib/people.ts';
import { until } from '../realtime/lib.ts';
import { call, done, invite, member, newcomer, owner, placeOf, tenantOf } from './table.ts';

let alice: SignedIn, tenant: string;

beforeAll(async () => {
  alice = await owner('alice');
  tenant = await tenantOf(alice);
});
afterAll(closeDatabase);

test('a link makes its holder a member, at once and with that role', async () => {
  const bob = await newcomer('bob');
  const { token, invite: made } = await invite(alice, { role: 'dm' });
  expect(await done(bob, 'accept_invite', { token })).toEqual({
    user_id: bob.userId,
    tenant_id: tenant,
    role: 'dm',
  });
  expect(await done(bob, 'me')).toMatchObject({ user: { role: 'dm', display_name: 'bob' }, tenant: { id: tenant } });
  const [row] = await asRoot('select used_by, used_at is not null as used from mgmt.invites where id = $1', [made.id]);
  expect(row).toEqual({ used_by: bob.userId, used: true });
  // Signing in again makes no table besides.
  expect(await done(bob, 'ensure_account')).toMatchObject({ tenant_id: tenant, created: false });
});

test('a link is good for one person, however many press at the same moment', async () => {
  const { token } = await invite(alice);
  const people = await Promise.all(Array.from({ length: 6 }, (_, index) => newcomer(`racer${index}`)));
  const outcomes = await Promise.all(people.map((person) => call(person, 'accept_invite', { token })));
  expect(outcomes.map(({ code }) => code).sort()).toEqual([...Array<string>(5).fill('invite_used'), null].sort());
  expect(outcomes.filter(({ status }) => status === 410)).toHaveLength(5);
  const places = await Promise.all(people.map(placeOf));
  expect(places.filter((place) => place?.tenant_id === tenant)).toHaveLength(1);
});

test('who comes second waits for the first, and then finds the link used', async () => {
  const { token } = await invite(alice);
  const people = [await newcomer('first'), await newcomer('second')] as const;
  const clients = [await connectAs('DATABASE_URL'), await connectAs('DATABASE_URL')] as const;
  try {
    for (const [index, client] of clients.entries()) {
      await client.query('begin');
      await client.query(
        `select set_config('request.jwt.claims', $1, true), set_config('role', 'authenticated', true)`,
        [JSON.stringify({ sub: people[index]!.userId, role: 'authenticated' })],
      );
    }
    const [first, second] = clients;
    const [{ pid }] = (await second.query<{ pid: number }>('select pg_backend_pid() as pid')).rows as [{ pid: number }];
    await first.query('select mgmt.accept_invite($1)', [token]);
    const waiting = refused(second.query('select mgmt.accept_invite($1)', [token]));
    await until('the second one waits', async () => {
      const [row] = await asRoot<{ blocked: boolean }>('select cardinality(pg_blocking_pids($1)) > 0 as blocked', [
        pid,
      ]);
      return row!.blocked;
    });
    await first.query('commit');
    expect(await waiting).toMatchObject({ status: 410, code: 'invite_used' });
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
  expect(await Promise.all(people.map(placeOf))).toEqual([{ tenant_id: tenant, role: 'viewer' }, null]);
});

test('links taken at the same moment fill no more seats than there are', async () => {
  const dora = await owner('dora');
  const links = await Promise.all(Array.from({ length: 6 }, () => invite(dora, { role: 'dm' })));
  const people = await Promise.all(links.map((_, index) => newcomer(`master${index}`)));
  const outcomes = await Promise.all(
    people.map((person, index) => call(person, 'accept_invite', { token: links[index]!.token })),
  );
  // Five seats, of which the owner has one.
  expect(outcomes.filter(({ code }) => code === null)).toHaveLength(4);
  expect(outcomes.filter(({ code, status }) => code === 'seat_limit' && status === 402)).toHaveLength(2);
  const unused = await asRoot('select from mgmt.invites where tenant_id = $1 and used_at is null', [
    await tenantOf(dora),
  ]);
  expect(unused).toHaveLength(2);
});

test('one person takes two links at once and belongs to one table', async () => {
  const mallory = await owner('mallory');
  const links = [await invite(alice), await invite(mallory)];
  const eve = await newcomer('eve');
  const outcomes = await Promise.all(links.map(({ token }) => call(eve, 'accept_invite', { token })));
  expect(outcomes.map(({ code }) => code).sort()).toEqual(['already_in_table', null]);
  const unused = await asRoot('select from mgmt.invites where id = any($1) and used_at is null', [
    links.map(({ invite: { id } }) => id),
  ]);
  expect(unused).toHaveLength(1);
});

test('an invitation for a Discord account or an address is for nobody else', async () => {
  const person = await newPerson('carol', { email: `${randomUUID()}@example.com`, verified: true });
  const byDiscord = await invite(alice, { discord_id: person.id });
  const dave = await newcomer('dave');
  const byEmail = await invite(alice, { email: ` ${dave.person.email!.toUpperCase()} ` });
  const carol = await signIn(person);
  for (const [who, { token }] of [
    [dave, byDiscord],
    [carol, byEmail],
  ] as const) {
    expect(await call(who, 'accept_invite', { token })).toMatchObject({ status: 409, code: 'invite_other_person' });
    expect(await placeOf(who)).toBeNull();
  }
  await done(carol, 'accept_invite', { token: byDiscord.token });
  await done(dave, 'accept_invite', { token: byEmail.token });
  expect([await placeOf(carol), await placeOf(dave)]).toEqual(
    [carol, dave].map(() => ({ tenant_id: tenant, role: 'viewer' })),
  );
});

test('an address that nobody proved takes no invitation', async () => {
  const email = `${randomUUID()}@example.com`;
  const { token } = await invite(alice, { email });
  const liar = await newcomer('liar');
  await asRoot('update auth.users set email = $2, email_confirmed_at = null where id = $1', [liar.userId, email]);
  expect(await call(liar, 'accept_invite', { token })).toMatchObject({ code: 'invite_other_person' });
  await asRoot('update auth.users set email_confirmed_at = now() where id = $1', [liar.userId]);
  await done(liar, 'accept_invite', { token });
});

test('a link, and an invitation for the own Discord account, need no proven address', async () => {
  const carol = await newPerson('carol', { email: `${randomUUID()}@example.com`, verified: true });
  const byDiscord = await invite(alice, { discord_id: carol.id });
  const byLink = await invite(alice);
  const [dave, known] = [await newcomer('dave'), await signIn(carol)];
  for (const [who, { token }] of [
    [dave, byLink],
    [known, byDiscord],
  ] as const) {
    await asRoot('update auth.users set email_confirmed_at = null where id = $1', [who.userId]);
    expect(await done(who, 'invite_preview', { token })).toMatchObject({ state: 'open' });
    await done(who, 'accept_invite', { token });
    expect(await placeOf(who)).toEqual({ tenant_id: tenant, role: 'viewer' });
  }
});

test('what is over is refused, and changes nothing', async () => {
  const dave = await newcomer('dave');
  const { token, invite: made } = await invite(alice, { valid_days: 1 });
  await asRoot('update mgmt.invites set expires_at = now() where id = $1', [made.id]);
  expect(await call(dave, 'accept_invite', { token })).toMatchObject({ status: 410, code: 'invite_expired' });
  expect(await call(dave, 'accept_invite', { token: 'x' })).toMatchObject({ status: 404, code: 'not_found' });
  expect(await placeOf(dave)).toBeNull();
  const [row] = await asRoot('select used_at from mgmt.invites where id = $1', [made.id]);
  expect(row).toEqual({ used_at: null });
});

test('a member needs no second invitation to the same table', async () => {
  const carol = await member(alice, 'carol', 'viewer');
  const { token, invite: made } = await invite(alice, { role: 'dm' });
  expect(await call(carol, 'accept_invite', { token })).toMatchObject({ status: 409, code: 'already_in_table' });
  expect(await placeOf(carol)).toEqual({ tenant_id: tenant, role: 'viewer' });
  const [row] = await asRoot('select used_at from mgmt.invites where id = $1', [made.id]);
  expect(row).toEqual({ used_at: null });
});

test('who belongs to another table keeps it and is refused', async () => {
  const mallory = await owner('mallory');
  const player = await member(mallory, 'player', 'viewer');
  const theirs = await tenantOf(mallory);
  const { token } = await invite(alice);
  for (const person of [mallory, player]) {
    expect(await call(person, 'accept_invite', { token })).toMatchObject({ status: 409, code: 'already_in_table' });
    expect(await tenantOf(person)).toBe(theirs);
  }
  await done(player, 'leave_tenant');
  await done(player, 'accept_invite', { token });
  expect(await tenantOf(player)).toBe(tenant);
});

test('an own table counts as touched by its bot, an NPC, a second campaign or a server', async () => {
  const { token } = await invite(alice);
  for (const sql of [
    `update public.tenants set bot_token = 'x' where id = $1`,
    `insert into public.npc_definitions (tenant_id, campaign_id, name) select id, campaign_id, 'Greta' from public.tenants where id = $1`,
    `insert into mgmt.campaigns (tenant_id, name) values ($1, 'Another')`,
    `insert into mgmt.discord_servers (guild_id, tenant_id, name) select (10 ^ 17 + random() * 10 ^ 15)::bigint::text, $1, 'Server'`,
    `update mgmt.subscriptions set stripe_customer_id = 'cus_x' where tenant_id = $1`,
  ]) {
    const person = await owner('keeper');
    const theirs = await tenantOf(person);
    await asRoot(sql, [theirs]);
    expect({ sql, ...(await call(person, 'accept_invite', { token })) }).toMatchObject({
      sql,
      code: 'already_in_table',
    });
    expect(await tenantOf(person)).toBe(theirs);
  }
});

test('an own table that nobody touched goes when its owner joins another', async () => {
  const late = await owner('late');
  const theirs = await tenantOf(late);
  const open = await invite(late);
  const { token } = await invite(alice);
  // Somebody may be on the way to it.
  expect(await call(late, 'accept_invite', { token })).toMatchObject({ code: 'already_in_table' });
  await done(late, 'revoke_invite', { invite: open.invite.id });
  await done(late, 'accept_invite', { token });
  expect(await placeOf(late)).toEqual({ tenant_id: tenant, role: 'viewer' });
  expect(await asRoot('select from public.tenants where id = $1', [theirs])).toEqual([]);
  expect(await asRoot('select from pg_namespace where nspname = $1', [`tenant_${theirs}`])).toEqual([]);
  expect(await call(await newcomer('dave'), 'accept_invite', { token: open.token })).toMatchObject({
    code: 'not_found',
  });
});

test('an own table is not deleted under somebody who joins it at that moment', async () => {
  const late = await owner('late');
  const theirs = await tenantOf(late);
  const [away, here] = [await invite(alice), await invite(late)];
  const guest = await newcomer('guest');
  const [left, joined] = await Promise.all([
    call(late, 'accept_invite', { token: away.token }),
    call(guest, 'accept_invite', { token: here.token }),
  ]);
  expect([left.code, joined.code]).toEqual(['already_in_table', null]);
  expect(await Promise.all([late, guest].map(tenantOf))).toEqual([theirs, theirs]);
});
