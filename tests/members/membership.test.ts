import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asRoot, closeDatabase } from '../lib/database.ts';
import type { SignedIn } from '../lib/people.ts';
import { call, done, invite, member, newcomer, owner, placeOf, tenantOf } from './table.ts';

let alice: SignedIn, bob: SignedIn, carol: SignedIn, mallory: SignedIn;

beforeAll(async () => {
  [alice, mallory] = await Promise.all([owner('alice'), owner('mallory')]);
  [bob, carol] = await Promise.all([member(alice, 'bob', 'dm'), member(alice, 'carol', 'viewer')]);
});
afterAll(closeDatabase);

const roleOf = async (person: SignedIn) => (await placeOf(person))?.role ?? null;

test('a role that changes counts from the next call', async () => {
  const [campaign] = (await alice.client.from('campaigns').select('id')).data!;
  const rename = (person: SignedIn) =>
    person.client.from('campaigns').update({ description: randomUUID() }).eq('id', campaign!.id).select();
  expect((await rename(carol)).data).toEqual([]);
  expect(await done(alice, 'set_member_role', { member: carol.userId, role: 'dm' })).toEqual({
    id: carol.userId,
    display_name: 'carol',
    role: 'dm',
  });
  expect((await rename(carol)).data).toHaveLength(1);
  await done(alice, 'set_member_role', { member: carol.userId, role: 'viewer' });
  expect((await rename(carol)).data).toEqual([]);
});

test('mail addresses are the Owner’s to read, the table’s own too', async () => {
  const contact = async (person: SignedIn) =>
    (await person.client.from('tenants').select('name, contact_email')).data![0];
  expect(await contact(alice)).toEqual({ name: "alice's table", contact_email: alice.person.email });
  for (const person of [bob, carol]) expect(await contact(person)).toMatchObject({ contact_email: null });
  // A filter reads what is shown, not what lies beneath.
  const found = await carol.client.from('tenants').select('id').eq('contact_email', alice.person.email!);
  expect(found.data).toEqual([]);
});

test('a picture is what a provider says, not what somebody writes into their account', async () => {
  const eve = await newcomer('eve');
  const picture = async () =>
    (await asRoot<{ avatar_url: string }>('select avatar_url from mgmt.users where id = $1', [eve.userId]))[0]!
      .avatar_url;
  for (const avatar_url of [
    'https://tracker.example/eve.gif',
    `https://x.example/${'x'.repeat(100_000)}`,
    'javascript:1',
  ]) {
    const { error } = await eve.client.auth.updateUser({ data: { avatar_url } });
    expect(error).toBeNull();
    await done(eve, 'ensure_account');
    expect(await picture()).toMatch(/^https:\/\/cdn\.discordapp\.com\//);
  }
  // Supabase Auth copies what somebody says at a sign-up by mail into the identity of that mail.
  await asRoot(
    `insert into auth.identities (id, provider, provider_id, user_id, identity_data, last_sign_in_at)
     values (gen_random_uuid(), 'email', $1::text, $1::text::uuid, '{"avatar_url": "https://tracker.example/eve.gif"}', now() + interval '1 day')`,
    [eve.userId],
  );
  await done(eve, 'ensure_account');
  expect(await picture()).toMatch(/^https:\/\/cdn\.discordapp\.com\//);
});

test('nobody changes their own role, or gives one at or above it', async () => {
  for (const [role, code, status] of [
    ['viewer', 'own_role', 409],
    ['super_admin', 'own_role', 409],
  ] as const) {
    expect(await call(alice, 'set_member_role', { member: alice.userId, role })).toMatchObject({ code, status });
  }
  for (const role of ['tenant_owner', 'super_admin']) {
    expect(await call(alice, 'set_member_role', { member: bob.userId, role })).toMatchObject({
      status: 403,
      code: 'role_too_high',
    });
  }
  for (const role of ['king', null]) {
    expect(await call(alice, 'set_member_role', { member: bob.userId, role })).toMatchObject({
      status: 422,
      code: 'validation',
    });
  }
  for (const person of [bob, carol]) {
    for (const target of [alice, bob, carol]) {
      for (const [name, args] of [
        ['set_member_role', { role: 'viewer' }],
        ['remove_member', {}],
        ['transfer_ownership', {}],
      ] as const) {
        expect(await call(person, name, { member: target.userId, ...args })).toMatchObject({
          status: 403,
          code: 'forbidden',
        });
      }
    }
  }
  expect(await Promise.all([alice, bob, carol].map(roleOf))).toEqual(['tenant_owner', 'dm', 'viewer']);
});

test('a member of another table, one who left and nobody at all are not there', async () => {
  const gone = await member(alice, 'gone', 'viewer');
  await done(gone, 'leave_tenant');
  for (const [name, args] of [
    ['set_member_role', { role: 'viewer' }],
    ['remove_member', {}],
    ['transfer_ownership', {}],
  ] as const) {
    for (const id of [carol.userId, randomUUID()]) {
      expect(await call(mallory, name, { member: id, ...args })).toMatchObject({ status: 404, code: 'not_found' });
    }
    expect(await call(alice, name, { member: gone.userId, ...args })).toMatchObject({ status: 404, code: 'not_found' });
  }
  expect(await roleOf(carol)).toBe('viewer');
});

test('a Player becomes Dungeon Master only on a free seat', async () => {
  const dora = await owner('dora');
  const player = await member(dora, 'player', 'viewer');
  await asRoot(`update mgmt.subscriptions set plan_id = 'adventurer' where tenant_id = $1`, [await tenantOf(dora)]);
  for (const [name, args] of [
    ['set_member_role', { role: 'dm' }],
    ['transfer_ownership', {}],
  ] as const) {
    expect(await call(dora, name, { member: player.userId, ...args })).toMatchObject({
      status: 402,
      code: 'seat_limit',
    });
  }
  expect([await roleOf(dora), await roleOf(player)]).toEqual(['tenant_owner', 'viewer']);
});

test('roles given at the same moment fill no more seats than there are', async () => {
  const dora = await owner('dora');
  const players = await Promise.all(Array.from({ length: 6 }, (_, index) => member(dora, `player${index}`, 'viewer')));
  const outcomes = await Promise.all(
    players.map(({ userId }) => call(dora, 'set_member_role', { member: userId, role: 'dm' })),
  );
  expect(outcomes.filter(({ code }) => code === null)).toHaveLength(4);
  expect(outcomes.filter(({ code }) => code === 'seat_limit')).toHaveLength(2);
});

test('a table that is handed over has one Owner, and the giver is a Dungeon Master', async () => {
  const dora = await owner('dora');
  const heir = await member(dora, 'heir', 'dm');
  expect(await done(dora, 'transfer_ownership', { member: heir.userId })).toMatchObject({
    id: heir.userId,
    role: 'tenant_owner',
  });
  expect([await roleOf(dora), await roleOf(heir)]).toEqual(['dm', 'tenant_owner']);
  expect(await call(dora, 'create_invite')).toMatchObject({ code: 'forbidden' });
  await invite(heir);
  expect(await call(heir, 'transfer_ownership', { member: heir.userId })).toMatchObject({
    status: 409,
    code: 'own_role',
  });
});

test('handing a table to two people at once gives it to one', async () => {
  const dora = await owner('dora');
  const heirs = await Promise.all([member(dora, 'heir', 'dm'), member(dora, 'other', 'dm')]);
  const outcomes = await Promise.all(heirs.map(({ userId }) => call(dora, 'transfer_ownership', { member: userId })));
  expect(outcomes.map(({ code }) => code).sort()).toEqual(['forbidden', null]);
  const roles = await Promise.all([dora, ...heirs].map(roleOf));
  expect(roles.sort()).toEqual(['dm', 'dm', 'tenant_owner']);
});

test('a removed member reads and writes nothing from the next call on', async () => {
  const jonas = await member(alice, 'jonas', 'dm');
  expect((await jonas.client.from('campaigns').select('id')).data).toHaveLength(1);
  expect(await done(alice, 'remove_member', { member: jonas.userId })).toMatchObject({ id: jonas.userId });
  for (const table of ['campaigns', 'campaign_names', 'sessions', 'users', 'tenants', 'npcs', 'invites']) {
    const { data, error } = await jonas.client.from(table).select('*');
    expect({ table, data, error }).toEqual({ table, data: [], error: null });
  }
  expect((await jonas.client.from('campaigns').insert({ name: 'Still here' })).error?.code).toBe('42501');
  expect(await call(jonas, 'me')).toMatchObject({ status: 404, code: 'no_account' });
  expect(await call(jonas, 'session_quota')).toMatchObject({ code: 'no_account' });
  // The history keeps its author, and a new link brings the person back.
  const { token } = await invite(alice);
  await done(jonas, 'accept_invite', { token });
  expect(await placeOf(jonas)).toEqual({ tenant_id: await tenantOf(alice), role: 'viewer' });
});

test('an invitation that is still open for a removed member does not bring them back', async () => {
  const eve = await newcomer('eve');
  const first = await invite(alice, { discord_id: eve.person.id });
  const second = await invite(alice, { email: eve.person.email! });
  await done(eve, 'accept_invite', { token: first.token });
  await done(alice, 'remove_member', { member: eve.userId });
  expect(await call(eve, 'accept_invite', { token: second.token })).toMatchObject({ code: 'invite_revoked' });
  expect(await done(eve, 'ensure_account')).toMatchObject({ created: true, joined_by_invite: false });
  expect(await tenantOf(eve)).not.toBe(await tenantOf(alice));
});

test('an Owner neither leaves an ownerless table nor is removed from it', async () => {
  expect(await call(alice, 'leave_tenant')).toMatchObject({ status: 409, code: 'last_owner' });
  expect(await call(alice, 'remove_member', { member: alice.userId })).toMatchObject({ status: 409, code: 'own_role' });
  expect(await roleOf(alice)).toBe('tenant_owner');
  // A super admin stands above the Owner of the table it belongs to.
  const admin = await member(alice, 'admin', 'viewer');
  await asRoot(`update mgmt.users set role = 'super_admin' where id = $1`, [admin.userId]);
  for (const [name, args] of [
    ['set_member_role', { role: 'viewer' }],
    ['remove_member', {}],
    ['transfer_ownership', {}],
  ] as const) {
    expect(await call(alice, name, { member: admin.userId, ...args })).toMatchObject({
      status: 403,
      code: 'role_too_high',
    });
  }
});

test('who hands over and leaves is gone; the table stays', async () => {
  const dora = await owner('dora');
  const heir = await member(dora, 'heir', 'dm');
  const theirs = await tenantOf(dora);
  await done(dora, 'transfer_ownership', { member: heir.userId });
  expect(await done(dora, 'leave_tenant')).toEqual({ tenant_id: theirs });
  expect(await placeOf(dora)).toBeNull();
  expect(await call(dora, 'leave_tenant')).toMatchObject({ status: 404, code: 'no_account' });
  expect(await tenantOf(heir)).toBe(theirs);
});
