// Serves the project's edge functions in Deno as hosted Supabase does, one Web Worker each.
import { describe, log } from './log.ts';
import { readFunctions } from './registry.ts';
import { FunctionRouter } from './router.ts';
import { readSettings } from './settings.ts';
import { watchFiles } from './watch.ts';

const env = (name: string) => Deno.env.get(name);
const settings = readSettings(env);
const router = new FunctionRouter(settings);
router.load(await readFunctions(settings, env));

const server = Deno.serve(
  {
    hostname: '127.0.0.1',
    port: settings.port,
    onListen: ({ port }) => log('info', `Serving ${router.names.join(', ') || 'no function'} on port ${port}`),
  },
  async (request) => {
    if (new URL(request.url).pathname === '/healthz') return Response.json({ status: 'ok', functions: router.names });
    return await router.handle(request);
  },
);

if (settings.watch) {
  watchFiles([settings.functionsFolder, `${settings.root}/domain`, settings.configFile], async () => {
    try {
      router.load(await readFunctions(settings, env));
      log('info', `Reloaded ${router.names.join(', ')}`);
    } catch (error) {
      log('error', `Kept the functions as they were: ${describe(error)}`);
    }
  });
}

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  // The supervisor allows five seconds. What EdgeRuntime.waitUntil holds is found again in the database after a restart.
  const answered = server.shutdown();
  await Promise.race([answered, new Promise((resolve) => setTimeout(resolve, 3000))]);
  router.terminate();
  Deno.exit(0);
}
for (const signal of ['SIGTERM', 'SIGINT'] as const) Deno.addSignalListener(signal, () => void stop());
