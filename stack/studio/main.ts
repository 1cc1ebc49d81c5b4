import { serve } from '@hono/node-server';
import { log } from '../api/log.ts';
import { readConfig } from './config.ts';
import { createDoor } from './door.ts';
import type { Inside } from './inside.ts';

/** Studio for the operator: the library's table editor and a page for SQL, behind a password, on this machine only. */
const config = readConfig(process.env);
let opened: Promise<Inside> | undefined;

/** Most stacks are never looked into, so only a sign-in loads what takes most of the memory. */
function inside(): Promise<Inside> {
  opened ??= import('./inside.ts').then(({ openInside }) => openInside(config.databaseUrl));
  return opened;
}

const door = createDoor({ ...config, inside: async () => (await inside()).fetch });
const server = serve({ fetch: door.fetch, hostname: config.host, port: config.port }, () => {
  log('info', 'listening', { url: `http://${config.host}:${config.port}` });
});

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  server.close();
  // A long statement does not keep the process: the supervisor allows 5 s.
  setTimeout(() => process.exit(0), 3_000).unref();
  await (await opened)?.close();
  process.exit(0);
}
process.on('SIGTERM', () => void stop());
process.on('SIGINT', () => void stop());
