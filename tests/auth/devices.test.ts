// A sign-in through the app is the person's: their address, device and language, not those of the app's server.
import { afterAll, expect, test } from 'vitest';
import { asRoot, closeDatabase } from '../lib/database.ts';
import { stack } from '../lib/environment.ts';
import { newPerson, type Person } from '../lib/people.ts';

afterAll(closeDatabase);

/** Signs in at the app as a browser with these headers would. */
async function signInAtApp(person: Person, headers: Record<string, string>): Promise<void> {
  const cookies = new Map<string, string>();
  let url = `${stack.appUrl}/login/discord`;
  for (let step = 0; step < 6; step++) {
    const atApp = url.startsWith(stack.appUrl);
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, { redirect: 'manual', headers: atApp ? { ...headers, cookie } : {} });
    await answer.text();
    if (atApp) {
      for (const line of answer.headers.getSetCookie()) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
        cookies.set(name!, value!);
      }
    }
    const location = answer.headers.get('location');
    if (!location) throw new Error(`${url} answered ${answer.status}`);
    const next = new URL(location, url);
    if (next.pathname === '/welcome/campaign') return;
    if (next.href.startsWith(stack.discordUrl)) next.searchParams.set('as', person.id);
    url = next.href;
  }
  throw new Error(`Signing in ended at ${url}`);
}

test('a session through the app has the address and the device of the person', async () => {
  const alice = await newPerson('alice');
  await signInAtApp(alice, {
    'user-agent': 'Mozilla/5.0 (Tablet at the table)',
    // The left entry is what alice made up, the right one what the proxy in front of the app saw.
    'x-forwarded-for': '198.51.100.1, 203.0.113.7',
  });
  const [session] = await asRoot(
    `select host(session.ip) as ip, session.user_agent
     from auth.sessions as session join auth.identities as identity using (user_id)
     where identity.provider_id = $1`,
    [alice.id],
  );
  expect(session).toEqual({ ip: '203.0.113.7', user_agent: 'Mozilla/5.0 (Tablet at the table)' });
});
