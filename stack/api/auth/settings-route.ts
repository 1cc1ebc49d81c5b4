import type { HonoContext } from '@supabase/lite';
import type { MiddlewareHandler } from 'hono';
import { providerName } from './external-sign-in.ts';
import { route } from './route.ts';

/** `/settings` lists the ways in; the library does not know of ours. */
export function settingsRoute(hasDiscord: boolean): MiddlewareHandler<HonoContext> {
  return route('GET', '/settings', async (context, next) => {
    await next();
    const settings = (await context.res.json()) as { external: Record<string, boolean> };
    settings.external[providerName] = hasDiscord;
    context.res = Response.json(settings);
  });
}
