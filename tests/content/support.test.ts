// Tickets: who reads which, which state follows which, and that what support notes for itself is read by nobody.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asRoot, closeDatabase, story, refused } from '../lib/database.ts';
import type { SignedIn } from '../lib/people.ts';
import { call, type ContentTable, newContentTable, refusal, setPlan } from './table.ts';

let table: ContentTable;

beforeAll(async () => {
  table = await newContentTable();
});
afterAll(closeDatabase);

interface Ticket {
  id: string;
  status: string;
  priority: string;
}

const question = (fields: Record<string, unknown> = {}) => ({
  subject: 'The bot does not speak',
  category: 'bug',
  body: 'I started a session and heard nothing at all.',
  ...fields,
});
const open = (who: SignedIn, fields: Record<string, unknown> = {}) =>
  call<Ticket>(who, 'open_ticket', question(fields));

async function readable(who: SignedIn, ticket: string): Promise<{ ticket: boolean; messages: number }> {
  const [tickets, messages] = await Promise.all([
    who.client.from('support_tickets').select('id').eq('id', ticket),
    who.client.from('support_messages').select('id').eq('ticket_id', ticket),
  ]);
  return { ticket: tickets.data?.length === 1, messages: messages.data?.length ?? -1 };
}

test('members read their own tickets, the Owner all of the table, and nobody else any', async () => {
  const { id } = await open(table.carol);
  expect(await readable(table.carol, id)).toEqual({ ticket: true, messages: 1 });
  expect(await readable(table.alice, id)).toEqual({ ticket: true, messages: 1 });
  expect(await readable(table.bob, id)).toEqual({ ticket: false, messages: 0 });
  expect(await readable(table.mallory, id)).toEqual({ ticket: false, messages: 0 });
  for (const who of [table.bob, table.mallory])
    for (const name of ['reply_ticket', 'close_ticket', 'reopen_ticket'])
      expect(await refusal(who, name, { ticket: id, ...(name === 'reply_ticket' && { body: 'x' }) })).toMatchObject({
        status: 404,
        code: 'not_found',
      });
});

test('an answer waits for the person, whose reply opens it again', async () => {
  const { id } = await open(table.carol);
  await asRoot('select private.answer_ticket($1, $2)', [id, 'Is the bot in the channel?']);
  const status = async () =>
    (await asRoot<{ status: string }>('select status from mgmt.support_tickets where id = $1', [id]))[0]?.status;
  expect(await status()).toBe('waiting_on_user');
  await call(table.alice, 'reply_ticket', { ticket: id, body: '  It is now.  ' });
  expect(await status()).toBe('open');
  const { data } = await table.carol.client
    .from('support_messages')
    .select('author, from_support, body')
    .eq('ticket_id', id)
    .order('id');
  expect(data).toEqual([
    { author: table.carol.userId, from_support: false, body: question().body },
    { author: null, from_support: true, body: 'Is the bot in the channel?' },
    { author: table.alice.userId, from_support: false, body: 'It is now.' },
  ]);
  expect(
    await asRoot(
      `select count(*)::int from private.outbox where job = 'support.sync' and payload ->> 'ticket_id' = $1`,
      [id],
    ),
  ).toEqual([{ count: 2 }]);
});

test('what support notes for itself is in no answer', async () => {
  const { id } = await open(table.carol);
  const secret = `note ${randomUUID()}`;
  await asRoot('insert into private.support_facts (ticket_id, assigned_to, notes) values ($1, $2, $2)', [id, secret]);
  for (const who of [table.carol, table.alice])
    for (const name of ['support_tickets', 'support_messages']) {
      const { data } = await who.client.from(name).select('*');
      expect(JSON.stringify(data)).not.toContain(secret);
    }
  const direct = await table.alice.client.schema('private').from('support_facts').select('*');
  expect(direct.data).toBeNull();
});

test('priority is for plans that have it', async () => {
  expect(await open(table.bob, { priority: 'high' })).toMatchObject({ priority: 'high' });
  await setPlan(table.tenant, 'adventurer');
  for (const priority of ['high', 'urgent'])
    expect(await refusal(table.bob, 'open_ticket', question({ priority }))).toMatchObject({
      status: 402,
      code: 'feature_locked',
    });
  await setPlan(table.tenant, 'guild');
});

test.each([
  { subject: 'Help' },
  { subject: 'x'.repeat(141) },
  { body: 'Too short.' },
  { body: 'x'.repeat(10_001) },
  { category: 'other' },
  { priority: 'asap' },
  { context: ['page'] },
  { context: { page: 'x'.repeat(5000) } },
])('refuses %j, and makes nothing', async (fields) => {
  const count = () => asRoot('select count(*)::int from mgmt.support_tickets where tenant_id = $1', [table.tenant]);
  const before = await count();
  expect(await refusal(table.bob, 'open_ticket', question(fields))).toMatchObject({ status: 422, code: 'validation' });
  expect(await count()).toEqual(before);
});

test('a closed ticket takes no reply, and opens again for 14 days', () =>
  story(async (told) => {
    const alice = await told.owner('alice');
    const { id } = (
      await told.as<{ id: string }>(
        alice.id,
        `select * from mgmt.open_ticket('A subject', 'bug', 'Twenty characters or more.')`,
      )
    )[0]!;
    await told.as(alice.id, 'select mgmt.close_ticket($1)', [id]);
    expect(await refused(told.as(alice.id, `select mgmt.reply_ticket($1, 'One more')`, [id]))).toMatchObject({
      status: 409,
      code: 'conflict',
    });
    await told.clock('13 days 23 hours');
    expect(await told.as(alice.id, 'select status, closed_at from mgmt.reopen_ticket($1)', [id])).toEqual([
      { status: 'open', closed_at: null },
    ]);
    await told.as(alice.id, 'select mgmt.close_ticket($1)', [id]);
    await told.clock('27 days 23 hours 1 minute');
    expect(await refused(told.as(alice.id, 'select mgmt.reopen_ticket($1)', [id]))).toMatchObject({
      status: 410,
      code: 'gone',
    });
  }));

test('ten tickets an hour and no more', () =>
  story(async (told) => {
    const { id } = await told.owner('alice');
    const ask = () => told.as(id, `select mgmt.open_ticket('A subject', 'bug', 'Twenty characters or more.')`);
    for (let i = 0; i < 10; i++) await ask();
    expect(await refused(ask())).toMatchObject({ status: 429, code: 'rate_limited' });
  }));
