import { App } from '@supabase/lite';
import { PostgresConnection } from '@supabase/lite/postgres';
import type { ApiConfig } from '../config.ts';
import { jsonWrittenOnce } from '../rest/json-type.ts';
import { adminRoutes } from './admin-routes.ts';
import { emailRoutes } from './email-routes.ts';
import { emailChangeRoutes } from './email-change.ts';
import { discordRoutes } from './external-routes.ts';
import { createMailer } from './mailer.ts';
import { provenLinks } from './proven-links.ts';
import { refreshRoute } from './refresh-route.ts';
import { sessionFacts } from './session-facts.ts';
import { settingsRoute } from './settings-route.ts';

/** Design, section 2: access tokens 15 minutes; a session ends when its refresh token was not used for 7 days. */
const accessTokenSeconds = 15 * 60;
const refreshTokenLifetime = `${7 * 24}h`;
const codeSeconds = 15 * 60;
/** Signing in is rare next to reading. */
const poolSize = 4;

/** Supabase Auth: the library's, as the role that owns `auth`, with Discord as a further provider. */
export class AuthApi {
  readonly #app: App;
  readonly #connection: PostgresConnection;

  private constructor(app: App, connection: PostgresConnection) {
    this.#app = app;
    this.#connection = connection;
  }

  static async start(config: ApiConfig): Promise<AuthApi> {
    const connection = new PostgresConnection({
      url: config.AUTH_DATABASE_URL,
      postgresOptions: {
        max: poolSize,
        idle_timeout: 60,
        connection: { application_name: 'glyphoxa-auth' },
        onnotice: () => undefined,
        // Times as Supabase Auth writes them, instead of Postgres' own form.
        types: {
          timestamptz: {
            to: 1184,
            from: [1184],
            serialize: (value: unknown) => String(value),
            parse: (value: string) => new Date(value).toISOString(),
          },
          jsonb: jsonWrittenOnce,
        },
      },
    });
    const discord = discordRoutes(config);
    const app = new App({
      connection,
      api: { enabled: false, external_url: config.SUPABASE_URL },
      storage: { enabled: false },
      studio: { enabled: false },
      auth: {
        enabled: true,
        jwt_secret: config.SUPABASE_JWT_SECRET,
        jwt_expiry: accessTokenSeconds,
        enable_refresh_token_rotation: true,
        sessions: { inactivity_timeout: refreshTokenLifetime },
        site_url: config.APP_URL,
        additional_redirect_urls: [`${new URL(config.APP_URL).origin}/**`],
        minimum_password_length: 10,
        email: {
          enable_signup: config.SMTP_HOST !== undefined,
          // Off, every address would count as proven, and an unproven one at a provider would open somebody else's account.
          enable_confirmations: true,
          otp_length: 6,
          otp_expiry: codeSeconds,
        },
        external: {
          github: credentials(config.GITHUB_CLIENT_ID, config.GITHUB_CLIENT_SECRET),
          google: credentials(config.GOOGLE_CLIENT_ID, config.GOOGLE_CLIENT_SECRET),
        },
      },
      options: {
        server: {
          disableStudio: true,
          admin: false,
          apiKeys: false,
          middlewares: [
            sessionFacts(config),
            provenLinks,
            refreshRoute(),
            settingsRoute(discord.length > 0),
            ...discord,
            ...emailChangeRoutes(codeSeconds),
            ...emailRoutes(config),
            adminRoutes,
          ],
        },
      },
    }) as unknown as App;
    const mailer = createMailer(config);
    if (mailer) app._mailer = mailer;
    await app.init();
    return new AuthApi(app, connection);
  }

  fetch(request: Request): Promise<Response> {
    return this.#app.fetch(request);
  }

  async healthy(): Promise<boolean> {
    return this.#connection.driver`select 1`.then(
      () => true,
      () => false,
    );
  }

  async close(): Promise<void> {
    await this.#connection.driver.end({ timeout: 3 });
  }
}

function credentials(id: string | undefined, secret: string | undefined) {
  return id && secret ? { enabled: true, client_id: id, secret } : { enabled: false };
}
