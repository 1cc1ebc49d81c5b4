import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asRoot, closeDatabase, snowflake } from '../lib/database.ts';
import type { SignedIn } from '../lib/people.ts';
import { call, done, invite, type Invite, member, newcomer, owner, tenantOf } from './table.ts';

let alice: SignedIn, bob: SignedIn, carol: SignedIn, mallory: SignedIn;

beforeAll(async () => {
  [alice, mallory] = await Promise.all([owner('alice'), owner('mallory')]);
  [bob, carol] = await Promise.all([member(alice, 'bob', 'dm'), member(alice, 'carol', 'viewer')]);
});
afterAll(closeDatabase);

interface Preview {
  state: string;
  role?: string;
  table?: string;
  inviter?: string;
  note?: string | null;
  member?: boolean;
  own_table?: { name: string; untouched: boolean; role: string } | null;
}

const preview = (person: SignedIn, token: string) => done<Preview>(person, 'invite_preview', { token });

test('a token is long, given once, and kept as a hash that no API role reads', async () => {
  const { invite: made, token } = await invite(alice, { note: ' For Friday ' });
  expect(token).toMatch(/^[\w-]{43}$/);
  expect(made).toMatchObject({ role: 'viewer', note: 'For Friday', discord_id: null, email: null });
  const days = (Date.parse(made.expires_at) - Date.now()) / 86_400_000;
  expect(days).toBeGreaterThan(6.99);
  expect(days).toBeLessThan(7.01);
  const [kept] = await asRoot<{ hash: string }>(
    `select encode(token_hash, 'hex') as hash from private.invite_tokens where invite_id = $1`,
    [made.id],
  );
  expect(kept).toEqual({ hash: createHash('sha256').update(token).digest('hex') });
  const { data } = await alice.client.from('invites').select('*');
  expect(data?.map(({ id }) => id as string)).toContain(made.id);
  expect(JSON.stringify(data)).not.toContain(token);
});

test('only Owners invite and revoke, each at their own table', async () => {
  const { invite: made } = await invite(alice);
  for (const person of [bob, carol]) {
    expect(await call(person, 'create_invite')).toMatchObject({ status: 403, code: 'forbidden' });
    expect(await call(person, 'revoke_invite', { invite: made.id })).toMatchObject({ status: 403, code: 'forbidden' });
  }
  expect(await call(mallory, 'revoke_invite', { invite: made.id })).toMatchObject({ status: 404, code: 'not_found' });
  const stranger = await newcomer('stranger');
  expect(await call(stranger, 'create_invite')).toMatchObject({ status: 404, code: 'no_account' });
  const [row] = await asRoot('select revoked_at from mgmt.invites where id = $1', [made.id]);
  expect(row).toEqual({ revoked_at: null });
  const theirs = await invite(mallory);
  const [place] = await asRoot('select tenant_id from mgmt.invites where id = $1', [theirs.invite.id]);
  expect(place).toEqual({ tenant_id: await tenantOf(mallory) });
});

test('what cannot be an invitation is refused with its own code', async () => {
  const [before] = await asRoot('select count(*)::int as n from mgmt.invites where tenant_id = $1', [
    await tenantOf(alice),
  ]);
  for (const [fields, status, code] of [
    [{ role: 'tenant_owner' }, 403, 'role_too_high'],
    [{ role: 'super_admin' }, 403, 'role_too_high'],
    [{ role: 'king' }, 422, 'validation'],
    [{ role: null }, 422, 'validation'],
    [{ discord_id: '123' }, 422, 'bad_snowflake'],
    [{ email: 'nobody' }, 422, 'validation'],
    [{ email: `${'x'.repeat(250)}@example.com` }, 422, 'validation'],
    [{ email: 'a@example.com', discord_id: snowflake(9) }, 422, 'validation'],
    [{ valid_days: 0 }, 422, 'validation'],
    [{ valid_days: 31 }, 422, 'validation'],
    [{ valid_days: null }, 422, 'validation'],
    [{ note: 'x'.repeat(201) }, 422, 'validation'],
    [{ discord_id: carol.person.id }, 409, 'already_in_table'],
    [{ email: bob.person.email }, 409, 'already_in_table'],
  ] as const) {
    expect({ fields, ...(await call(alice, 'create_invite', fields)) }).toMatchObject({ fields, status, code });
  }
  const [after] = await asRoot('select count(*)::int as n from mgmt.invites where tenant_id = $1', [
    await tenantOf(alice),
  ]);
  expect(after).toEqual(before);
});

test('an invitation as Dungeon Master needs a seat, one as Player none', async () => {
  const dora = await owner('dora');
  await asRoot(`update mgmt.subscriptions set plan_id = 'adventurer' where tenant_id = $1`, [await tenantOf(dora)]);
  expect(await call(dora, 'create_invite', { role: 'dm' })).toMatchObject({ status: 402, code: 'seat_limit' });
  await member(dora, 'player', 'viewer');
});

test('a person makes twenty invitations an hour, revoked ones counted', async () => {
  const busy = await owner('busy');
  for (let made = 0; made < 20; made += 1) {
    const { invite: one } = await invite(busy);
    if (made < 3) await done(busy, 'revoke_invite', { invite: one.id });
  }
  const { data, error, status } = await busy.client.rpc('create_invite', {});
  expect({ data, status, details: error?.details }).toEqual({ data: null, status: 429, details: 'rate_limited' });
  expect(error?.hint).toMatch(/^Wait (59|60) minutes\.$/);
  await asRoot(`update mgmt.invites set created_at = created_at - interval '61 minutes' where invited_by = $1`, [
    busy.userId,
  ]);
  await invite(busy);
});

test('the holder of a link reads whose table it is, and as what', async () => {
  const { token } = await invite(alice, { role: 'dm', note: 'Bring dice' });
  const dave = await newcomer('dave');
  const [tenant] = await asRoot<{ name: string }>('select name from public.tenants where id = $1', [
    await tenantOf(alice),
  ]);
  expect(await preview(dave, token)).toMatchObject({
    state: 'open',
    role: 'dm',
    table: tenant!.name,
    inviter: 'alice',
    note: 'Bring dice',
    member: false,
    own_table: null,
  });
  expect(await preview(carol, token)).toMatchObject({ state: 'member', member: true });
  expect(await call(dave, 'invite_preview', { token: `${token}x` })).toMatchObject({ status: 404, code: 'not_found' });
  expect(await call(dave, 'invite_preview', { token: '' })).toMatchObject({ status: 404, code: 'not_found' });
});

test('the preview says why a link is worth nothing, and tells a wrong person nothing else', async () => {
  const dave = await newcomer('dave');
  const revoked = await invite(alice);
  expect(await done<Invite>(alice, 'revoke_invite', { invite: revoked.invite.id })).toMatchObject({
    revoked_at: expect.any(String),
  });
  expect((await preview(dave, revoked.token)).state).toBe('revoked');

  const expired = await invite(alice);
  await asRoot(`update mgmt.invites set expires_at = now() where id = $1`, [expired.invite.id]);
  expect((await preview(dave, expired.token)).state).toBe('expired');

  const used = await invite(alice);
  const erin = await newcomer('erin');
  await done(erin, 'accept_invite', { token: used.token });
  expect(await preview(erin, used.token)).toMatchObject({ state: 'used', member: true });
  expect(await preview(dave, used.token)).toMatchObject({ state: 'used', member: false });

  const bound = await invite(alice, { discord_id: snowflake(50) });
  expect(await preview(dave, bound.token)).toEqual({ state: 'other_person' });

  const seat = await invite(alice, { role: 'dm' });
  await asRoot(`update mgmt.subscriptions set plan_id = 'adventurer' where tenant_id = $1`, [await tenantOf(alice)]);
  expect((await preview(dave, seat.token)).state).toBe('seats_full');
  await asRoot(`update mgmt.subscriptions set plan_id = 'guild' where tenant_id = $1`, [await tenantOf(alice)]);
});

test('somebody with another table reads what stands in the way', async () => {
  const { token } = await invite(alice);
  const untouched = await owner('untouched');
  expect(await preview(untouched, token)).toMatchObject({
    state: 'open',
    own_table: { untouched: true, role: 'tenant_owner' },
  });
  await untouched.client.from('campaigns').update({ description: 'A world' }).neq('id', '');
  expect(await preview(untouched, token)).toMatchObject({ state: 'other_table', own_table: { untouched: false } });
  const player = await member(mallory, 'player', 'viewer');
  expect(await preview(player, token)).toMatchObject({ state: 'other_table', own_table: { role: 'viewer' } });
});

test('revoking twice changes nothing; a used invitation cannot be taken back', async () => {
  const { invite: made, token } = await invite(alice);
  const first = await done<Invite>(alice, 'revoke_invite', { invite: made.id });
  expect((await done<Invite>(alice, 'revoke_invite', { invite: made.id })).revoked_at).toBe(first.revoked_at);
  const dave = await newcomer('dave');
  expect(await call(dave, 'accept_invite', { token })).toMatchObject({ status: 410, code: 'invite_revoked' });

  const used = await invite(alice);
  await done(dave, 'accept_invite', { token: used.token });
  expect(await call(alice, 'revoke_invite', { invite: used.invite.id })).toMatchObject({
    status: 410,
    code: 'invite_used',
  });
});
