import { readOnboarding, stepsOf } from '#lib/server/onboarding.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const { account, done } = await readOnboarding(event);
  return { steps: stepsOf(account), done };
};
