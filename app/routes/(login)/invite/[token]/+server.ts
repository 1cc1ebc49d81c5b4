import { redirect } from '@sveltejs/kit';
import { canonicalUrl } from '#lib/server/sign-in.ts';
import { holdInvite, invitePath } from '#lib/server/invite-link.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = (event) => {
  const canonical = canonicalUrl(event);
  if (canonical) redirect(302, canonical, { external: [canonical.origin] });
  // What is no token leads to the same page, which then says that there is no such invitation.
  holdInvite(event, event.params.token.slice(0, 128));
  redirect(303, invitePath);
};
