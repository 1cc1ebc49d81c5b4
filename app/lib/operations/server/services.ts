import type { RequestEvent } from '@sveltejs/kit';
import { SUPABASE_PUBLISHABLE_KEY, SUPABASE_URL } from '$app/env/private';
import { reachable } from '#lib/server/api-address.ts';

/** One service as this server reached it just now. */
export interface Reached {
  service: 'sign_in' | 'files' | 'functions' | 'realtime';
  ok: boolean;
  ms: number;
}

const patienceMs = 3000;

/** Whether the parts that the app needs answer, and how fast, asked all at once. */
export function reachServices(event: RequestEvent): Promise<Reached[]> {
  const token = event.locals.session?.accessToken ?? '';
  const headers = { apikey: SUPABASE_PUBLISHABLE_KEY, authorization: `Bearer ${token}` };
  const ask = async (path: string) =>
    fetch(reachable(`${SUPABASE_URL}${path}`), { headers, signal: AbortSignal.timeout(patienceMs) });
  return Promise.all([
    timed('sign_in', async () => (await ask('/auth/v1/health')).ok),
    timed('files', async () => (await ask('/storage/v1/status')).ok),
    // There is no such session: a function that says so works.
    timed('functions', async () => (await ask('/functions/v1/sessions/none/status')).status === 404),
    timed('realtime', opensRealtime),
  ]);
}

async function timed(service: Reached['service'], isWell: () => Promise<boolean>): Promise<Reached> {
  const started = performance.now();
  // Whatever goes wrong on the way is the answer: it cannot be reached.
  const ok = await isWell().catch(() => false);
  return { service, ok, ms: Math.round(performance.now() - started) };
}

function opensRealtime(): Promise<boolean> {
  const address = reachable(`${SUPABASE_URL}/realtime/v1/websocket`).replace(/^http/, 'ws');
  const query = new URLSearchParams({ apikey: SUPABASE_PUBLISHABLE_KEY, vsn: '1.0.0' });
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = new WebSocket(`${address}?${query}`);
  const timer = setTimeout(() => resolve(false), patienceMs);
  socket.addEventListener('open', () => resolve(true));
  socket.addEventListener('error', () => resolve(false));
  return promise.finally(() => {
    clearTimeout(timer);
    socket.close();
  });
}
