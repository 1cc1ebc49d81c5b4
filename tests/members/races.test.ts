// Whatever people press at the same moment: a table has one Owner, no seat is filled twice, and none is deleted under a game.
import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { asGateway, asRoot, closeDatabase, gatewaySql, refused, snowflake } from '../lib/database.ts';
import type { SignedIn } from '../lib/people.ts';
import { call, invite, member, newcomer, owner, tenantOf } from './table.ts';

afterAll(closeDatabase);

const rolesAt = async (tenant: string) =>
  (
    await asRoot<{ role: string }>(
      'select role from mgmt.users where tenant_id = $1 and deleted_at is null order by role desc',
      [tenant],
    )
  ).map(({ role }) => role);

type Act = (people: { alice: SignedIn; bob: SignedIn }) => ReturnType<typeof call>;
const acts: Record<string, Act> = {
  'hands the table to Bob': ({ alice, bob }) => call(alice, 'transfer_ownership', { member: bob.userId }),
  'removes Bob': ({ alice, bob }) => call(alice, 'remove_member', { member: bob.userId }),
  'makes Bob a Player': ({ alice, bob }) => call(alice, 'set_member_role', { member: bob.userId, role: 'viewer' }),
  leaves: ({ alice }) => call(alice, 'leave_tenant'),
  'deletes her account': ({ alice }) => call(alice, 'delete_account', { confirm: alice.person.email }),
  'is left by Bob': ({ bob }) => call(bob, 'leave_tenant'),
  'loses Bob’s account': ({ bob }) => call(bob, 'delete_account', { confirm: bob.person.email }),
};

test.each([
  ['hands the table to Bob', 'removes Bob'],
  ['hands the table to Bob', 'makes Bob a Player'],
  ['hands the table to Bob', 'is left by Bob'],
  ['hands the table to Bob', 'loses Bob’s account'],
  ['hands the table to Bob', 'leaves'],
  ['hands the table to Bob', 'deletes her account'],
])('Alice %s and %s at once', async (one, other) => {
  for (let round = 0; round < 3; round++) {
    const alice = await owner('alice');
    const bob = await member(alice, 'bob', 'dm');
    const tenant = await tenantOf(alice);
    const both = round % 2 === 0 ? [one, other] : [other, one];
    const outcomes = await Promise.all(both.map((act) => acts[act]!({ alice, bob })));
    for (const { status } of outcomes) expect(status).toBeLessThan(500);
    expect((await rolesAt(tenant)).filter((role) => role === 'tenant_owner')).toHaveLength(1);
  }
});

test('one seat is filled once, by whichever way', async () => {
  const alice = await owner('alice');
  const tenant = await tenantOf(alice);
  // Five seats, three of them taken.
  for (const name of ['bob', 'berta']) await member(alice, name, 'dm');
  const [carol, dave] = [await member(alice, 'carol', 'viewer'), await member(alice, 'dave', 'viewer')];
  const link = await invite(alice, { role: 'dm' });
  const guest = await newcomer('guest');
  const byDiscord = await newcomer('known');
  await invite(alice, { role: 'dm', discord_id: byDiscord.person.id });
  await Promise.all([
    call(alice, 'set_member_role', { member: carol.userId, role: 'dm' }),
    call(alice, 'set_member_role', { member: dave.userId, role: 'dm' }),
    call(guest, 'accept_invite', { token: link.token }),
    call(byDiscord, 'ensure_account'),
  ]);
  expect((await rolesAt(tenant)).filter((role) => role !== 'viewer')).toHaveLength(5);
});

test('a table is not deleted under a session that starts at that moment', async () => {
  const seen = new Set<string>();
  for (let round = 0; round < 6; round++) {
    const alice = await owner('alice');
    const tenant = await tenantOf(alice);
    const [{ name, campaign }] = (await asRoot<{ name: string; campaign: string }>(
      'select name, campaign_id as campaign from public.tenants where id = $1',
      [tenant],
    )) as [{ name: string; campaign: string }];
    const session = randomUUID();
    const start = () =>
      asGateway(gatewaySql.start, [session, tenant, campaign, snowflake(round), snowflake(round), 'dedicated']);
    const [deleted, started] = await Promise.all([
      call(alice, 'delete_tenant', { confirm_name: name }),
      start().then(
        () => 'started',
        () => 'refused',
      ),
    ]);
    seen.add(`${deleted.code ?? 'deleted'}, ${started}`);
    // Afterwards too: its campaign is in the bin, or the worker is just taking the table away.
    if (deleted.code === null) expect(['PT409', '23503']).toContain((await refused(start())).sqlstate);
  }
  expect([...seen].filter((both) => !['deleted, refused', 'session_live, started'].includes(both))).toEqual([]);
});
