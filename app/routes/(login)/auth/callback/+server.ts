import { redirect } from '@sveltejs/kit';
import { enter, exchangeCode } from '#lib/server/sign-in.ts';
import type { RequestHandler } from './$types';

/** Auth comes back here with a code that only the browser which started can exchange. */
export const GET: RequestHandler = async (event) => {
  const { searchParams } = event.url;
  const code = searchParams.get('code');
  if (!code) {
    const link = searchParams.get('error_code') === 'otp_expired';
    redirect(303, `/login?refused=${link ? 'link' : 'provider'}`);
  }
  const refused = await exchangeCode(event, code);
  if (refused === 'browser') redirect(303, '/login/code?refused=browser');
  if (refused) redirect(303, `/login?refused=${refused}`);
  redirect(303, await enter(event));
};
