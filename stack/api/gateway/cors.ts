import { isLoopbackHostname } from '@supabase/lite';

const methods = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS';
const requestHeaders = [
  'authorization',
  'apikey',
  'content-type',
  'cache-control',
  'prefer',
  'range',
  'range-unit',
  'accept',
  'accept-profile',
  'content-profile',
  'x-client-info',
  'x-upsert',
  'x-metadata',
  'x-region',
  'x-request-id',
  'x-supabase-api-version',
].join(', ');
const responseHeaders = [
  'content-range',
  'content-location',
  'location',
  'preference-applied',
  'retry-after',
  'x-request-id',
  'x-supabase-api-version',
].join(', ');
const preflightSeconds = 3_600;

/**
 * Which pages may read our answers: those of the app, and any on this machine. Supabase's gateway allows every origin; its answers
 * hold nothing that a key would not give anyway, and neither do ours, but an allow list keeps a stolen publishable key from being
 * built into somebody else's page.
 */
export function corsHeaders(origin: string | undefined, appUrl: string): Record<string, string> {
  if (origin === undefined) return { vary: 'Origin' };
  if (!isAllowed(origin, appUrl)) return { vary: 'Origin' };
  return {
    vary: 'Origin',
    'access-control-allow-origin': origin,
    'access-control-expose-headers': responseHeaders,
  };
}

/** Further headers of the answer to a preflight. */
export function preflightHeaders(): Record<string, string> {
  return {
    'access-control-allow-methods': methods,
    'access-control-allow-headers': requestHeaders,
    'access-control-max-age': String(preflightSeconds),
  };
}

function isAllowed(origin: string, appUrl: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, hostname } = new URL(origin);
  if (protocol !== 'http:' && protocol !== 'https:') return false;
  return origin === new URL(appUrl).origin || isLoopbackHostname(hostname);
}
