// The Realtime server of the embedded stack, as a process of its own: `node stack/realtime/main.ts`.
import { readConfig } from './config.ts';
import { errorText, log } from './log.ts';
import { RealtimeServer } from './server.ts';

const config = readConfig(process.env);
const server = new RealtimeServer(config);
const port = await server.start();
log('info', 'listening', { host: config.host, port });

let stopping = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    server.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log('error', 'stop failed', { error: errorText(error) });
        process.exit(1);
      },
    );
  });
}
