import { fail, redirect } from '@sveltejs/kit';
import { enter, enterCode, refusals, rememberedEmail, sendMail } from '#lib/server/sign-in.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = (event) => {
  const email = rememberedEmail(event);
  if (!email) redirect(303, '/login?refused=browser');
  const refused = refusals.find((refusal) => refusal === event.url.searchParams.get('refused')) ?? null;
  return { email: masked(email), refused };
};

export const actions: Actions = {
  enter: async (event) => {
    const email = rememberedEmail(event);
    if (!email) redirect(303, '/login');
    const code = String((await event.request.formData()).get('code') ?? '').replace(/\s/g, '');
    if (!/^\d{6}$/.test(code)) return fail(422, { code, shape: true });
    const refused = await enterCode(event, email, code);
    if (refused) return fail(refused === 'rate' ? 429 : 422, { code, refused });
    redirect(303, await enter(event));
  },
  resend: async (event) => {
    const email = rememberedEmail(event);
    if (!email) redirect(303, '/login');
    const refused = await sendMail(event, email);
    return refused ? fail(refused === 'rate' ? 429 : 503, { refused }) : { sent: true };
  },
};

/** m…@example.com: enough to know one's own address, too little to read over a shoulder. */
function masked(email: string): string {
  const at = email.lastIndexOf('@');
  return `${email.slice(0, 1)}…${email.slice(at)}`;
}
