import type { IncomingMessage, Server } from 'node:http';

export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Address of a server that listens on 127.0.0.1. */
export function baseUrl(server: Server): string {
  const address = server.address();
  if (typeof address === 'string' || !address) throw new Error('The server does not listen.');
  return `http://127.0.0.1:${address.port}`;
}
