import { REALTIME_SUBSCRIBE_STATES, RealtimeClient } from '@supabase/realtime-js';
import { readRealtimeToken, SignedOut, type RealtimeToken } from './token.ts';

export const changeKinds = [
  'session',
  'session_request',
  'campaign',
  'npc',
  'npc_aside',
  'campaign_npc',
  'character',
  'lore',
  'tenant',
  'member',
  'preference',
  'subscription',
  'invoice',
  'payment',
  'notification',
] as const;
export type ChangeKind = (typeof changeKinds)[number];

/** What happened to which row; its content is read under the person's own rights. */
export interface Change {
  kind: ChangeKind;
  id: string;
  op: 'insert' | 'update' | 'delete';
}

interface Handlers {
  change: (change: Change) => void;
  /** Joined, at first or after a break: changes since the page was made, or in between, were missed. */
  joined: () => void;
  signedOut: () => void;
}

/** Renewed at the last heartbeat that leaves more than a minute. */
const renewBeforeSeconds = 85;

/**
 * Joins `tenant:<id>` for as long as the signed-in pages are open. The client reconnects by itself; the token is asked for at each
 * heartbeat and renewed before it ends.
 *
 * @returns a function that leaves.
 */
export function followTenant(tenant: string, on: Handlers): () => void {
  let left = false;
  let token: RealtimeToken | null = null;
  let client: RealtimeClient | null = null;

  const freshToken = async (): Promise<string | null> => {
    if (!token || token.expires_at - Date.now() / 1000 < renewBeforeSeconds) token = await readRealtimeToken();
    return token.access_token;
  };

  const open = async () => {
    token = await readRealtimeToken();
    if (left) return;
    client = new RealtimeClient(`${token.url.replace(/^http/, 'ws')}/realtime/v1`, {
      params: { apikey: token.key },
      accessToken: () =>
        freshToken().catch((error: unknown) => {
          if (error instanceof SignedOut) on.signedOut();
          return null;
        }),
    });
    await client.setAuth();
    client
      .channel(`tenant:${tenant}`, { config: { private: true } })
      .on('broadcast', { event: 'change' }, ({ payload }) => {
        if (!left && isChange(payload)) on.change(payload);
      })
      .subscribe((status) => {
        if (!left && status === REALTIME_SUBSCRIBE_STATES.SUBSCRIBED) on.joined();
      });
  };

  open().catch((error: unknown) => {
    if (left) return;
    if (error instanceof SignedOut) on.signedOut();
    // Pages stay as they were loaded; the person moves on and reads anew.
    else console.warn('Live changes are off for this page.', error);
  });
  return () => {
    left = true;
    void client?.disconnect();
  };
}

function isChange(payload: unknown): payload is Change {
  return (
    typeof payload === 'object' &&
    payload !== null &&
    'kind' in payload &&
    changeKinds.some((kind) => kind === payload.kind) &&
    'id' in payload &&
    typeof payload.id === 'string'
  );
}
