// What people's and operators' forms and addresses answer to what no page of ours sends: a sentence and the right status, never a 500.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asRoot, closeDatabase } from '../lib/database.ts';
import { newPerson } from '../lib/people.ts';
import { newTable, type Table } from '../sessions/table.ts';
import { saidWrong, visitAs, type Visitor } from './visitor.ts';

let table: Table;
let owner: Visitor;
let player: Visitor;
let operator: Visitor;

beforeAll(async () => {
  const erin = await newPerson('Erin');
  [table, operator] = await Promise.all([newTable(), visitAs(erin)]);
  await asRoot('select private.grant_super_admin($1)', [erin.email]);
  [owner, player] = await Promise.all([visitAs(table.alice.person), visitAs(table.carol.person)]);
});
afterAll(closeDatabase);

type Fields = Record<string, string>;
type Sent = (readonly [string, string | File])[];

const file = () => new File(['hello'], 'hello.txt', { type: 'text/plain' });
/** Each makes of good fields something wrong, at this field. */
const spoiled: Record<string, (good: Sent, field: string) => Sent> = {
  missing: (good, field) => good.filter(([name]) => name !== field),
  empty: (good, field) => good.map(([name, value]) => [name, name === field ? '' : value]),
  'a file': (good, field) => good.map(([name, value]) => [name, name === field ? file() : value]),
  'with NUL': (good, field) => good.map(([name, value]) => [name, name === field ? `${value as string}\0` : value]),
  'far too long': (good, field) => good.map(([name, value]) => [name, name === field ? 'x'.repeat(5000) : value]),
};

const nobody = randomUUID();
const role = { member: nobody, role: 'dm', reason: 'Asked for', confirm: 'nobody' };
const invite = { role: 'viewer', who: '', valid_days: '7', note: '' };
const license = { table_id: 'outside', outside: 'on', licensee: 'Mill', months: '3', features: 'analytics' };

/** Who posts what where, and the fields that may not be wrong. */
const forms: [who: 'owner' | 'operator', path: string, good: Fields, judged: string[]][] = [
  ['owner', '/settings/profile', { display_name: 'Alice' }, ['display_name']],
  ['owner', '/settings/table?/save', { name: 'Ravens', contact_email: 'a@example.com' }, ['name', 'contact_email']],
  ['owner', '/settings/table?/delete', { confirm_name: 'not its name' }, ['confirm_name']],
  ['owner', '/settings/data?/delete', { confirm: 'nobody' }, ['confirm']],
  ['owner', '/settings/devices?/end', { session: 'this one' }, ['session']],
  [
    'owner',
    '/settings/notifications?/one',
    { kind: 'payment_failed', way: 'mail', wanted: 'true' },
    ['kind', 'way', 'wanted'],
  ],
  ['owner', '/team?/invite', invite, ['role', 'valid_days']],
  ['owner', '/team?/role', { member: nobody, role: 'dm' }, ['member', 'role']],
  ['owner', '/team?/remove', { member: nobody }, ['member']],
  ['owner', '/team?/revoke', { invite: nobody }, ['invite']],
  ['operator', '/admin/users?/role', role, ['member', 'role', 'reason', 'confirm']],
  ['operator', '/admin/licenses?/issue', license, ['table_id', 'licensee', 'months', 'features']],
];

test.each(forms)('%s posts nonsense to %s', async (who, path, good, judged) => {
  const visitor = who === 'owner' ? owner : operator;
  for (const field of judged) {
    for (const [how, spoil] of Object.entries(spoiled)) {
      const answer = await visitor.post(path, spoil(Object.entries(good), field));
      expect([404, 422], `${field}: ${how}`).toContain(answer.status);
      expect(saidWrong(answer), `${field}: ${how}`).not.toEqual([]);
      expect(answer.text, `${field}: ${how}`).not.toContain('[object File]');
    }
  }
});

test('of a field that comes twice, one counts', async () => {
  const answer = await owner.post('/settings/profile', [
    ['display_name', 'Alice'],
    ['display_name', ''],
  ]);
  expect(answer.status).toBe(200);
  const { data } = await table.alice.client.from('users').select('display_name').eq('id', table.alice.userId).single();
  expect(data).toEqual({ display_name: 'Alice' });
});

test.each<[string, Fields, number]>([
  ['/team?/invite', { ...invite, note: 'a\0b' }, 422],
  ['/team?/invite', { ...invite, who: 'nobody in particular' }, 422],
  ['/team?/invite', { ...invite, role: 'tenant_owner' }, 422],
  ['/team?/invite', { ...invite, valid_days: '99999999999' }, 422],
  ['/team?/role', { member: nobody, role: 'super_admin' }, 422],
  ['/settings/data?/leave', {}, 409],
])('%s refuses %o', async (path, fields, status) => {
  const answer = await owner.post(path, Object.entries(fields));
  expect(answer.status).toBe(status);
  expect(saidWrong(answer)).not.toEqual([]);
});

test('what is not the table’s own is not there', async () => {
  const other = await newTable();
  const [device] = await asRoot<{ id: string }>('select id from auth.sessions where user_id = $1', [
    other.alice.userId,
  ]);
  for (const path of ['/team?/remove', '/team?/role']) {
    const answer = await owner.post(path, [
      ['member', other.bob.userId],
      ['role', 'viewer'],
    ]);
    expect([path, answer.status]).toEqual([path, 404]);
    expect(saidWrong(answer)).not.toEqual([]);
  }
  await owner.post('/settings/devices?/end', [['session', device!.id]]);
  expect(await asRoot('select role from mgmt.users where id = $1', [other.bob.userId])).toEqual([{ role: 'dm' }]);
  expect(await asRoot('select 1 as open from auth.sessions where id = $1', [device!.id])).toEqual([{ open: 1 }]);
});

test('a Player’s posts to what Owners do change nothing', async () => {
  for (const [path, fields] of [
    ['/settings/table?/save', { name: 'Mine', contact_email: 'mine@example.com' }],
    ['/settings/table?/delete', { confirm_name: 'Mine' }],
    ['/team?/invite', invite],
    ['/team?/remove', { member: table.bob.userId }],
    ['/team?/role', { member: table.bob.userId, role: 'viewer' }],
  ] as const) {
    const answer = await player.post(path, Object.entries(fields));
    expect([path, answer.status]).toEqual([path, 403]);
  }
  const { data } = await table.bob.client.from('users').select('role').eq('id', table.bob.userId).single();
  expect(data).toEqual({ role: 'dm' });
});

const odd = encodeURIComponent('2026-02-31T00:00:00Z');
test.each([
  ['/audit', ['from=0000-01-01', 'from=2026-02-30', 'to=9999-12-31', 'after=1~1', `after=${odd}~1`, 'thing=%00']],
  ['/audit/export.csv', ['from=0000-01-01', 'to=9999-12-31']],
  ['/sessions', ['from=2026-02-30', 'to=9999-12-31', `after=${odd}~1`]],
  ['/notifications', [`after=1~${'a'.repeat(36)}`, `after=${odd}~${nobody}`, 'kind=toString']],
])('%s takes no notice of filters that cannot be', async (path, queries) => {
  for (const query of queries) expect([query, (await owner.get(`${path}?${query}`)).status]).toEqual([query, 200]);
});

test.each([
  ['/admin/audit', ['from=0000-01-01', 'to=9999-12-31', 'after=99999999999999999', 'table=%00']],
  ['/admin/audit/export.csv', ['to=9999-12-31']],
  ['/admin/tenants', ['q=%00', 'after=9:9~x', `after=${odd}~x`, 'filter=toString']],
  ['/admin/users', ['q=%00', 'after=T~x', 'member=x', `member=${nobody}`]],
  ['/admin/revenue', ['months=-1&currency=%00']],
])('%s takes no notice of what cannot be', async (path, queries) => {
  for (const query of queries) expect([query, (await operator.get(`${path}?${query}`)).status]).toEqual([query, 200]);
});

test('addresses of what cannot be lead to 404, and a broken invitation to its page', async () => {
  expect((await operator.get('/admin/tenants/%00')).status).toBe(404);
  expect((await operator.get('/admin/tenants/nowhere')).status).toBe(404);
  expect((await owner.get('/notifications/x')).status).toBe(404);
  for (const token of ['%00', 'x'.repeat(3000), '%E2%82%AC']) {
    expect((await owner.get(`/invite/${token}`)).location).toBe('/invite');
    expect((await owner.get('/invite')).status).toBe(200);
  }
});
