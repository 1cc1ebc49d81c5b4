import { error } from '@sveltejs/kit';
import { errorStatus } from '#domain/errors.ts';
import { intervalOf } from '#lib/billing/plan.ts';
import { readPlans } from '#lib/billing/server/billing.ts';
import type { Account } from '#lib/server/account.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
  const [plans, role] = await Promise.all([readPlans(locals.api), roleOf(locals)]);
  // An installation that sells nothing has no price list.
  if (plans.length === 0) error(errorStatus.not_found, 'not_found', { code: 'not_found' });
  return { plans, role, interval: intervalOf(url.searchParams) };
};

/** Who looks, as far as it is known: this page is for people without an account too, and sends nobody away. */
async function roleOf({ api, session }: App.Locals): Promise<Account['user']['role'] | null> {
  if (!session) return null;
  const { data } = await api.rpc('me');
  return (data as Account | null)?.user.role ?? null;
}
