import type { RequestEvent } from '@sveltejs/kit';
import type { Theme } from '#lib/theme.ts';
import { expectDone } from './api.ts';

const year = 60 * 60 * 24 * 365;

interface Appearance {
  theme?: Theme;
  language?: 'en' | 'de';
}

/** Keeps the choice where the next page finds it before it asks anybody: in cookies; and with the account, for other devices. */
export async function saveAppearance(event: RequestEvent, appearance: Appearance): Promise<void> {
  rememberAppearance(event, appearance);
  if (event.locals.session) expectDone(await event.locals.api.rpc('update_preferences', { patch: { ...appearance } }));
}

/** The cookies alone. `lax` and readable: they hold nothing secret. */
export function rememberAppearance({ cookies, url }: RequestEvent, { theme, language }: Appearance): void {
  const options = {
    path: '/',
    maxAge: year,
    sameSite: 'lax',
    httpOnly: false,
    secure: url.protocol === 'https:',
  } as const;
  if (theme) cookies.set('theme', theme, options);
  if (language) cookies.set('language', language, options);
}
