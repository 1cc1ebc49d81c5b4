import { AuthApi } from './auth/auth-api.ts';
import { readConfig } from './config.ts';
import { createGateway } from './gateway/server.ts';
import { captureLibraryLog } from './library-log.ts';
import { log } from './log.ts';
import { RestApi } from './rest/rest-api.ts';
import { StorageApi } from './storage/storage-api.ts';

/** The one origin: REST, Auth and Storage in this process, Realtime and the edge functions behind it. */
captureLibraryLog();
const config = readConfig(process.env);
const [rest, auth, storage] = await Promise.all([
  RestApi.start(config),
  AuthApi.start(config),
  StorageApi.start(config),
]);

const server = createGateway(config, {
  rest: (request) => rest.fetch(request),
  auth: (request) => auth.fetch(request),
  storage: (request) => storage.fetch(request),
  healthy: () => auth.healthy(),
});
server.listen(config.PORT, config.HOST, () =>
  log('info', 'listening', { url: `http://${config.HOST}:${config.PORT}` }),
);

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  server.close();
  server.closeIdleConnections();
  // WebSockets and slow requests do not keep the process: the supervisor allows 5 s.
  setTimeout(() => server.closeAllConnections(), 2_000).unref();
  await Promise.all([rest.close(), auth.close(), storage.close()]);
  process.exit(0);
}
process.on('SIGTERM', () => void stop());
process.on('SIGINT', () => void stop());
