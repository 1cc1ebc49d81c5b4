// A Stripe for the demo and the tests: its API, checkout, portal and invoice pages, and signed webhooks.
import { startSimulator } from './simulator.ts';

const simulator = await startSimulator({
  host: process.env['HOST'] ?? '127.0.0.1',
  port: Number(required('PORT')),
  secretKey: required('STRIPE_SECRET_KEY'),
  webhook: { url: required('STRIPE_WEBHOOK_URL'), secret: required('STRIPE_WEBHOOK_SECRET') },
  file: required('STRIPE_SIMULATOR_FILE'),
});
process.stdout.write(`Stripe simulator on ${simulator.url}\n`);
for (const signal of ['SIGTERM', 'SIGINT'])
  process.on(signal, () => void simulator.close().then(() => process.exit(0)));

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`The Stripe simulator needs ${name}`);
  return value;
}
