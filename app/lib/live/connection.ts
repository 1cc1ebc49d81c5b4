import { RealtimeClient } from '@supabase/realtime-js';
import { readRealtimeToken, SignedOut, type RealtimeToken } from '#lib/realtime/token.ts';

/** The token is renewed this long before it ends, so that the feed has no gap. */
const renewBeforeMs = 60_000;
/** Shorter than a table would wait for a sign that the line is cut. */
const heartbeatMs = 15_000;
const joinTimeoutMs = 8000;

export interface Watcher {
  id: string;
  name: string;
  role: string;
}

export interface ConnectionHandlers {
  joined: () => void;
  /** The channel or the socket is gone; called once, and nothing after it. */
  lost: (reason: unknown) => void;
  signedOut: () => void;
  line: (payload: unknown) => void;
  state: (payload: unknown) => void;
  npc: (payload: unknown) => void;
  watchers: (watchers: Watcher[]) => void;
}

/**
 * Joins the private topic of a session once. It never tries again by itself: when and how often is the feed's decision (feed.ts), and
 * every try is a socket of its own, so that no timer of an earlier one can meddle.
 *
 * @returns a function that leaves.
 */
export function connect(session: string, me: Watcher, on: ConnectionHandlers): () => void {
  let open = true;
  let client: RealtimeClient | null = null;
  let renewal: ReturnType<typeof setTimeout> | undefined;

  const leave = () => {
    open = false;
    clearTimeout(renewal);
    // Closing the socket leaves the channel and its presence; a leave of their own would wait for a reply that may never come.
    void client?.disconnect();
    client = null;
  };
  const lose = (reason: unknown) => {
    if (!open) return;
    leave();
    if (reason instanceof SignedOut) on.signedOut();
    else on.lost(reason);
  };

  const planRenewal = (access: RealtimeToken) => {
    const inMs = Math.max(5000, access.expires_at * 1000 - Date.now() - renewBeforeMs);
    renewal = setTimeout(() => {
      readRealtimeToken().then(async (next) => {
        if (!open) return;
        await client?.setAuth(next.access_token);
        planRenewal(next);
      }, lose);
    }, inMs);
  };

  const join = async () => {
    const access = await readRealtimeToken();
    if (!open) return;
    const endpoint = `${access.url.replace(/^http/, 'ws')}/realtime/v1`;
    client = new RealtimeClient(endpoint, {
      params: { apikey: access.key },
      heartbeatIntervalMs: heartbeatMs,
      timeout: joinTimeoutMs,
    });
    await client.setAuth(access.access_token);
    planRenewal(access);

    const channel = client.channel(`session:${session}`, { config: { private: true, presence: { key: me.id } } });
    channel.on('broadcast', { event: 'line' }, ({ payload }) => open && on.line(payload));
    channel.on('broadcast', { event: 'state' }, ({ payload }) => open && on.state(payload));
    channel.on('broadcast', { event: 'npc' }, ({ payload }) => open && on.npc(payload));
    channel.on('presence', { event: 'sync' }, () => {
      if (open) on.watchers(toWatchers(channel.presenceState()));
    });
    channel.subscribe((status, reason) => {
      if (!open) return;
      if (status === 'SUBSCRIBED') {
        on.joined();
        void channel.track({ name: me.name, role: me.role });
      } else {
        lose(reason ?? status);
      }
    });
  };
  join().catch(lose);
  return leave;
}

/** Presence by person: two devices of one person are one watcher. */
export function toWatchers(state: Record<string, { name?: unknown; role?: unknown }[]>): Watcher[] {
  return Object.entries(state)
    .map(([id, metas]) => {
      const { name, role } = metas[0] ?? {};
      return { id, name: typeof name === 'string' ? name : '', role: typeof role === 'string' ? role : '' };
    })
    .filter((watcher) => watcher.name !== '')
    .sort((a, b) => a.name.localeCompare(b.name));
}
