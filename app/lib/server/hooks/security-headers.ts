import type { Handle } from '@sveltejs/kit/hooks';
import { SUPABASE_URL } from '$app/env/private';

const headers = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
};

/** Headers of every page. The policy for content is Kit's (svelte.config.js); the API's origin is added to it here. */
export const securityHeaders: Handle = async ({ event, resolve }) => {
  const response = await resolve(event, {
    // The italic is rare; the two upright faces are on every page.
    preload: ({ type, path }) => type === 'js' || type === 'css' || (type === 'font' && !path.includes('italic')),
    filterSerializedResponseHeaders: () => false,
  });
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  if (event.url.protocol === 'https:') response.headers.set('strict-transport-security', 'max-age=31536000');
  // What a signed-in person sees belongs into no shared cache, and a new session cookie into none at all.
  if (response.headers.has('set-cookie')) response.headers.set('cache-control', 'private, no-store');
  else if (!response.headers.has('cache-control')) response.headers.set('cache-control', 'private, no-cache');

  const policy = response.headers.get('content-security-policy');
  if (policy) {
    const { origin } = new URL(SUPABASE_URL);
    const allowed = `connect-src 'self' ${origin} ${origin.replace(/^http/, 'ws')}`;
    response.headers.set('content-security-policy', policy.replace("connect-src 'self'", allowed));
  }
  return response;
};
