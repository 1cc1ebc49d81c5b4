import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { refuse } from '#lib/server/api.ts';
import { saveAppearance } from '#lib/server/appearance.ts';
import { safePath } from '#lib/server/safe-path.ts';
import { locales } from '#lib/paraglide/runtime.js';
import { themes } from '#lib/theme.ts';
import type { RequestHandler } from './$types';

const form = z.object({
  theme: z.enum(themes).optional(),
  language: z.enum(locales).optional(),
  back: z.string().default('/'),
});

/** Theme or language for this browser, and for the account when somebody is signed in. Works as a plain form. */
export const POST: RequestHandler = async (event) => {
  const choice = form.safeParse(Object.fromEntries(await event.request.formData()));
  if (!choice.success) refuse('validation');
  const { theme, language, back } = choice.data;
  await saveAppearance(event, { ...(theme && { theme }), ...(language && { language }) });
  redirect(303, safePath(back, '/'));
};
