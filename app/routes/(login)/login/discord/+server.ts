import { redirect } from '@sveltejs/kit';
import { canonicalUrl, discordUrl, remember } from '#lib/server/sign-in.ts';
import type { RequestHandler } from './$types';

/** A link, not a form: the way leads over two other hosts, which `form-action 'self'` would stop. */
export const GET: RequestHandler = async (event) => {
  const canonical = canonicalUrl(event);
  if (canonical) redirect(302, canonical, { external: [canonical.origin] });
  remember(event, { next: event.url.searchParams.get('next') });
  const answer = await discordUrl(event);
  if ('refused' in answer) redirect(303, `/login?refused=${answer.refused}`);
  redirect(303, answer.url, { external: true });
};
