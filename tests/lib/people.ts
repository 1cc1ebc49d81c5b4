// People at Discord, and signing in as them by the real redirects.
import { randomBytes } from 'node:crypto';
import { createClient, type Session } from '@supabase/supabase-js';
import { stack } from './environment.ts';

/** An account at Discord. */
export interface Person {
  id: string;
  username: string;
  email: string | null;
  verified: boolean;
}

export interface SignedIn {
  person: Person;
  userId: string;
  session: Session;
  accessToken: string;
  /** Calls the API as this person; schema `mgmt`. */
  client: ApiClient;
}

export type ApiClient = ReturnType<typeof newClient>;

export interface NewPerson {
  global_name?: string | null;
  email?: string | null;
  verified?: boolean;
  avatar?: string | null;
  account_age_days?: number;
}

const cache = new Map<string, Promise<SignedIn>>();

/** A person nobody has seen before, whose name begins with `name`. */
export async function newPerson(name: string, fields: NewPerson = {}): Promise<Person> {
  const username = `${name}.${randomBytes(5).toString('hex')}`;
  return control<Person>('POST', '/people', { username, global_name: name, ...fields });
}

/** Changes what Discord says about a person from the next sign-in on. */
export async function changePerson(person: Person, fields: NewPerson & { username?: string }): Promise<void> {
  await control('PATCH', `/people/${person.id}`, fields);
}

/** Signs in through Discord (PKCE); once per person and test file. */
export function signIn(person: Person): Promise<SignedIn> {
  let signedIn = cache.get(person.id);
  if (!signedIn) {
    signedIn = signInAgain(person);
    cache.set(person.id, signedIn);
  }
  return signedIn;
}

/** A new person, signed in. */
export async function signInAsNew(name: string, fields?: NewPerson): Promise<SignedIn> {
  return signIn(await newPerson(name, fields));
}

/** Signs in through Discord with a session of its own; `headers` are sent with each call to the API. */
export async function signInAgain(person: Person, headers?: Record<string, string>): Promise<SignedIn> {
  const client = newClient(headers ? { headers } : {});
  const { data, error } = await client.auth.signInWithOAuth({
    provider: 'discord',
    options: { redirectTo: `${stack.appUrl}/auth/callback`, skipBrowserRedirect: true },
  });
  if (error) throw error;
  const target = new URL(await followSignIn(data.url, person));
  const code = target.searchParams.get('code');
  if (!code) throw new Error(`Signing in ended at ${target.href}`);
  const exchanged = await client.auth.exchangeCodeForSession(code);
  if (exchanged.error) throw exchanged.error;
  const { session, user } = exchanged.data;
  return { person, userId: user.id, session, accessToken: session.access_token, client };
}

/**
 * Walks from our `/authorize` over Discord's consent back to our `/callback`, as a browser would, and gives the address the
 * callback redirects to. `consent` false presses Cancel.
 */
export async function followSignIn(authorizeUrl: string, person: Person, consent = true): Promise<string> {
  const atDiscord = new URL(await redirectOf(authorizeUrl));
  if (consent) atDiscord.searchParams.set('as', person.id);
  else atDiscord.searchParams.set('deny', '1');
  return redirectOf(await redirectOf(atDiscord.href));
}

/** Where a page sends the browser; fails with its text when it does not. */
export async function redirectOf(url: string): Promise<string> {
  const answer = await fetch(url, { redirect: 'manual' });
  const location = answer.headers.get('location');
  const text = await answer.text();
  if (!location) throw new Error(`${new URL(url).pathname} answered ${answer.status} instead of a redirect: ${text}`);
  return new URL(location, url).href;
}

/** A client that nobody has signed in to; keeps its session in memory. */
export function newClient(options: { flow?: 'pkce' | 'implicit'; headers?: Record<string, string> } = {}) {
  const memory = new Map<string, string>();
  return createClient(stack.url, stack.publishableKey, {
    db: { schema: 'mgmt' },
    global: { headers: options.headers ?? {} },
    auth: {
      flowType: options.flow ?? 'pkce',
      autoRefreshToken: false,
      detectSessionInUrl: false,
      storage: {
        getItem: (key) => memory.get(key) ?? null,
        setItem: (key, value) => void memory.set(key, value),
        removeItem: (key) => void memory.delete(key),
      },
    },
  });
}

/** The Discord simulator's own API, which Discord has not. */
export async function control<T = unknown>(method: 'GET' | 'POST' | 'PATCH', path: string, body?: unknown): Promise<T> {
  const answer = await fetch(`${stack.discordUrl}/control${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  if (!answer.ok) throw new Error(`The Discord simulator answered ${answer.status} to ${path}: ${await answer.text()}`);
  return (answer.status === 204 ? undefined : await answer.json()) as T;
}

/** The next call of this kind that Auth makes to Discord for the person fails. */
export async function failAtDiscord(person: Person, route: 'token' | 'me'): Promise<void> {
  await control('POST', '/failures', { route, person_id: person.id });
}
