import type { Handle } from '@sveltejs/kit/hooks';
import { paraglideMiddleware } from '#lib/paraglide/server.js';
import { isTheme, themeGround } from '#lib/theme.ts';

/** Language and theme of the page, from cookies, so that the first byte is right and nothing flashes. */
export const appearance: Handle = ({ event, resolve }) =>
  paraglideMiddleware(event.request, ({ locale }) => {
    const chosen = event.cookies.get('theme');
    const theme = isTheme(chosen) ? chosen : 'dark';
    event.locals.language = locale;
    event.locals.theme = theme;
    const values: Record<string, string> = {
      '%app.language%': locale,
      '%app.theme%': theme,
      '%app.scheme%': theme === 'light' ? 'light' : theme === 'dark' ? 'dark' : 'dark light',
      '%app.ground%': themeGround[theme],
    };
    return resolve(event, {
      transformPageChunk: ({ html }) => html.replace(/%app\.\w+%/g, (name) => values[name] ?? name),
    });
  });
