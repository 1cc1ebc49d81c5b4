import type { RequestEvent } from '@sveltejs/kit';

/**
 * Who is behind a call that this server makes for somebody: address, device and language, so that limits, lists of devices and
 * mails are about the person and not about this server. The API believes the address because it comes from this machine, and reads
 * it from the right: what the person's own proxy claims stands further left.
 */
export function personHeaders(event: RequestEvent): Record<string, string> {
  const { headers } = event.request;
  const forwarded = [headers.get('x-forwarded-for'), event.getClientAddress()].filter(Boolean).join(', ');
  const userAgent = headers.get('user-agent');
  return {
    'x-forwarded-for': forwarded,
    'accept-language': event.locals.language,
    ...(userAgent && { 'user-agent': userAgent }),
  };
}
