import type { App } from '@supabase/lite';
import { createTransport } from 'nodemailer';
import type { ApiConfig } from '../config.ts';
import { currentRequest } from '../request-context.ts';
import { type MailKind, renderMail } from './mail-template.ts';

export type Mailer = NonNullable<App['_mailer']>;

const sendMilliseconds = 10_000;

/** Sends the mails of Auth by SMTP, in the language of the request; undefined when no mail server is configured. */
export function createMailer(config: ApiConfig): Mailer | undefined {
  const { SMTP_HOST: host, SMTP_PORT: port = 587, SMTP_USER: user, SMTP_PASS: pass } = config;
  if (!host) return undefined;
  const transport = createTransport({
    host,
    port,
    secure: port === 465,
    ...(user ? { auth: { user, pass: pass ?? '' } } : {}),
    connectionTimeout: sendMilliseconds,
    greetingTimeout: sendMilliseconds,
    socketTimeout: sendMilliseconds,
  });

  async function send(kind: MailKind, to: string, tokenHash: string, code: string): Promise<void> {
    const language = currentRequest().headers['accept-language']?.toLowerCase().startsWith('de') ? 'de' : 'en';
    const mail = renderMail(kind, language, { code, link: link(config, kind, tokenHash), appUrl: config.APP_URL });
    await transport.sendMail({ from: config.SMTP_FROM, to, ...mail });
  }

  return {
    sendConfirmation: (to, tokenHash, code) => send('signup', to, tokenHash, code),
    sendMagicLink: (to, tokenHash, code) => send('magiclink', to, tokenHash, code),
    sendRecovery: (to, tokenHash, code) => send('recovery', to, tokenHash, code),
    // The library names the new address as well, but writes to the old one alone.
    async sendEmailChange(to, tokenHash, code, meta) {
      await send('email_change', to, tokenHash, code);
      if (meta?.newEmail && meta.newEmail !== to && meta.tokenHashNew && meta.tokenNew)
        await send('email_change', meta.newEmail, meta.tokenHashNew, meta.tokenNew);
    },
    sendReauthentication: (to, code) => send('reauthentication', to, '', code),
  };
}

/**
 * To a page of the app with a button, not to `/verify` itself: programs that look at the links in mails must not use them up,
 * and the link works in another browser than the one that asked for it.
 */
function link(config: ApiConfig, kind: MailKind, tokenHash: string): string | undefined {
  if (kind === 'reauthentication') return undefined;
  const page =
    kind === 'email_change'
      ? new URL('/auth/v1/verify', config.SUPABASE_URL)
      : new URL('/auth/confirm', config.APP_URL);
  const type = kind === 'signup' || kind === 'magiclink' ? 'email' : kind;
  page.search = new URLSearchParams({
    [kind === 'email_change' ? 'token' : 'token_hash']: tokenHash,
    type,
  }).toString();
  return page.href;
}
