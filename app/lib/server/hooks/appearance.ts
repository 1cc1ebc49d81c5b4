import type { Handle } from '@sveltejs/kit/hooks';
import { paraglideMiddleware } from '#lib/paraglide/server.js';
import { dimGround, tableModeCookie } from '#lib/live/table-mode.ts';
import { isTheme, themeGround } from '#lib/theme.ts';

/** Language and theme of the page, from cookies, so that the first byte is right and nothing flashes. */
export const appearance: Handle = ({ event, resolve }) =>
  paraglideMiddleware(event.request, ({ locale }) => {
    const chosen = event.cookies.get('theme');
    const theme = isTheme(chosen) ? chosen : 'dark';
    event.locals.language = locale;
    event.locals.theme = theme;
    // At the dark table nothing may flash: the console comes dimmed, and remembers what it was for the pages after it.
    const dimmed = event.route.id === '/(app)/sessions/[s]/live' && event.cookies.get(tableModeCookie) === '1';
    const values: Record<string, string> = {
      '%app.language%': locale,
      '%app.theme%': dimmed ? `dark dim was-${theme}` : theme,
      '%app.scheme%': dimmed || theme === 'dark' ? 'dark' : theme === 'light' ? 'light' : 'dark light',
      '%app.ground%': dimmed ? dimGround : themeGround[theme],
    };
    return resolve(event, {
      transformPageChunk: ({ html }) => html.replace(/%app\.\w+%/g, (name) => values[name] ?? name),
    });
  });
