import type { Handle } from '@sveltejs/kit/hooks';
import { readAccount } from '../account.ts';
import { createApi, currentSession } from '../session.ts';

/** Whose request it is. Cookies are refreshed here, before any page is made: afterwards they could no longer be sent. */
export const identity: Handle = async ({ event, resolve }) => {
  const { locals } = event;
  locals.api = createApi(event);
  locals.session = event.route.id === '/healthz' ? null : await currentSession(locals.api);
  let account: ReturnType<typeof readAccount> | undefined;
  locals.account = () => (account ??= readAccount(event));
  // Every page of these groups is somebody's: also those whose own load would ask for nothing.
  if (/^\/\((app|welcome)\)/.test(event.route.id ?? '') && !locals.session) await locals.account();
  return resolve(event);
};
