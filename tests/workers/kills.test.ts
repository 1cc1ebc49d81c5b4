// Killing a worker with SIGKILL at any statement and any call of any job leaves the same as not killing it.
//
// All jobs are wanted at once and stopped at their n-th statement, then the worker is killed, and another one finishes. What they
// leave, here and at those whom they called, is compared with what they left when nobody was killed, for every n.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { closeDatabase } from '../lib/database.ts';
import { stackVariable } from '../lib/environment.ts';
import { CallProxy, type CallTrap } from './call-proxy.ts';
import { FileStore } from './file-store.ts';
import { OwnStripe } from './own-stripe.ts';
import { OwnWorker } from './own-worker.ts';
import { billingJobs } from './scenarios/billing.ts';
import { doubledMails, keyring, notificationJobs } from './scenarios/notifications.ts';
import type { Scenario, World } from './scenarios/scenario.ts';
import { sessionJobs } from './scenarios/sessions.ts';
import { lockingJobs, upkeepJobs } from './scenarios/upkeep.ts';
import { Scratch } from './scratch.ts';
import { type Kind, type Progress, StatementProxy, type Trap } from './statement-proxy.ts';

const together = [...notificationJobs, ...sessionJobs, ...billingJobs, ...upkeepJobs];

/** Long enough for a machine that does much else. */
const patienceMs = 60_000;

/** A worker behind its own proxy. */
interface Victim {
  proxy: StatementProxy;
  process: OwnWorker;
}

let world: World;
let calls: CallProxy;
let addresses: Record<string, string>;
let current: Victim;
/** Has started, and waits for its database until the current one is dead. */
let spare: Promise<Victim>;
/** `job before 4` and the like: each place where each job was killed. */
const points = new Set<string>();
let kills = 0;

beforeAll(async () => {
  const [scratch, stripe] = await Promise.all([Scratch.create(), OwnStripe.start()]);
  world = { scratch, stripe, files: await FileStore.start(scratch) };
  calls = new CallProxy();
  const [stripeUrl, filesUrl, discordUrl] = await Promise.all([
    calls.to(stripe.url),
    calls.to(world.files.url),
    calls.to(stackVariable('DISCORD_SIMULATOR_URL')),
  ]);
  addresses = {
    ...stripe.workerEnv(stripeUrl),
    SUPABASE_INTERNAL_URL: filesUrl,
    SUPABASE_SECRET_KEY: 'a key of the test',
    DISCORD_API_URL: `${discordUrl}/api`,
  };
  // The minutely schedules of pg-boss would bring jobs of their own between those that are counted.
  await scratch.root(
    `create function pgboss.no_schedules() returns trigger language plpgsql as $$ begin return null; end $$`,
  );
  await scratch.root(
    'create trigger no_schedules before insert on pgboss.schedule for each row execute function pgboss.no_schedules()',
  );
  await scratch.root('grant execute on function pgboss.no_schedules() to public');
  spare = start();
  await succeed();
});
afterAll(async () => {
  const last = await spare;
  await Promise.all([current?.process.end('SIGKILL'), last.process.end('SIGKILL')]);
  for (const { proxy } of [current, last]) proxy?.close();
  calls?.close();
  world?.files.close();
  await world?.stripe.end();
  await world?.scratch.remove();
  await closeDatabase();
});

async function start(): Promise<Victim> {
  const proxy = await StatementProxy.before(world.scratch.database.urlFor('WORKER_DATABASE_URL'));
  const process = new OwnWorker(proxy.url, {
    ...world.scratch.workerEnv,
    ...addresses,
    WORKERS_CONCURRENCY: '20',
    GLYPHOXA_KEYRING: keyring,
  });
  return { proxy, process };
}

/** The spare worker takes over. */
async function succeed(): Promise<void> {
  current = await spare;
  current.proxy.open();
  spare = start();
  await current.process.ready;
}

type Seen = Record<string, unknown>;

/** Plants all of them and wants exactly their jobs, in one transaction; what is to be seen of them. */
function plant(list: Scenario[], trap?: CallTrap): Promise<() => Promise<Seen>> {
  return world.scratch.transaction(async () => {
    const planted: [string, () => Promise<unknown>][] = [];
    const marks = new Map<string, string>();
    const payloads: string[] = [];
    for (const { job, plant: prepare } of list) {
      const one = await prepare(world);
      planted.push([job, one.seen]);
      payloads.push(JSON.stringify(one.payload));
      for (const mark of one.marks ?? []) marks.set(mark, job);
    }
    calls.watch(marks, trap);
    await world.scratch.root('delete from private.outbox');
    await world.scratch.root(
      'select private.enqueue(job, payload::jsonb) from unnest($1::text[], $2::text[]) as wish (job, payload)',
      [planted.map(([job]) => job), payloads],
    );
    return async () => {
      const seen: Seen = {};
      for (const [job, look] of planted) seen[job] = await look();
      return seen;
    };
  });
}

/** Everything is done, also what was wanted for later: a session that ended a moment too late is asked for again. */
async function finished(): Promise<void> {
  const { scratch } = world;
  await scratch.drained(patienceMs);
  for (;;) {
    const later = await scratch.root('update private.outbox set run_at = private.now() returning id');
    if (later.length === 0) break;
    await scratch.drained(patienceMs);
  }
}

/** What the next ones must not meet. */
async function clear(): Promise<void> {
  await world.scratch.root(`update public.sessions set state = 'ended', ended_at = now() where state <> 'ended'`);
  await world.scratch.root(`update private.settings set value = '"managed"' where key = 'deployment.mode'`);
}

/** What they leave when nobody is killed. */
async function unharmed(list: Scenario[]): Promise<Seen> {
  const look = await plant(list);
  await finished();
  const seen = await look();
  await clear();
  return seen;
}

type Stop = { statement: Trap } | { call: CallTrap };
/** Undefined where it does not show which one. */
type Job = string | undefined;

/** Wants everything, kills when the jobs are held that are `due` to be, and lets another worker finish. */
async function killedAt(list: Scenario[], stop: Stop, due: Job[]): Promise<Seen> {
  const { proxy, process } = current;
  const held = (): readonly { job?: Job }[] => ('call' in stop ? calls.held : proxy.held);
  // A look that is still under way could take what is planted now.
  await vi.waitFor(() => expect(proxy.idle).toBe(true), { timeout: patienceMs, interval: 5 });
  if ('statement' in stop) proxy.set(stop.statement);
  const look = await plant(list, 'call' in stop ? stop.call : undefined);
  const everyJob = 'statement' in stop && stop.statement.kind === 'job';
  await vi.waitFor(
    () => {
      expect(held().map(({ job }) => job)).toEqual(expect.arrayContaining(due));
      // Also where it does not show yet which job it will be.
      if (everyJob) expect(held().length).toBeGreaterThanOrEqual(list.length);
    },
    { timeout: patienceMs, interval: 15 },
  );
  await process.end('SIGKILL');
  kills += held().length;
  proxy.close();
  calls.disarm();
  await succeed();
  await finished();
  const seen = await look();
  await clear();
  return seen;
}

function only(seen: Seen, list: Scenario[]): Seen {
  return Object.fromEntries(list.map(({ job }) => [job, seen[job]]));
}

function note(jobs: Job[], place: string): void {
  for (const job of jobs) points.add(`${job ?? 'hand-over'} ${place}`);
}

/** Statements of the longest transaction in which each job was done. Four found no job. */
function lengthsOf(kind: Kind, ended: Progress[]): Map<string | undefined, number> {
  const lengths = new Map<string | undefined, number>();
  for (const { job, statements } of ended) {
    if (kind === 'job' && statements <= 4) continue;
    lengths.set(job, Math.max(lengths.get(job) ?? 0, statements));
  }
  return lengths;
}

/**
 * Before each statement, and after the one that ends the transaction. In between, "after" would be nothing new: the server undoes the
 * same, and what a handler does outside of the database is done or not done at "before" of one of two neighbours.
 */
async function everyStatement(kind: Kind, list: Scenario[]): Promise<void> {
  current.proxy.takeEnded(kind);
  const reference = await unharmed(list);
  const lengths = lengthsOf(kind, current.proxy.takeEnded(kind));
  const wanted = (atLeast: number): Job[] =>
    kind === 'outbox' ? [undefined] : list.map(({ job }) => job).filter((job) => (lengths.get(job) ?? 0) >= atLeast);
  if (kind === 'job') expect(wanted(6)).toEqual(list.map(({ job }) => job));
  const longest = Math.max(...wanted(1).map((job) => lengths.get(job) ?? 0));
  const traps: Trap[] = [{ kind, statement: 'commit', when: 'after' }];
  for (let statement = 2; statement <= longest; statement += 1) traps.unshift({ kind, statement, when: 'before' });
  for (const trap of traps) {
    const place = `${trap.when} statement ${trap.statement}`;
    const reach = wanted(trap.statement === 'commit' ? 1 : trap.statement);
    const planted = kind === 'outbox' ? list : list.filter(({ job }) => reach.includes(job));
    // Before it has taken one, nobody knows which job it will be.
    const due = trap.statement === 2 ? [undefined] : reach;
    expect(await killedAt(planted, { statement: trap }, due), `killed ${place}`).toEqual(only(reference, planted));
    note(kind === 'job' && trap.statement === 2 ? ['any-job'] : due, place);
  }
}

test('every job has its scenario', async () => {
  const queues = await world.scratch.root<{ name: string }>(
    `select name from pgboss.queue where name not like '\\_\\_%' and name <> 'dead.letter' order by name`,
  );
  expect([...together, ...lockingJobs].map(({ job }) => job).toSorted()).toEqual(queues.map(({ name }) => name));
});

test('any statement of any job', { timeout: 400_000 }, () => everyStatement('job', together));

test('any statement of jobs that lock out others', { timeout: 300_000 }, () => everyStatement('job', lockingJobs));

test('any statement of handing over', { timeout: 300_000 }, () => everyStatement('outbox', together.slice(0, 2)));

test('any call by which a job changes something elsewhere', { timeout: 300_000 }, async () => {
  const callers = ['notify.discord', 'subscription.finalize', 'tenant.delete'];
  const list = together.filter(({ job }) => callers.includes(job));
  const reference = await unharmed(list);
  const counts = new Map(calls.counts);
  expect(counts).toEqual(
    new Map([
      ['notify.discord', 2],
      ['subscription.finalize', 2],
      ['tenant.delete', 3],
    ]),
  );
  for (const when of ['before', 'after'] as const) {
    for (let call = 1; call <= Math.max(...counts.values()); call += 1) {
      const due = callers.filter((job) => (counts.get(job) ?? 0) >= call);
      expect(await killedAt(list, { call: { call, when } }, due), `killed ${when} call ${call}`).toEqual(reference);
      note(due, `${when} call ${call}`);
    }
  }
});

test('it was killed often enough', () => {
  const jobs = new Set([...points].map((point) => point.split(' ')[0]));
  console.log(
    `Killed: ${jobs.size - 2} jobs and the hand-over, ${points.size} places, ${kills} transactions; ` +
      `mails sent twice under the same Message-ID: ${doubledMails.count}`,
  );
  expect(points.size).toBeGreaterThan(120);
});
