// What a person sees of notifications: how many are unread, who joined, and which way each kind goes.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asRoot, closeDatabase } from '../lib/database.ts';
import { mailTo, newestMail } from '../lib/mailbox.ts';
import { type SignedIn, signInAsNew } from '../lib/people.ts';
import { join, newOwner, tenantOf } from '../sessions/table.ts';

interface Choices {
  mail: boolean;
  discord: boolean;
  kinds: { kind: string; app: boolean; mail: boolean; discord: boolean }[];
}

let alice: SignedIn;
let bob: SignedIn;
let carol: SignedIn;
let mallory: SignedIn;
let tenant: string;

beforeAll(async () => {
  alice = await newOwner('alice');
  mallory = await newOwner('mallory');
  ({ tenant } = await tenantOf(alice));
  await asRoot(`update mgmt.subscriptions set plan_id = 'guild', status = 'active' where tenant_id = $1`, [tenant]);
  bob = await join(tenant, 'bob', 'dm');
  carol = await join(tenant, 'carol', 'viewer');
});
afterAll(closeDatabase);

async function unread({ client }: SignedIn): Promise<number> {
  const { data, error } = await client.rpc('me');
  if (error) throw error;
  return (data as { unread_notifications: number }).unread_notifications;
}

const choose = ({ client }: SignedIn, choices: unknown) => client.rpc('choose_notifications', { choices });

async function choicesOf({ client }: SignedIn): Promise<Choices> {
  const { data, error } = await client.rpc('notification_choices');
  if (error) throw error;
  return data as Choices;
}

const wayOf = (choices: Choices, kind: string) => choices.kinds.find((row) => row.kind === kind);

test('an Owner hears of everybody who joins, by signing in and by a link, once each', async () => {
  const { data: invite } = await alice.client.rpc('create_invite', { role: 'viewer' });
  const dora = await signInAsNew('dora');
  expect((await dora.client.rpc('accept_invite', { token: (invite as { token: string }).token })).error).toBeNull();
  const { data } = await alice.client
    .from('notifications')
    .select('data')
    .eq('kind', 'invite_accepted')
    .order('created_at');
  expect(data).toEqual([
    { data: { name: 'bob', role: 'dm' } },
    { data: { name: 'carol', role: 'viewer' } },
    { data: { name: 'dora', role: 'viewer' } },
  ]);
  expect(await unread(bob)).toBe(0);
});

test('unread ones are counted up to ten, each person’s own', async () => {
  await alice.client.rpc('mark_notifications_read');
  expect(await unread(alice)).toBe(0);
  await asRoot(`select private.notify($1, 'owner', 'session_failed', $2)`, [tenant, randomUUID()]);
  expect(await unread(alice)).toBe(1);
  for (let count = 0; count < 10; count += 1) {
    await asRoot(`select private.notify($1, 'owner', 'session_failed', $2)`, [tenant, randomUUID()]);
  }
  expect(await unread(alice), 'ten stands for more').toBe(10);
  expect(await unread(bob)).toBe(0);
  expect(await unread(mallory)).toBe(0);
  await alice.client.rpc('mark_notifications_read');
  expect(await unread(alice)).toBe(0);
});

test('what is told by mail only is not counted', async () => {
  expect((await choose(bob, { session_lost: { app: false } })).error).toBeNull();
  await asRoot(`select private.notify($1, 'dm', 'session_lost', $2)`, [tenant, randomUUID()]);
  expect(await unread(bob)).toBe(0);
});

test('each role chooses among what it can hear of, money being for Owners', async () => {
  const kindsOf = async (who: SignedIn) => (await choicesOf(who)).kinds.map(({ kind }) => kind);
  expect(await kindsOf(carol)).toEqual(['ticket_answered']);
  expect(await kindsOf(bob)).toEqual([
    'session_failed',
    'session_lost',
    'session_warning',
    'quota_near',
    'voice_ready',
    'voice_failed',
    'ticket_answered',
  ]);
  const owners = await kindsOf(alice);
  expect(owners).toEqual(expect.arrayContaining(['payment_failed', 'plan_changed', 'trial_ending', 'invite_accepted']));
  expect(owners, 'no license where plans are sold').not.toContain('license_ending');
});

test('as given: everything here, money and failures by mail, nothing on Discord', async () => {
  const given = await choicesOf(mallory);
  expect(given).toMatchObject({ mail: true, discord: true });
  expect(given.kinds.every(({ app, discord }) => app && !discord)).toBe(true);
  expect(given.kinds.filter(({ mail }) => mail).map(({ kind }) => kind)).toEqual([
    'session_failed',
    'session_lost',
    'trial_ending',
    'payment_failed',
    'plan_paused',
    'plan_changed',
    'voice_failed',
  ]);
});

test('one switch leaves the others alone, also when two are turned at once', async () => {
  await Promise.all([
    choose(mallory, { session_failed: { mail: false } }),
    choose(mallory, { session_failed: { discord: true } }),
    choose(mallory, { quota_near: { mail: true } }),
  ]);
  const choices = await choicesOf(mallory);
  expect(wayOf(choices, 'session_failed')).toEqual({ kind: 'session_failed', app: true, mail: false, discord: true });
  expect(wayOf(choices, 'quota_near')).toMatchObject({ app: true, mail: true });
  const { data } = await choose(mallory, { session_failed: { mail: true } });
  expect(wayOf(data as Choices, 'session_failed')).toMatchObject({ mail: true, discord: true });
});

test.each([
  ['no object', 7],
  ['a kind that nobody knows', { gossip: { app: false } }],
  ['tests, which are asked for', { test: { app: false } }],
  ['a way that does not exist', { session_lost: { pigeon: true } }],
  ['anything but true and false', { session_lost: { mail: 'yes' } }],
  ['no ways at all', { session_lost: true }],
])('%s is refused, and nothing of it is kept', async (_, choices) => {
  const before = await choicesOf(carol);
  expect((await choose(carol, choices)).error).toMatchObject({ details: 'validation' });
  expect(await choicesOf(carol)).toEqual(before);
});

test('a test goes by mail when anything does', async () => {
  const erin = await newOwner('erin');
  const off = Object.fromEntries((await choicesOf(erin)).kinds.map(({ kind }) => [kind, { mail: false }]));
  await choose(erin, { ...off, license_ending: { mail: false } });
  await erin.client.rpc('send_test_notification');
  expect(await unread(erin)).toBe(1);
  await choose(erin, { quota_near: { mail: true } });
  await erin.client.rpc('send_test_notification');
  await newestMail(erin.person.email!);
  const mails = (await mailTo(erin.person.email!)).filter(({ subject }) => subject === 'This is a test');
  expect(mails).toHaveLength(1);
});

test('who is no longer Owner reads no more of the table’s money, also of before', async () => {
  const owner = await newOwner('alice');
  const { tenant: table } = await tenantOf(owner);
  await asRoot(`update mgmt.subscriptions set plan_id = 'guild', status = 'active' where tenant_id = $1`, [table]);
  const heir = await join(table, 'bob', 'dm');
  await asRoot(`delete from mgmt.notifications where tenant_id = $1`, [table]);
  await asRoot(`select private.notify($1, 'owner', 'payment_failed', $2)`, [table, randomUUID()]);
  await asRoot(`select private.notify($1, 'dm', 'session_failed', $2)`, [table, randomUUID()]);
  expect((await owner.client.rpc('send_test_notification')).error).toBeNull();
  const told = async ({ client }: SignedIn) =>
    (await client.from('notifications').select('kind').order('kind')).data!.map(({ kind }) => kind as string);
  expect(await told(owner)).toEqual(['payment_failed', 'session_failed', 'test']);
  expect(await unread(owner)).toBe(3);

  expect((await owner.client.rpc('transfer_ownership', { member: heir.userId })).error).toBeNull();
  expect(await told(owner)).toEqual(['session_failed', 'test']);
  expect(await unread(owner)).toBe(2);
  expect((await heir.client.rpc('set_member_role', { member: owner.userId, role: 'viewer' })).error).toBeNull();
  expect(await told(owner)).toEqual(['test']);
  expect(await unread(owner)).toBe(1);
});
