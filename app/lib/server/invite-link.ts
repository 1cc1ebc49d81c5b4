import type { RequestEvent } from '@sveltejs/kit';
import { APP_URL } from '$app/env/private';

/** Where the holder of an invitation reads it. */
export const invitePath = '/invite';

const name = 'invite';
/** What cannot be a token is asked nobody. */
const shape = /^[\w-]{1,128}$/;
/** Long enough to find the mail with the sign-in code. */
const seconds = 60 * 60;

/** The whole address that is handed to somebody. */
export function inviteLink(event: RequestEvent, token: string): string {
  return new URL(`${invitePath}/${token}`, APP_URL ?? event.url.origin).href;
}

/** Keeps a link's token out of the address bar, of history and of referrers. */
export function holdInvite(event: RequestEvent, token: string): void {
  event.cookies.set(name, token, {
    path: '/',
    maxAge: seconds,
    httpOnly: true,
    sameSite: 'lax',
    secure: event.url.protocol === 'https:',
  });
}

export function heldInvite(event: RequestEvent): string | null {
  const token = event.cookies.get(name) ?? '';
  return shape.test(token) ? token : null;
}

export function dropInvite(event: RequestEvent): void {
  event.cookies.delete(name, { path: '/' });
}
