import { createClient } from '@supabase/supabase-js';

export interface DemoStack {
  apiUrl: string;
  appUrl: string;
  publishableKey: string;
}

async function redirectOf(url: string): Promise<string> {
  const answer = await fetch(url, { redirect: 'manual' });
  const location = answer.headers.get('location');
  if (!location) throw new Error(`${new URL(url).pathname} answered ${answer.status}: ${await answer.text()}`);
  return new URL(location, url).href;
}

/** Signs a person of the Discord simulator in by the redirects a browser would follow; a client that acts as them. */
export async function signInAs(discordId: string, stack: DemoStack) {
  const memory = new Map<string, string>();
  const client = createClient(stack.apiUrl, stack.publishableKey, {
    db: { schema: 'mgmt' },
    auth: {
      flowType: 'pkce',
      autoRefreshToken: false,
      detectSessionInUrl: false,
      storage: {
        getItem: (key) => memory.get(key) ?? null,
        setItem: (key, value) => void memory.set(key, value),
        removeItem: (key) => void memory.delete(key),
      },
    },
  });
  const { data, error } = await client.auth.signInWithOAuth({
    provider: 'discord',
    options: { redirectTo: `${stack.appUrl}/auth/callback`, skipBrowserRedirect: true },
  });
  if (error) throw error;
  const consent = new URL(await redirectOf(data.url));
  consent.searchParams.set('as', discordId);
  const target = new URL(await redirectOf(await redirectOf(consent.href)));
  const code = target.searchParams.get('code');
  if (!code) throw new Error(`Signing in ended at ${target.href}`);
  const exchanged = await client.auth.exchangeCodeForSession(code);
  if (exchanged.error) throw exchanged.error;
  return client;
}
