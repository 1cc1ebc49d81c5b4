import type { Handle } from '@sveltejs/kit/hooks';
import { readAccount } from '../account.ts';
import { createApi, currentSession } from '../session.ts';

/** Whose request it is. Cookies are refreshed here, before any page is made: afterwards they could no longer be sent. */
export const identity: Handle = async ({ event, resolve }) => {
  const { locals } = event;
  locals.api = createApi(event);
  locals.session = event.route.id === '/healthz' ? null : await currentSession(locals.api);
  let account: ReturnType<typeof readAccount> | undefined;
  // What a form changes, the page that answers it shows already: only what just asks is remembered.
  const remembers = event.request.method !== 'POST';
  locals.account = () => (remembers ? (account ??= readAccount(event)) : readAccount(event));
  // Before anything of a signed-in page runs, the API has accepted the token: a refused session ends here, where its cookies can
  // still be taken away. /welcome itself, and what concerns the account alone, are also for those who have no table.
  const { id } = event.route;
  if (id === '/(welcome)/welcome' || id?.startsWith('/(account)/')) {
    if (!locals.session) await locals.account();
  } else if (/^\/\((app|welcome)\)/.test(id ?? '')) {
    await locals.account();
  }
  return resolve(event);
};
