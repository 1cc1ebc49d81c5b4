import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { StackContext } from '../context.ts';
import type { ServiceDefinition } from '../services/types.ts';
import { markOf } from './orphans.ts';
import { identify, isAlive } from './processes.ts';
import { readState, stateFile, writeState } from './state-file.ts';
import { type Step, Supervisor } from './supervisor.ts';
import { patience } from '../../tests/lib/patience.ts';
import type { Timing } from './timing.ts';

/** A service in one line: answers its health check until it is told to end. */
const server = `require('http').createServer((q, r) => r.end()).listen(process.env.PORT, '127.0.0.1');
  process.on('SIGTERM', () => { console.log('asked to end'); process.exit(0); });`;

let home: string;
let lines: string[];
let supervisors: Supervisor[];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'glyphoxa-supervisor-'));
  lines = [];
  supervisors = [];
});

afterEach(async () => {
  for (const supervisor of supervisors) await supervisor.stop();
  rmSync(home, { recursive: true, force: true });
});

function context(): StackContext {
  return { root: process.cwd(), home, command: 'demo', ports: { app: 0 } } as unknown as StackContext;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

async function service(name: string, dependsOn: string[] = [], code = server): Promise<ServiceDefinition> {
  const port = await freePort();
  const health = { url: `http://127.0.0.1:${port}/healthz` };
  return {
    name,
    command: process.execPath,
    args: ['-e', code],
    env: { PORT: `${port}` },
    dependsOn,
    health,
    listens: [port],
  };
}

function supervise(services: ServiceDefinition[], timing: Partial<Timing> = {}, steps: Step[] = []): Supervisor {
  const echo = (line: string) => lines.push(line);
  const supervisor = new Supervisor(context(), { services, steps, echo, timing: { firstBackoffMs: 10, ...timing } });
  supervisors.push(supervisor);
  return supervisor;
}

const pidOf = (name: string) => readState(home)?.services.find((service) => service.name === name)?.pid;
const logged = (text: string) => lines.findIndex((line) => line.includes(text));

test('a service starts after what it depends on, and ends before it', async () => {
  const order: string[] = [];
  const step = {
    name: 'step',
    dependsOn: ['base'],
    run: async () => void order.push(`base ${pidOf('base') !== undefined}`),
  };
  const supervisor = supervise([await service('top', ['step']), await service('base')], {}, [step]);
  await supervisor.start();
  expect(order).toEqual(['base true']);
  expect(pidOf('top')).toBeDefined();
  await supervisor.stop();
  expect(logged('top       | asked to end')).toBeGreaterThanOrEqual(0);
  expect(logged('base      | asked to end')).toBeGreaterThan(logged('top       | asked to end'));
  expect(existsSync(stateFile(home))).toBe(false);
});

test('a killed service is started again', async () => {
  await supervise([await service('web')]).start();
  const first = pidOf('web')!;
  process.kill(first, 'SIGKILL');
  await vi.waitFor(() => expect(pidOf('web')).toSatisfy((pid) => pid !== undefined && pid !== first), patience);
  expect(logged('was ended by SIGKILL; next start in 10 ms')).toBeGreaterThanOrEqual(0);
});

test('a service that hangs is killed and started again', async () => {
  const timing = { livenessIntervalMs: 20, livenessTimeoutMs: 50, livenessFailureLimit: 2 };
  await supervise([await service('web')], timing).start();
  const first = pidOf('web')!;
  process.kill(first, 'SIGSTOP');
  await vi.waitFor(() => expect(pidOf('web')).toSatisfy((pid) => pid !== undefined && pid !== first), patience);
  expect(logged('hangs and is killed')).toBeGreaterThanOrEqual(0);
});

test('a service that cannot start is given up with one sentence', async () => {
  const broken = await service('broken', [], `throw new Error('no such luck')`);
  const start = supervise([broken], { quickFailureLimit: 3 }).start();
  await expect(start).rejects.toThrow(
    /^broken ended with code 1, 3 times in a row \(Error: no such luck\): see .*broken\.log\.$/,
  );
});

test('a service that dies again and again after a good start is given up', async () => {
  const code = `${server} setTimeout(() => process.exit(3), 1_500)`;
  const supervisor = supervise([await service('web', [], code)], { quickFailureLimit: 2 });
  await supervisor.start();
  expect((await supervisor.failure).message).toMatch(/^web ended with code 3, 2 times in a row/);
});

test('a service that ignores the request to end is killed', async () => {
  const code = `${server} process.removeAllListeners('SIGTERM'); process.on('SIGTERM', () => {});`;
  const supervisor = supervise([await service('deaf', [], code)], { stopTimeoutMs: 50 });
  await supervisor.start();
  const running = identify(pidOf('deaf')!)!;
  await supervisor.stop();
  expect(isAlive(running)).toBe(false);
  expect(readFileSync(join(home, 'logs/deaf.log'), 'utf8')).toContain('did not end within 50 ms');
});

test('a taken port is named in one sentence', async () => {
  const definition = await service('web');
  const other: Server = createServer();
  await new Promise<void>((resolve) => other.listen(definition.listens[0], '127.0.0.1', resolve));
  try {
    await expect(supervise([definition]).start()).rejects.toThrow(
      /^Port \d+ \(GLYPHOXA_PORT \+ \d+\), which web needs, is taken by another program: .* GLYPHOXA_PORT .*\.$/,
    );
  } finally {
    await new Promise((resolve) => other.close(resolve));
  }
});

test('a second stack in the same folder is refused', async () => {
  await supervise([await service('web')]).start();
  const web = pidOf('web');
  expect(() => supervise([])).toThrow(/runs already \(process \d+\)/);
  expect(pidOf('web')).toBe(web);
});

test('what a killed supervisor left is ended, and nothing else', async () => {
  const sleeper = () => spawn('sleep', ['60'], { stdio: 'ignore', detached: true });
  const [left, innocent] = [sleeper(), sleeper()];
  const [leftIdentity, innocentIdentity] = [identify(left.pid!)!, identify(innocent.pid!)!];
  try {
    writeState(home, {
      command: 'demo',
      port: 0,
      supervisor: { pid: process.pid, started: 'another process had this id' },
      ready: true,
      // The id of the innocent was given away since: it started at another time.
      services: [
        { name: 'left', ...leftIdentity },
        { name: 'gone', pid: innocentIdentity.pid, started: 'earlier' },
      ],
    });
    await supervise([]).start();
    expect(isAlive(leftIdentity)).toBe(false);
    expect(isAlive(innocentIdentity)).toBe(true);
    expect(logged('ended what a killed start had left: left')).toBeGreaterThanOrEqual(0);
  } finally {
    innocent.kill();
    left.kill();
  }
});

test('what was started in the moment before the kill is ended though nobody wrote it down', async () => {
  const marked = (folder: string) =>
    spawn('sleep', ['60'], { stdio: 'ignore', detached: true, env: { ...process.env, ...markOf('web', folder) } });
  const [ours, others] = [marked(home), marked(`${home}-other`)];
  const [oursIdentity, othersIdentity] = [identify(ours.pid!)!, identify(others.pid!)!];
  try {
    await supervise([]).start();
    expect(isAlive(oursIdentity)).toBe(false);
    expect(isAlive(othersIdentity)).toBe(true);
    expect(logged('ended what a killed start had left: web')).toBeGreaterThanOrEqual(0);
  } finally {
    ours.kill();
    others.kill();
  }
});
