import type { Preferences } from './server/account.ts';

/** Keeps a choice with the account, in the background: the page shows it already. */
export async function keepPreferences(patch: Partial<Preferences>): Promise<void> {
  await fetch('/api/preferences', {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(patch),
    keepalive: true,
  });
}
