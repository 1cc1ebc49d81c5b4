import { fail, redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { safePath } from '#lib/server/safe-path.ts';
import { canonicalUrl, readProviders, refusals, remember, sendMail } from '#lib/server/sign-in.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const next = event.url.searchParams.get('next');
  if (event.locals.session) redirect(303, safePath(next));
  const canonical = canonicalUrl(event);
  if (canonical) redirect(302, canonical, { external: [canonical.origin] });
  const refused = refusals.find((refusal) => refusal === event.url.searchParams.get('refused')) ?? null;
  return { next, refused, providers: await readProviders() };
};

const form = z.object({ email: z.email().max(254), next: z.string().optional() });

export const actions: Actions = {
  email: async (event) => {
    const input = Object.fromEntries(await event.request.formData());
    const email = String(input['email'] ?? '').trim();
    const parsed = form.safeParse({ ...input, email });
    if (!parsed.success) return fail(422, { email, refused: null });
    const refused = await sendMail(event, parsed.data.email);
    if (refused) return fail(refused === 'rate' ? 429 : 503, { email, refused });
    remember(event, { email: parsed.data.email, next: parsed.data.next ?? null });
    redirect(303, '/login/code');
  },
};
