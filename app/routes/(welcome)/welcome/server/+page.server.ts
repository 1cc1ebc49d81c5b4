import { fail, redirect } from '@sveltejs/kit';
import { attempt } from '#lib/server/api.ts';
import { claimGuild, type Guild, readGuilds } from '#lib/server/discord.ts';
import { readOnboarding, requireOwner, stepsOf } from '#lib/server/onboarding.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  await requireOwner(event);
  event.depends('app:guilds');
  const { account, done } = await readOnboarding(event);
  const steps = stepsOf(account);
  if (!done.bot) return { steps, done, guilds: [] as Guild[], inviteUrl: null, problem: null };
  const read = await attempt(() => readGuilds(event));
  return {
    steps,
    done,
    guilds: read.ok ? read.value.guilds : [],
    inviteUrl: read.ok ? read.value.invite_url : null,
    problem: read.ok ? null : read.problem,
  };
};

export const actions: Actions = {
  default: async (event) => {
    await requireOwner(event);
    const guild = String((await event.request.formData()).get('guild') ?? '');
    const claimed = await attempt(() => claimGuild(event, guild));
    if (!claimed.ok) return fail(claimed.status, { problem: claimed.problem });
    redirect(303, '/welcome/npc');
  },
};
