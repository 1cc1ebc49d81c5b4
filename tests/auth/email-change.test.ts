import { expect, test } from 'vitest';
import { mailTo, newestMail } from '../lib/mailbox.ts';
import { newPerson, signIn, type SignedIn } from '../lib/people.ts';
import { request } from '../lib/requests.ts';

const newAddress = () => `carol.${crypto.randomUUID()}@example.test`;

async function carolAsksFor(address: string): Promise<SignedIn> {
  const carol = await signIn(await newPerson('carol', { email: newAddress() }));
  const { error } = await carol.client.auth.updateUser({ email: address });
  expect(error).toBeNull();
  return carol;
}

const addressOf = async (person: SignedIn) => (await person.client.auth.getUser(person.accessToken)).data.user?.email;

/** Follows the newest mail's link; the fragment of the page it ends at. */
async function follow(address: string): Promise<URLSearchParams> {
  const link = new URL((await newestMail(address)).link ?? '');
  const answer = await request(link.pathname + link.search, { key: null });
  expect(answer.status).toBe(303);
  return new URLSearchParams(new URL(answer.headers.get('location') ?? '').hash.slice(1));
}

test.each(['the old mailbox first', 'the new mailbox first'])(
  'a new address needs both mailboxes: %s',
  async (order) => {
    const address = newAddress();
    const carol = await carolAsksFor(address);
    const boxes = [carol.person.email!, address];
    if (order.includes('new mailbox first')) boxes.reverse();

    const first = await follow(boxes[0]!);
    expect(first.get('message')).toMatch(/other email/);
    expect(first.has('access_token')).toBe(false);
    expect(await addressOf(carol)).toBe(carol.person.email);
    // Again is not both.
    expect((await follow(boxes[0]!)).get('error_code')).toBe('otp_expired');
    expect(await addressOf(carol)).toBe(carol.person.email);

    await follow(boxes[1]!);
    expect(await addressOf(carol)).toBe(address);
  },
);

test('codes do what the links do', async () => {
  const address = newAddress();
  const carol = await carolAsksFor(address);
  for (const email of [carol.person.email!, address]) {
    const { code } = await newestMail(email);
    expect(await addressOf(carol)).toBe(carol.person.email);
    const { error } = await carol.client.auth.verifyOtp({ type: 'email_change', email, token: code ?? '' });
    expect(error).toBeNull();
  }
  expect(await addressOf(carol)).toBe(address);
});

test('a later wish makes the links of an earlier one worthless', async () => {
  const [own, foreign] = [newAddress(), newAddress()];
  const carol = await carolAsksFor(own);
  // Mallory’s trick: agree twice for an own address, then name another.
  await follow(carol.person.email!);
  expect((await carol.client.auth.updateUser({ email: foreign })).error).toBeNull();
  expect((await follow(own)).get('error_code')).toBe('otp_expired');
  expect(await addressOf(carol)).toBe(carol.person.email);
  expect(await mailTo(foreign)).toHaveLength(1);
});

test('an address that somebody got meanwhile stays theirs', async () => {
  const address = newAddress();
  const carol = await carolAsksFor(address);
  const owner = await signIn(await newPerson('dora', { email: address }));
  await follow(carol.person.email!);
  expect((await follow(address)).get('error_code')).toBe('email_exists');
  expect([await addressOf(carol), await addressOf(owner)]).toEqual([carol.person.email, address]);
});
