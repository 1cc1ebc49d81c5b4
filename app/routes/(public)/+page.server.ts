import { redirect } from '@sveltejs/kit';
import { readProviders } from '#lib/server/sign-in.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
  if (locals.session) redirect(303, '/dashboard');
  const [providers, plans] = await Promise.all([
    readProviders(),
    locals.api.from('subscription_plans').select('id', { count: 'exact', head: true }),
  ]);
  // Without plans, or without an answer, the page does without its link to the prices.
  return { providers, sells: (plans.count ?? 0) > 0 };
};
