import { type Context, Hono } from 'hono';
import { consentPage, errorPage } from './pages.ts';
import type { World } from './state.ts';

export interface Application {
  clientId: string;
  clientSecret: string;
}

/** Discord's OAuth 2 endpoints: consent, and codes for tokens. */
export function oauthRoutes(world: World, application: Application): { consent: Hono; token: Hono } {
  const consent = new Hono();
  const token = new Hono();

  consent.get('/oauth2/authorize', (context) => {
    const query = context.req.query();
    const scopes = (query['scope'] ?? '').split(/[ +]/).filter(Boolean);
    if (scopes.includes('bot')) return addBot(context, world, query);
    const redirectUri = query['redirect_uri'] ?? '';
    if (query['client_id'] !== application.clientId) return context.html(errorPage('Unknown application.'), 400);
    if (query['response_type'] !== 'code') return context.html(errorPage('Unsupported response type.'), 400);
    if (!isRegistered(redirectUri)) return context.html(errorPage('Invalid OAuth2 redirect_uri.'), 400);

    const target = new URL(redirectUri);
    if (query['state'] !== undefined) target.searchParams.set('state', query['state']);
    if (query['deny'] !== undefined) {
      target.searchParams.set('error', 'access_denied');
      target.searchParams.set('error_description', 'The resource owner or authorization server denied the request');
      return context.redirect(target.href);
    }
    if (query['as'] === undefined) return context.html(consentPage([...world.people.values()], query, scopes));
    const person = world.people.get(query['as']);
    if (!person) return context.html(errorPage('Unknown person.'), 404);
    const code = { personId: person.id, scopes, clientId: application.clientId, redirectUri };
    target.searchParams.set('code', world.issueCode(code));
    return context.redirect(target.href);
  });

  token.post('/oauth2/token', async (context) => {
    const form = new URLSearchParams(await context.req.text());
    const client = basicCredentials(context.req.header('authorization')) ?? {
      id: form.get('client_id'),
      secret: form.get('client_secret'),
    };
    if (client.id !== application.clientId || client.secret !== application.clientSecret)
      return context.json({ error: 'invalid_client' }, 401);
    const grant =
      form.get('grant_type') === 'authorization_code'
        ? world.redeemCode(form.get('code') ?? '', application.clientId, form.get('redirect_uri') ?? '')
        : form.get('grant_type') === 'refresh_token'
          ? world.redeemRefreshToken(form.get('refresh_token') ?? '')
          : 'unsupported';
    if (grant === 'unsupported') return context.json({ error: 'unsupported_grant_type' }, 400);
    if (!grant) return context.json({ error: 'invalid_grant', error_description: 'Invalid "code" in request.' }, 400);
    const failure = world.takeFailure('token', grant.personId);
    if (failure) return context.json({ message: 'Internal Server Error', code: 0 }, failure as 500);
    return context.json({ token_type: 'Bearer', ...world.issueTokens(grant), scope: grant.scopes.join(' ') });
  });

  return { consent, token };
}

/** The link that adds a bot to a server: which one is chosen on the page, or given as `guild_id` with `confirm`. */
function addBot(context: Context, world: World, query: Record<string, string>): Response | Promise<Response> {
  const bot = world.bots.get(query['client_id'] ?? '');
  if (!bot) return context.html(errorPage('Unknown application.'), 400);
  const guild = world.guilds.get(query['guild_id'] ?? '');
  if (!guild || query['confirm'] === undefined)
    return context.html(consentPage([], query, [], { bot, guilds: [...world.guilds.values()] }));
  world.addBotToGuild(bot.id, guild.id);
  return context.html(errorPage(`${bot.username} is now in ${guild.name}. You can close this page.`, 'Done'));
}

/** At Discord redirect addresses are registered; here everything on this machine is. */
function isRegistered(redirectUri: string): boolean {
  if (!URL.canParse(redirectUri)) return false;
  return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(redirectUri).hostname);
}

function basicCredentials(header: string | undefined): { id: string; secret: string } | undefined {
  const encoded = /^Basic (.+)$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const [id = '', ...secret] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  return { id, secret: secret.join(':') };
}
