import { expect, test } from 'vitest';
import { stack } from '../lib/environment.ts';
import { newestMail } from '../lib/mailbox.ts';
import { changePerson, followSignIn, newClient, newPerson, signIn, signInAgain } from '../lib/people.ts';

async function discordTarget(person: Awaited<ReturnType<typeof newPerson>>): Promise<URL> {
  const { data } = await newClient().auth.signInWithOAuth({
    provider: 'discord',
    options: { redirectTo: `${stack.appUrl}/auth/callback`, skipBrowserRedirect: true },
  });
  return new URL(await followSignIn(data.url ?? '', person));
}

test('an account made by mail is found again by Discord’s verified address', async () => {
  const email = `alice.${crypto.randomUUID()}@example.test`;
  const client = newClient();
  await client.auth.signInWithOtp({ email });
  const { code } = await newestMail(email);
  const byMail = await client.auth.verifyOtp({ email, token: code ?? '', type: 'email' });
  expect(byMail.error).toBeNull();

  const byDiscord = await signIn(await newPerson('alice', { email: email.toUpperCase() }));
  expect(byDiscord.userId).toBe(byMail.data.user?.id);
  expect(byDiscord.session.user.identities?.map(({ provider }) => provider).sort()).toEqual(['discord', 'email']);
  expect(byDiscord.session.user.app_metadata).toEqual({ provider: 'email', providers: ['email', 'discord'] });
});

test('an address that nobody proved does not survive the sign-in of its owner', async () => {
  const email = `alice.${crypto.randomUUID()}@example.test`;
  const mallory = newClient();
  // Mallory signs up with Alice's address and a password, and never sees the mail.
  const signUp = await mallory.auth.signUp({ email, password: 'a long enough password' });
  expect(signUp.error).toBeNull();
  expect(signUp.data.session).toBeNull();

  const alice = await signIn(await newPerson('alice', { email }));
  expect(alice.session.user.identities?.map(({ provider }) => provider)).toEqual(['discord']);
  const { error } = await mallory.auth.signInWithPassword({ email, password: 'a long enough password' });
  expect(error?.code).toBe('invalid_credentials');
});

test('a password set with an unproven address does not survive a code by mail either', async () => {
  const email = `bob.${crypto.randomUUID()}@example.test`;
  const mallory = newClient();
  await mallory.auth.signUp({ email, password: 'a long enough password' });
  const bob = newClient();
  // The address had its first mail a moment ago; the second one has to wait for its turn.
  await expect
    .poll(async () => (await bob.auth.signInWithOtp({ email })).error?.code ?? 'sent', {
      interval: 500,
    })
    .toBe('sent');
  const { code } = await newestMail(email, 2);
  expect((await bob.auth.verifyOtp({ email, token: code ?? '', type: 'email' })).error).toBeNull();
  const { error } = await mallory.auth.signInWithPassword({ email, password: 'a long enough password' });
  expect(error?.code).toBe('invalid_credentials');
});

test('an address that Discord has not verified opens nobody’s account', async () => {
  const alice = await signIn(await newPerson('alice'));
  const target = await discordTarget(await newPerson('mallory', { email: alice.person.email, verified: false }));
  expect(target.searchParams.get('error')).toBe('access_denied');
  expect(target.searchParams.get('error_code')).toBe('provider_email_needs_verification');
});

test('an address typed in at Discord later, and never verified, gets nobody else’s sign-ins', async () => {
  const email = `alice.${crypto.randomUUID()}@example.test`;
  const mallory = await newPerson('mallory');
  const { userId } = await signIn(mallory);
  await changePerson(mallory, { email, verified: false });
  expect((await signInAgain(mallory)).userId).toBe(userId);

  const alice = await signIn(await newPerson('alice', { email }));
  expect(alice.userId).not.toBe(userId);
  expect(alice.session.user.email).toBe(email);
  // What was verified is hers and stays one account, also when she changes it there.
  const elsewhere = `alice.${crypto.randomUUID()}@example.test`;
  await changePerson(alice.person, { email: elsewhere, verified: true });
  await signInAgain(alice.person);
  expect((await signIn(await newPerson('alice', { email: elsewhere }))).userId).toBe(alice.userId);
});

test('a person without an address at Discord cannot sign in', async () => {
  const target = await discordTarget(await newPerson('carol', { email: null, verified: false }));
  expect(target.searchParams.get('error')).toBe('server_error');
  expect(target.searchParams.get('error_description')).toMatch(/email/i);
});
