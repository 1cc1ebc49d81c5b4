// `npm run workers`: everything that needs time, in one process. As many of them as one likes may run on one database.
import { readConfig } from './config.ts';
import { openPool, whenDatabaseIsThere } from './database.ts';
import { createDeps } from './deps.ts';
import { createHttpServer } from './http.ts';
import { jobs } from './jobs/registry.ts';
import { describe, log } from './log.ts';
import { Metrics } from './metrics.ts';
import { openQueues } from './queues.ts';
import { Workers } from './workers.ts';

/** The supervisor gives ten seconds; the rest is for closing. */
const patienceMs = 8_000;

const config = readConfig(process.env);
const pool = openPool(config.WORKER_DATABASE_URL, config.WORKERS_CONCURRENCY, (error) =>
  log.warn('a connection broke', { error: describe(error) }),
);
const boss = await whenDatabaseIsThere(() => openQueues(pool, jobs, log), log);
const metrics = new Metrics();
const { deps, close } = createDeps(config, log);
const workers = new Workers({
  pool,
  databaseUrl: config.WORKER_DATABASE_URL,
  boss,
  jobs,
  concurrency: config.WORKERS_CONCURRENCY,
  deps,
  metrics,
  log,
});
workers.start();

const server = createHttpServer({
  pool,
  jobs: jobs.map(({ name }) => name),
  metrics,
  log,
  lastLook: () => workers.lastLook,
});
server.listen(config.WORKERS_PORT, config.HOST, () => log.info('workers ready', { address: server.address() }));

async function stop(signal: NodeJS.Signals): Promise<void> {
  log.info('workers stopping', { signal });
  const outcome = await workers.stop(patienceMs);
  log.info('workers stopped', { signal, outcome });
  server.close();
  server.closeAllConnections();
  await boss.stop({ graceful: false });
  close();
  // Connections of unfinished jobs are cut: the server undoes their transactions, and the jobs are there for the next worker.
  if (outcome === 'given back') process.exit(0);
  await pool.end();
}
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop(signal));
