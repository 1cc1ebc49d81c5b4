import { z } from 'zod';
import { requiredText } from '#domain/schemas/issue.ts';
import { expectDone } from '#lib/server/api.ts';
import { submit } from '#lib/server/form.ts';
import type { Actions } from './$types';

const profile = z.object({ display_name: requiredText(80) });

export const actions: Actions = {
  default: async ({ locals, request }) => {
    const input = { display_name: String((await request.formData()).get('display_name') ?? '') };
    const sent = await submit(profile, input, input, async (value) => {
      expectDone(await locals.api.rpc('update_profile', value));
    });
    return sent.failure ?? { saved: true };
  },
};
