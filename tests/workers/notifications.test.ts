// Who is told what, by which way, once.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { asRoot, closeDatabase, refused } from '../lib/database.ts';
import { mailTo, newestMail } from '../lib/mailbox.ts';
import { control, type SignedIn } from '../lib/people.ts';
import { patience } from '../lib/patience.ts';
import { connectBot, join, newGuild, newOwner, tenantOf } from '../sessions/table.ts';

interface NotificationRow {
  id: string;
  kind: string;
  subject_id: string | null;
  data: Record<string, unknown>;
  read_at: string | null;
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

const notify = async (audience: string, kind: string, subject: string | null, data: object = {}) => {
  const [row] = await asRoot<{ told: number }>('select private.notify($1, $2, $3, $4, $5) as told', [
    tenant,
    audience,
    kind,
    subject,
    data,
  ]);
  return row!.told;
};

async function heard({ client }: SignedIn, kind: string): Promise<NotificationRow[]> {
  const { data, error } = await client.from('notifications').select('*').eq('kind', kind).order('created_at');
  if (error) throw error;
  return data as NotificationRow[];
}

async function prefer({ client }: SignedIn, notifications: object, language = 'en'): Promise<void> {
  const { error } = await client.rpc('update_preferences', { patch: { notifications, language } });
  if (error) throw error;
}

test('Dungeon Masters hear of sessions, everybody only of what concerns everybody', async () => {
  expect(await notify('dm', 'session_failed', 'first', { campaign: 'Rabenheim' })).toBe(2);
  expect((await heard(alice, 'session_failed'))[0]).toMatchObject({
    subject_id: 'first',
    data: { campaign: 'Rabenheim' },
    read_at: null,
  });
  expect(await heard(bob, 'session_failed')).toHaveLength(1);
  expect(await heard(carol, 'session_failed')).toEqual([]);
  expect(await heard(mallory, 'session_failed')).toEqual([]);
  expect(await notify('member', 'ticket_answered', 'a ticket')).toBe(3);
});

test('money is told to Owners only, whoever was meant', async () => {
  expect(await notify('member', 'payment_failed', 'in_1')).toBe(1);
  expect(await heard(alice, 'payment_failed')).toHaveLength(1);
  expect(await heard(bob, 'payment_failed')).toEqual([]);
});

test('the same subject is told once', async () => {
  expect(await notify('dm', 'session_lost', 'the same')).toBe(2);
  expect(await notify('dm', 'session_lost', 'the same')).toBe(0);
  expect(await heard(bob, 'session_lost')).toHaveLength(1);
});

test('one mail is sent, in the language of its reader, with everything that people wrote escaped', async () => {
  await prefer(alice, {}, 'de');
  await notify('owner', 'session_failed', randomUUID(), {
    campaign: '<img src=x>\r\nBcc: mallory@example.com',
    error: 'voice & text',
  });
  const mail = await vi.waitFor(async () => {
    const mails = await mailTo(alice.person.email!);
    const found = mails.filter(({ subject }) => subject.includes('<img'));
    expect(found).toHaveLength(1);
    return found[0]!;
  }, patience);
  expect(mail.subject).toBe('Eine Sitzung von <img src=x> Bcc: mallory@example.com ist schlecht zu Ende gegangen');
  expect(mail.to).toEqual([alice.person.email]);
  expect(mail.html).toContain('&lt;img src=x&gt;');
  expect(mail.html).toContain('voice &amp; text');
  expect(mail.html).not.toContain('<img');
  expect(mail.text).toContain('Der Sprachdienst sagt: voice & text');
});

test('a kind that is switched off everywhere tells nobody; by mail only it is not in the app', async () => {
  await prefer(bob, { invite_accepted: { app: false }, session_warning: { app: false, mail: true } });
  expect(await notify('dm', 'invite_accepted', 'nobody')).toBe(1);
  expect(await notify('dm', 'session_warning', 'by mail')).toBe(2);
  expect(await heard(bob, 'session_warning')).toEqual([]);
  const mail = await vi.waitFor(async () => {
    const [found] = (await mailTo(bob.person.email!)).filter(({ subject }) => subject.startsWith('Five minutes'));
    expect(found).toBeDefined();
    return found!;
  }, patience);
  expect(mail.text).toContain('/sessions/by%20mail');
});

test('nonsense in the preferences counts as nothing chosen', async () => {
  await prefer(bob, { plan_changed: 'maybe', session_failed: { app: 'often', mail: 3 } });
  expect(await notify('dm', 'session_failed', 'nonsense')).toBe(2);
});

test('an address that nobody confirmed gets no mail, and it is kept why', async () => {
  const dora = await join(tenant, 'dora', 'dm');
  await asRoot('update mgmt.users set email_verified = false where id = $1', [dora.userId]);
  await notify('dm', 'voice_failed', 'unconfirmed');
  await vi.waitFor(async () => {
    expect(
      await asRoot(
        `select outcome, reason from private.notification_deliveries d join mgmt.notifications n on n.id = d.notification_id
         where n.user_id = $1`,
        [dora.userId],
      ),
    ).toEqual([{ outcome: 'skipped', reason: 'address not confirmed' }]);
  }, patience);
  expect(await mailTo(dora.person.email!)).toEqual([]);
});

test('who asks for it gets a message on Discord from the table’s own bot', async () => {
  const guild = await newGuild(alice.person, [bob.person]);
  await connectBot(alice, [guild.id]);
  await prefer(alice, { session_lost: { discord: true, mail: false } });
  await notify('owner', 'session_lost', 'by message', { campaign: 'The *Hollow*' });
  const sent = await vi.waitFor(async () => {
    const messages = await control<{ content: string }[]>('GET', `/messages?person_id=${alice.person.id}`);
    expect(messages).toHaveLength(1);
    return messages[0]!;
  }, patience);
  expect(sent.content).toContain('No sign of life from a session of The \\*Hollow\\*');
});

test('people mark their own notifications as read, and nobody else’s', async () => {
  const [own] = await heard(bob, 'session_lost');
  const [foreign] = await heard(alice, 'session_lost');
  const { data } = await bob.client.rpc('mark_notifications_read', { ids: [own!.id, foreign!.id] });
  expect(data).toBe(1);
  expect((await heard(bob, 'session_lost'))[0]!.read_at).not.toBeNull();
  expect((await heard(alice, 'session_lost'))[0]!.read_at).toBeNull();
  const all = await alice.client.rpc('mark_notifications_read');
  expect(all.data).toBeGreaterThan(2);
  expect((await alice.client.rpc('mark_notifications_read')).data).toBe(0);
});

test('a test is sent to oneself, three times in ten minutes', async () => {
  for (let count = 1; count <= 3; count += 1) {
    expect((await carol.client.rpc('send_test_notification')).error).toBeNull();
  }
  expect((await carol.client.rpc('send_test_notification')).error).toMatchObject({ details: 'rate_limited' });
  await newestMail(carol.person.email!, 3);
  expect(await heard(alice, 'test')).toEqual([]);
});

test('an audience or kind that does not exist is refused', async () => {
  expect((await refused(notify('stranger', 'test', null))).message).toContain('audience');
  expect((await refused(notify('dm', 'gossip', null))).sqlstate).toBe('23514');
});
