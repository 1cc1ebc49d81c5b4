import type { IncomingMessage } from 'node:http';

/**
 * Address of the person behind a request. `X-Forwarded-For` is believed from a loopback peer only (the app's server, or a
 * reverse proxy on this machine), and there from the right: the last entry that is not loopback is what the outermost of our own
 * proxies saw. Anything further left may be invented.
 */
export function clientAddress(request: IncomingMessage): string {
  const peer = normalize(request.socket.remoteAddress ?? '');
  if (!isLoopback(peer)) return peer;
  const forwarded = [request.headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
  for (const entry of forwarded.reverse()) {
    const address = normalize(entry.trim());
    if (address !== '' && !isLoopback(address)) return address;
  }
  return peer;
}

function normalize(address: string): string {
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}
