import { createServer } from 'node:net';
import { type StackContext, portOffsets } from '../context.ts';
import { StackError } from '../errors.ts';
import type { ServiceDefinition } from '../services/types.ts';

/** Throws one sentence that names the first port that somebody else listens on. */
export async function requireFreePorts(context: StackContext, services: ServiceDefinition[]): Promise<void> {
  const wanted = services.flatMap(({ name, listens }) => listens.map((port) => ({ name, port })));
  const taken = await Promise.all(wanted.map(async ({ name, port }) => ({ name, port, free: await isFree(port) })));
  const first = taken.find(({ free }) => !free);
  if (!first) return;
  const offset = first.port - context.ports.app;
  const variable = offset === portOffsets.app ? 'GLYPHOXA_PORT' : `GLYPHOXA_PORT + ${offset}`;
  throw new StackError(
    `Port ${first.port} (${variable}), which ${first.name} needs, is taken by another program: stop that one, or set GLYPHOXA_PORT to another first port.`,
  );
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
