import type { HonoContext } from '@supabase/lite';
import type { MiddlewareHandler } from 'hono';
import type { ApiConfig } from '../config.ts';
import { log } from '../log.ts';
import { asOAuthError, AuthError, errorRedirect } from './auth-error.ts';
import { DiscordProvider } from './discord.ts';
import { finishSignIn, providerName, startSignIn } from './external-sign-in.ts';
import { route } from './route.ts';

/** `/authorize` and `/callback` for Discord; other providers are the library's. None without Discord's credentials. */
export function discordRoutes(config: ApiConfig): MiddlewareHandler<HonoContext>[] {
  if (!config.DISCORD_CLIENT_ID || !config.DISCORD_CLIENT_SECRET) return [];
  const provider = new DiscordProvider({
    url: config.DISCORD_URL,
    clientId: config.DISCORD_CLIENT_ID,
    clientSecret: config.DISCORD_CLIENT_SECRET,
    redirectUri: `${new URL(config.SUPABASE_URL).origin}/auth/v1/callback`,
  });
  return [authorize(provider), callback(provider)];
}

function authorize(provider: DiscordProvider): MiddlewareHandler<HonoContext> {
  return route('GET', '/authorize', async (context, next) => {
    const query = context.req.query();
    if (query['provider']?.toLowerCase() !== providerName) return next();
    const location = await startSignIn(context.get('authService'), provider, query, context.req.header('referer'));
    return context.redirect(location, 302);
  });
}

function callback(provider: DiscordProvider): MiddlewareHandler<HonoContext> {
  return route('GET', '/callback', async (context, next) => {
    const service = context.get('authService');
    const query = context.req.query();
    // A state that is unknown, used or too old stays the library's to refuse.
    const flow = await service.loadOAuthFlowState(query['state']).catch(() => undefined);
    if (flow?.provider_type !== providerName) return next();
    const target = service.resolveOAuthRedirectTarget(flow);
    if (query['error']) {
      await service.repo.deleteFlowState(flow.id);
      const description = query['error_description'] ?? '';
      return context.redirect(errorRedirect(target, { error: query['error'], description }), 302);
    }
    try {
      const allowSignUp = context.get('app').config.auth?.enable_signup !== false;
      const { redirectUrl } = await finishSignIn(service, provider, flow, query['code'], { allowSignUp });
      return context.redirect(redirectUrl, 302);
    } catch (error) {
      const cause = error instanceof AuthError ? error.cause : error;
      if (cause) log('warn', 'sign-in with a provider failed', { provider: providerName, error: String(cause) });
      return context.redirect(errorRedirect(target, asOAuthError(error)), 302);
    }
  });
}
