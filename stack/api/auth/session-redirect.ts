import type { Session } from './library.ts';

/** Where a link of a mail leads: the session in the fragment, which no server sees. */
export function sessionRedirect(target: string, session: Session, type: string): string {
  const fragment = new URLSearchParams({
    access_token: session.access_token,
    expires_at: String(session.expires_at),
    expires_in: String(session.expires_in),
    refresh_token: session.refresh_token,
    sb: '',
    token_type: session.token_type,
    type,
  });
  return `${target}#${fragment.toString()}`;
}
