import { redirect } from '@sveltejs/kit';
import { enter, openLink } from '#lib/server/sign-in.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ url }) => {
  const tokenHash = url.searchParams.get('token_hash');
  if (!tokenHash) redirect(303, '/login?refused=link');
  return { tokenHash };
};

export const actions: Actions = {
  // A press, not the opening of the page: programs that look at links in mails must not use them up.
  default: async (event) => {
    const tokenHash = String((await event.request.formData()).get('token_hash') ?? '');
    const refused = await openLink(event, tokenHash);
    if (refused) redirect(303, `/login?refused=${refused}`);
    redirect(303, await enter(event));
  },
};
