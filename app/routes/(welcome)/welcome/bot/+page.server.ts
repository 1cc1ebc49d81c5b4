import { fail } from '@sveltejs/kit';
import { attempt, type Problem } from '#lib/server/api.ts';
import { storeBotToken } from '#lib/server/discord.ts';
import { readOnboarding, requireOwner, stepsOf } from '#lib/server/onboarding.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  await requireOwner(event);
  const { account, done } = await readOnboarding(event);
  return { steps: stepsOf(account), done, lastFour: account.tenant.bot_last_four };
};

const longest = 120;

export const actions: Actions = {
  // The token is never given back, not even when it was wrong.
  default: async (event) => {
    await requireOwner(event);
    const token = String((await event.request.formData()).get('token') ?? '').trim();
    const nothing = null as Problem | null;
    if (!token) return fail(422, { error: m.issue_required(), problem: nothing });
    if (token.length > longest) return fail(422, { error: m.welcome_bot_token_wrong(), problem: nothing });
    const stored = await attempt(() => storeBotToken(event, token));
    if (stored.ok) return { bot: stored.value };
    const { problem, status } = stored;
    if (problem.code === 'provider_refused' || problem.code === 'validation') {
      return fail(status, { error: m.welcome_bot_token_wrong(), problem: nothing });
    }
    return fail(status, { error: null, problem });
  },
};
