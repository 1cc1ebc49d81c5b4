import { redirect } from '@sveltejs/kit';
import type { RequestHandler } from './$types';

/** Ends this browser's session, at Auth too. Other devices stay signed in. */
export const POST: RequestHandler = async ({ locals }) => {
  await locals.api.auth.signOut({ scope: 'local' });
  redirect(303, '/login');
};
