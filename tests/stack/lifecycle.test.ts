// One stack of its own, from its first start to its end. The tests build on each other, in this order.
import { readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { isFree, isRunning, OwnStack, withDescendants } from '../lib/own-stack.ts';

const soon = { timeout: 100_000, interval: 50 };

let stack: OwnStack;
let environment: Record<string, string>;

beforeAll(async () => {
  stack = await OwnStack.prepare();
  await stack.start('demo');
  environment = await stack.readEnvironment();
});

afterAll(() => stack.remove());

async function query(sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: environment.DATABASE_URL });
  await client.connect();
  try {
    return (await client.query(sql)).rows as unknown[];
  } finally {
    await client.end();
  }
}

/** Through the whole way: origin, Data API, database. */
async function readPlans(): Promise<number> {
  const response = await fetch(`${environment.SUPABASE_URL}/rest/v1/subscription_plans?select=id`, {
    headers: { apikey: environment.SUPABASE_SECRET_KEY!, 'accept-profile': 'mgmt' },
  });
  await response.text();
  return response.status;
}

async function answers(url: string): Promise<number> {
  const response = await fetch(url);
  await response.text();
  return response.status;
}

test('secrets are readable by their owner alone', () => {
  expect(statSync(join(stack.home, 'secrets.json')).mode & 0o777).toBe(0o600);
});

test('another stack runs beside it, with keys of its own', async () => {
  expect(await readPlans()).toBe(200);
  expect(environment.SUPABASE_URL).not.toBe(process.env.SUPABASE_URL);
  const foreign = { headers: { apikey: environment.SUPABASE_SECRET_KEY!, 'accept-profile': 'mgmt' } };
  const refused = await fetch(`${process.env.SUPABASE_URL}/rest/v1/subscription_plans?select=id`, foreign);
  expect(refused.status).toBe(401);
});

test('a second start in the same folder is refused with one sentence', async () => {
  const second = new OwnStack(stack.home, stack.port);
  const { code, stderr } = await second.run('start');
  expect(code).toBe(1);
  expect(stderr.trim()).toMatch(
    /^The stack in .* runs already \(process \d+\): .*GLYPHOXA_HOME and GLYPHOXA_PORT.*\.$/,
  );
  expect(await readPlans()).toBe(200);
});

test('a taken port is named with its service and its variable', async () => {
  const other = await OwnStack.prepare();
  const inTheWay = createServer();
  await new Promise<void>((resolve) => inTheWay.listen(other.port + 2, '127.0.0.1', resolve));
  try {
    const { code, stderr } = await other.run('start');
    expect(code).toBe(1);
    expect(stderr.trim()).toMatch(
      new RegExp(
        `^Port ${other.port + 2} \\(GLYPHOXA_PORT \\+ 2\\), which postgres needs, is taken.*GLYPHOXA_PORT.*\\.$`,
      ),
    );
    expect(other.supervisorPid).toBeUndefined();
  } finally {
    await new Promise((resolve) => inTheWay.close(resolve));
    await other.remove();
  }
});

test('kill -9 of any process is recovered', async () => {
  const before = stack.services;
  expect(before.map(({ name }) => name).sort()).toEqual(
    [
      'api',
      'app',
      'discord',
      'functions',
      'gateway',
      'mail',
      'postgres',
      'realtime',
      'stripe',
      'studio',
      'workers',
    ].sort(),
  );
  for (const { pid } of before) process.kill(pid, 'SIGKILL');
  await vi.waitFor(async () => {
    for (const { name, pid } of before) {
      const now = stack.services.find((service) => service.name === name)?.pid;
      expect(now, name).toSatisfy((value) => value !== undefined && value !== pid);
    }
    expect(await readPlans()).toBe(200);
    for (const offset of [0, 3, 4, 6, 7, 8, 10, 11, 12]) {
      expect(await answers(`http://127.0.0.1:${stack.port + offset}/healthz`), `P+${offset}`).toBe(200);
    }
  }, soon);
});

test('kill -9 of the supervisor is recovered by the next start, with all data', async () => {
  await query('create schema kept_over_kill');
  const left = withDescendants(stack.services.map(({ pid }) => pid));
  await stack.killSupervisor();
  expect(left.some(isRunning)).toBe(true);
  await stack.start('demo');
  expect(left.filter(isRunning)).toEqual([]);
  expect(await stack.readEnvironment()).toEqual(environment);
  expect(await query(`select to_regnamespace('kept_over_kill') is not null as kept`)).toEqual([{ kept: true }]);
  expect(await readPlans()).toBe(200);
});

test('stop leaves no process, no open port and no stray file', async () => {
  const running = withDescendants([stack.supervisorPid!, ...stack.services.map(({ pid }) => pid)]);
  const { code, stdout } = await stack.run('stop');
  expect({ code, stdout: stdout.trim() }).toEqual({ code: 0, stdout: `The stack in ${stack.home} is stopped.` });
  expect(running.filter(isRunning)).toEqual([]);
  expect(await Promise.all(stack.ports.map(isFree))).toEqual(stack.ports.map(() => true));
  expect(
    readdirSync(stack.home)
      .filter((name) => name !== 'storage')
      .sort(),
  ).toEqual(['cache', 'logs', 'postgres', 'secrets.json', 'stripe.sqlite'].sort());
  expect(readdirSync(join(stack.home, 'postgres'))).not.toContain('postmaster.pid');
});

test('stopping twice is no error, and nothing answers any more', async () => {
  const { code, stdout } = await stack.run('stop');
  expect({ code, stdout: stdout.trim() }).toEqual({ code: 0, stdout: `No stack runs in ${stack.home}.` });
  expect((await stack.run('env')).stderr.trim()).toMatch(/^No stack runs in .*: run `npm start` or `npm run demo`\.$/);
});
