import { SUPABASE_PUBLISHABLE_KEY, SUPABASE_URL } from '$app/env/private';
import { errorStatus } from '#domain/errors.ts';
import type { RealtimeToken } from '#lib/realtime/token.ts';
import type { RequestHandler } from './$types';

/**
 * What the browser needs to join Realtime, and for nothing else: it stays in memory. Only our own pages may ask; a browser says
 * itself where a request comes from, so another site's page cannot pretend.
 */
export const GET: RequestHandler = ({ locals, request }) => {
  const refuse = (code: 'forbidden' | 'signed_out') =>
    Response.json(
      { code, request_id: locals.requestId },
      { status: errorStatus[code], headers: { 'cache-control': 'no-store' } },
    );
  if ((request.headers.get('sec-fetch-site') ?? 'same-origin') !== 'same-origin') return refuse('forbidden');
  if (!locals.session) return refuse('signed_out');
  const token: RealtimeToken = {
    url: SUPABASE_URL,
    key: SUPABASE_PUBLISHABLE_KEY,
    access_token: locals.session.accessToken,
    expires_at: locals.session.expiresAt,
  };
  return Response.json(token, { headers: { 'cache-control': 'no-store' } });
};
