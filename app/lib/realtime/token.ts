/** What `/api/realtime-token` answers. */
export interface RealtimeToken {
  /** Origin of the API; Realtime lies at /realtime/v1. */
  url: string;
  key: string;
  access_token: string;
  /** Seconds since 1970. Always more than a minute ahead. */
  expires_at: number;
}

/** Nobody is signed in any more, so there is nothing to listen to. */
export class SignedOut extends Error {}

/** @throws SignedOut, or as fetch does. */
export async function readRealtimeToken(): Promise<RealtimeToken> {
  const response = await fetch('/api/realtime-token', { headers: { accept: 'application/json' }, cache: 'no-store' });
  if (response.status === 401 || response.redirected) throw new SignedOut();
  if (!response.ok) throw new Error(`/api/realtime-token: ${response.status}`);
  return (await response.json()) as RealtimeToken;
}
