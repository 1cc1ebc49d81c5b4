import { fail } from '@sveltejs/kit';
import { characterSchema } from '#domain/schemas/character.ts';
import { dependencies } from '#lib/realtime/refresh.ts';
import { requireRole } from '#lib/server/account.ts';
import { attempt } from '#lib/server/api.ts';
import { forgetCharacter, listPlayers, saveCharacter } from '#lib/server/characters.ts';
import { submit } from '#lib/server/form.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  event.depends(dependencies.characters, dependencies.sessions);
  await requireRole(event, 'dm');
  return { players: await listPlayers(event.locals.api, event.params.c), now: Date.now() };
};

export const actions: Actions = {
  save: async (event) => {
    await requireRole(event, 'dm');
    const data = await event.request.formData();
    const values = {
      discord_id: String(data.get('discord_id') ?? ''),
      name: String(data.get('name') ?? ''),
      aliases: data.getAll('aliases').flatMap((entry) => String(entry).split(/[\n,]/)),
      colour: String(data.get('colour') ?? ''),
    };
    const basedOn = String(data.get('based_on') ?? '');
    const sent = await submit(characterSchema, values, values, (input) =>
      saveCharacter(event.locals.api, event.params.c, basedOn, input),
    );
    return sent.failure ?? { saved: values.name, version: sent.value };
  },
  forget: async (event) => {
    await requireRole(event, 'dm');
    const data = await event.request.formData();
    const [person, basedOn] = [String(data.get('discord_id') ?? ''), String(data.get('based_on') ?? '')];
    const done = await attempt(() => forgetCharacter(event.locals.api, event.params.c, person, basedOn));
    return done.ok ? { forgotten: true } : fail(done.status, { values: null, errors: {}, problem: done.problem });
  },
};
