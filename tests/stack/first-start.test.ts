// A first start has much to make, and may be killed at any point of it: the next one goes on from there.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { isFree, OwnStack } from '../lib/own-stack.ts';

const soon = { timeout: 100_000, interval: 5 };

let stack: OwnStack;
beforeEach(async () => {
  stack = await OwnStack.prepare();
});
afterEach(() => stack.remove());

/** Starts and kills the supervisor as soon as the state is reached. */
async function killWhen(reached: () => boolean): Promise<void> {
  const child = spawn('node', ['stack/main.ts', 'start'], { env: stack.environment, stdio: 'ignore' });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  await vi.waitFor(() => expect(reached()).toBe(true), soon);
  child.kill('SIGKILL');
  await gone;
}

const runs = (name: string) => stack.services.some((service) => service.name === name);

test('a first start that was killed again and again succeeds in the end', async () => {
  const exists = (...path: string[]) => existsSync(join(stack.home, ...path));
  await killWhen(() => exists('secrets.json'));
  await killWhen(() => exists('postgres.new') || exists('postgres'));
  await killWhen(() => runs('postgres'));
  await killWhen(() => exists('postgres', 'glyphoxa-bootstrap.sha256'));
  await killWhen(() => runs('api'));
  await stack.start('start');
  expect(readdirSync(stack.home)).not.toContain('postgres.new');
  expect(readdirSync(stack.home)).not.toContain('postgres.password');
  const { SUPABASE_URL, SUPABASE_SECRET_KEY, ...rest } = await stack.readEnvironment();
  const response = await fetch(`${SUPABASE_URL}/rest/v1/subscription_plans?select=id`, {
    headers: { apikey: SUPABASE_SECRET_KEY!, 'accept-profile': 'mgmt' },
  });
  expect(await response.json()).toHaveLength(4);
  expect(Object.keys(rest)).not.toContain('MAILBOX_URL');
}, 300_000);

test('a stop while it starts ends everything', async () => {
  const child = spawn('node', ['stack/main.ts', 'start'], { env: stack.environment, stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await vi.waitFor(() => expect(runs('postgres')).toBe(true), soon);
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
  expect(await Promise.all(stack.ports.map(isFree))).not.toContain(false);
  expect(readdirSync(stack.home)).not.toContain('stack.json');
  expect(statSync(join(stack.home, 'secrets.json')).mode & 0o777).toBe(0o600);
});
