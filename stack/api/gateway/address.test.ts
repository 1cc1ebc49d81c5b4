import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { clientAddress } from './address.ts';

function from(peer: string, forwarded?: string): string {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  return clientAddress({ socket: { remoteAddress: peer }, headers } as unknown as IncomingMessage);
}

test.each([
  ['the peer, when nothing is forwarded', '203.0.113.7', undefined, '203.0.113.7'],
  ['the peer, when it is a stranger who claims something else', '203.0.113.7', '198.51.100.1', '203.0.113.7'],
  ['what a proxy on this machine saw', '127.0.0.1', '198.51.100.1', '198.51.100.1'],
  ['the last entry, since earlier ones may be invented', '::1', '192.0.2.1, 198.51.100.1', '198.51.100.1'],
  ['the last entry that is not this machine', '::ffff:127.0.0.1', '198.51.100.1, 127.0.0.1, ::1', '198.51.100.1'],
  ['this machine, when all of it happens here', '127.0.0.1', '127.0.0.1', '127.0.0.1'],
  ['this machine, when nothing usable is forwarded', '127.0.0.1', ' , ', '127.0.0.1'],
])('believes %s', (_what, peer, forwarded, address) => expect(from(peer, forwarded)).toBe(address));
