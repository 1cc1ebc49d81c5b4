import { z } from 'zod';
import type { ProviderEmail, ProviderToken } from './library.ts';

const requestMilliseconds = 10_000;
const scopes = ['email', 'identify'];

export interface DiscordOptions {
  /** `https://discord.com`, or the simulator. */
  url: string;
  clientId: string;
  clientSecret: string;
  /** Ours, registered with the application at Discord. */
  redirectUri: string;
}

export interface ProviderUser {
  id: string;
  emails: ProviderEmail[];
  /** Goes into `auth.identities.identity_data` and the user's metadata. */
  claims: Record<string, unknown>;
}

const tokenAnswer = z.object({ access_token: z.string().min(1), refresh_token: z.string().optional() });
const userAnswer = z.object({
  id: z.string().min(1),
  username: z.string(),
  discriminator: z.string().default('0'),
  global_name: z.string().nullish(),
  avatar: z.string().nullish(),
  email: z.string().nullish(),
  verified: z.boolean().default(false),
});

/** Discord's OAuth 2 authorization code flow, with what Supabase Auth asks of it and keeps of it. */
export class DiscordProvider {
  readonly #options: DiscordOptions;
  readonly #api: string;

  constructor(options: DiscordOptions) {
    this.#options = options;
    this.#api = new URL('/api', options.url).href;
  }

  /** `extra` parameters are passed on, but never in the place of ours. */
  authorizeUrl(state: string, extraScopes: string | undefined, extra: Record<string, string>): string {
    const url = new URL('/oauth2/authorize', this.#options.url);
    url.search = new URLSearchParams({
      ...extra,
      client_id: this.#options.clientId,
      redirect_uri: this.#options.redirectUri,
      response_type: 'code',
      scope: [...scopes, ...(extraScopes ? extraScopes.split(',') : [])].join(' '),
      state,
    }).toString();
    return url.href;
  }

  async exchangeCode(code: string): Promise<ProviderToken> {
    const { clientId, clientSecret, redirectUri } = this.#options;
    const answer = await fetch(`${this.#api}/oauth2/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: redirectUri }),
      signal: AbortSignal.timeout(requestMilliseconds),
    });
    const { access_token, refresh_token } = tokenAnswer.parse(await jsonOf(answer, 'token'));
    return { access_token, ...(refresh_token ? { refresh_token } : {}) };
  }

  async user(token: ProviderToken): Promise<ProviderUser> {
    const answer = await fetch(`${this.#api}/users/@me`, {
      headers: { authorization: `Bearer ${token.access_token}` },
      signal: AbortSignal.timeout(requestMilliseconds),
    });
    const user = userAnswer.parse(await jsonOf(answer, 'users/@me'));
    const picture = avatarUrl(user);
    return {
      id: user.id,
      emails: user.email ? [{ email: user.email, verified: user.verified, primary: true }] : [],
      claims: {
        iss: this.#api,
        sub: user.id,
        name: `${user.username}#${user.discriminator}`,
        picture,
        full_name: user.username,
        avatar_url: picture,
        provider_id: user.id,
        custom_claims: { global_name: user.global_name ?? '' },
        ...(user.email ? { email: user.email } : {}),
        email_verified: Boolean(user.email) && user.verified,
        phone_verified: false,
      },
    };
  }
}

/** Discord's image addresses; one of five coloured defaults for a person without an avatar. */
function avatarUrl(user: { id: string; avatar?: string | null | undefined; discriminator: string }): string {
  if (!user.avatar) return `https://cdn.discordapp.com/embed/avatars/${Number(user.discriminator) % 5}.png`;
  const extension = user.avatar.startsWith('a_') ? 'gif' : 'png';
  return `https://cdn.discordapp.com/avatars/${user.id}/${user.avatar}.${extension}`;
}

async function jsonOf(answer: Response, what: string): Promise<unknown> {
  if (!answer.ok) {
    await answer.body?.cancel();
    throw new Error(`Discord answered ${answer.status} to ${what}`);
  }
  return answer.json();
}
