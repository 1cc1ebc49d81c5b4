import { redirect } from '@sveltejs/kit';
import { readProviders } from '#lib/server/sign-in.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
  if (locals.session) redirect(303, '/dashboard');
  return { providers: await readProviders() };
};
