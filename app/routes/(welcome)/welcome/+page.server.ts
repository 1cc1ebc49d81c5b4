import { isHttpError, redirect } from '@sveltejs/kit';
import { unwrapJson } from '#lib/server/api.ts';
import { deleteAccount, typedToDelete } from '#lib/server/delete-account.ts';
import { readOnboarding, stepsOf } from '#lib/server/onboarding.ts';
import type { Actions, PageServerLoad } from './$types';

/** To the first step that is open; who has no table is asked whether to make one. */
export const load: PageServerLoad = async (event) => {
  const { api } = event.locals;
  const { error } = await api.rpc('me');
  if (error?.details === 'no_account') return { typed: await typedToDelete(api) };
  const { account, done } = await readOnboarding(event).catch((refused: unknown) => {
    // Players have no first steps.
    if (isHttpError(refused) && refused.body.code === 'forbidden') redirect(303, '/dashboard');
    throw refused;
  });
  const next = stepsOf(account).find((step) => step === 'ready' || !done[step]) ?? 'ready';
  redirect(303, `/welcome/${next}`);
};

export const actions: Actions = {
  make: async ({ locals }) => {
    unwrapJson(await locals.api.rpc('ensure_account', { language: locals.language }));
    redirect(303, '/welcome/campaign');
  },
  delete: deleteAccount,
};
