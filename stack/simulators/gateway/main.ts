// Stands in for the Go gateway in the demo and in tests: its gRPC contract, its SQL, and workers that play sessions.
import { createControlServer } from './control.ts';
import { migrate, openDatabase } from './database.ts';
import { Faults } from './faults.ts';
import { Gateway } from './gateway.ts';
import { createGrpcServer } from './grpc-server.ts';
import { Settings } from './settings.ts';

function variable(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set.`);
  return value;
}

const host = process.env.HOST ?? '127.0.0.1';
const linesPerSecond = process.env.GATEWAY_LINES_PER_SECOND;

const database = openDatabase(variable('GATEWAY_DATABASE_URL'));
const settings = new Settings(linesPerSecond ? { lines_per_second: Number(linesPerSecond) } : {});
const faults = new Faults();
const gateway = new Gateway(database, settings, process.env.DISCORD_API_URL);
const listener = createGrpcServer(gateway, faults, {
  secret: variable('GLYPHOXA_GATEWAY_SECRET'),
  host,
  port: Number(variable('PORT')),
});
const control = createControlServer({ database, gateway, faults, settings, listener });

await migrate(database);
await gateway.start();
await listener.open();
control.listen(Number(variable('CONTROL_PORT')), host, () => console.log('gateway ready'));

async function end(): Promise<void> {
  control.close();
  control.closeAllConnections();
  await gateway.stop();
  await listener.close();
  await database.end();
  process.exit(0);
}
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void end());
