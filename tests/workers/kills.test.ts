// Killing a worker with SIGKILL at any statement of any job leaves the same as not killing it.
//
// All jobs are wanted at once and stopped at their n-th statement, then the worker is killed, and another one finishes. What they
// leave is compared with what they left when nobody was killed, for every n, before and after the statement was done.
import { randomUUID, webcrypto } from 'node:crypto';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { closeDatabase, snowflake } from '../lib/database.ts';
import { mailTo } from '../lib/mailbox.ts';
import { control } from '../lib/people.ts';
import { OwnWorker } from './own-worker.ts';
import { Scratch } from './scratch.ts';
import { StatementProxy, type Trap } from './statement-proxy.ts';

/** What a job is asked to do, and what is to be seen of it in the end. */
interface Scenario {
  job: string;
  /** Plants what the job works on; the payload. */
  plant(): Promise<{ payload: object; seen: () => Promise<unknown> }>;
}

const keyringBytes = Buffer.alloc(32, 7);
let scratch: Scratch;
let proxy: StatementProxy;
let kills = 0;
let doubled = 0;
const reached: string[] = [];

beforeAll(async () => {
  scratch = await Scratch.create();
  proxy = await StatementProxy.before(scratch.database.urlFor('WORKER_DATABASE_URL'));
  // The minutely schedules of pg-boss would bring jobs of their own between those that are counted.
  await scratch.root(
    `create function pgboss.no_schedules() returns trigger language plpgsql as $$ begin return null; end $$`,
  );
  await scratch.root(
    'create trigger no_schedules before insert on pgboss.schedule for each row execute function pgboss.no_schedules()',
  );
  await scratch.root('grant execute on function pgboss.no_schedules() to public');
});
afterAll(async () => {
  proxy?.close();
  await scratch?.remove();
  await closeDatabase();
});

async function newWorker(): Promise<OwnWorker> {
  const worker = new OwnWorker(proxy.url, {
    ...scratch.workerEnv,
    WORKERS_CONCURRENCY: '20',
    GLYPHOXA_KEYRING: `1:${keyringBytes.toString('base64')}`,
  });
  await worker.ready;
  return worker;
}

/** As the product keeps a bot's token: AES-256-GCM, bound to its tenant. */
async function sealed(token: string, tenant: string): Promise<string> {
  const key = await webcrypto.subtle.importKey('raw', keyringBytes, 'AES-GCM', false, ['encrypt']);
  const iv = webcrypto.getRandomValues(new Uint8Array(12));
  const additionalData = new TextEncoder().encode(JSON.stringify([tenant, 'bot_token']));
  const body = await webcrypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData }, key, Buffer.from(token));
  return `keyring:v1:${Buffer.concat([iv, Buffer.from(body)]).toString('base64')}`;
}

const notices = (tenant: string) =>
  scratch.root('select kind, count(*)::int from mgmt.notifications where tenant_id = $1 group by kind order by kind', [
    tenant,
  ]);
const deliveries = (id: string) =>
  scratch.root('select channel, outcome, reason from private.notification_deliveries where notification_id = $1', [id]);

async function notification(tenant: string, owner: string): Promise<string> {
  return scratch.one<string>(
    `insert into mgmt.notifications (user_id, tenant_id, kind) values ($1, $2, 'test') returning id as answer`,
    [owner, tenant],
  );
}

const scenarios: Scenario[] = [
  {
    job: 'notify.email',
    async plant() {
      const { tenant, owner, email } = await scratch.table();
      await scratch.root('update mgmt.users set email_verified = true where id = $1', [owner]);
      const id = await notification(tenant, owner);
      return {
        payload: { notification_id: id },
        async seen() {
          const mails = await mailTo(email);
          // A mail server drops a second mail of the same id; this mailbox keeps both, and shows how often it happens.
          doubled += mails.length - 1;
          return {
            mails: new Set(mails.map(({ message_id: messageId }) => messageId)).size,
            kept: await deliveries(id),
          };
        },
      };
    },
  },
  {
    job: 'notify.discord',
    async plant() {
      const { tenant, owner } = await scratch.table();
      const person = await control<{ id: string }>('POST', '/people', { username: `kills.${randomUUID()}` });
      const guild = await control<{ id: string }>('POST', '/guilds', { name: 'Kills', owner_id: person.id });
      const bot = await control<{ token: string }>('POST', '/bots', { name: 'Kills', guild_ids: [guild.id] });
      await scratch.root('update mgmt.users set discord_id = $2 where id = $1', [owner, person.id]);
      await scratch.root(
        `insert into private.secrets (tenant_id, name, ciphertext, last_four) values ($1, 'bot_token', $2, 'last')`,
        [tenant, await sealed(bot.token, tenant)],
      );
      const id = await notification(tenant, owner);
      return {
        payload: { notification_id: id },
        seen: async () => ({
          messages: (await control<unknown[]>('GET', `/messages?person_id=${person.id}`)).length,
          kept: await deliveries(id),
        }),
      };
    },
  },
  {
    job: 'session.warn',
    async plant() {
      const table = await scratch.table('adventurer');
      const session = await scratch.session(table, '3 hours 57 minutes');
      await scratch.root(`delete from private.outbox where payload ->> 'session_id' = $1`, [session]);
      return { payload: { session_id: session, hours: 4 }, seen: () => notices(table.tenant) };
    },
  },
  {
    job: 'session.stop',
    async plant() {
      const table = await scratch.table('apprentice');
      const session = await scratch.session(table, '3 hours');
      await scratch.root(`delete from private.outbox where payload ->> 'session_id' = $1`, [session]);
      return {
        payload: { session_id: session, hours: 2 },
        seen: async () => ({
          rows: await scratch.root(`select state, coalesce(error, '') as error from public.sessions where id = $1`, [
            session,
          ]),
          wanted: await scratch.root(`select from private.outbox where payload ->> 'session_id' = $1`, [session]),
        }),
      };
    },
  },
  {
    job: 'session.reap',
    async plant() {
      const table = await scratch.table();
      const session = await scratch.session(table, '5 minutes');
      await scratch.root(`delete from private.outbox where payload ->> 'session_id' = $1`, [session]);
      // Silent for long enough to be told of, and not so long that the gateway's sweep would have ended it by its own clock.
      await scratch.root('alter table public.sessions disable trigger sessions_clock');
      await scratch.root(`update public.sessions set last_heartbeat = now() - interval '91 seconds' where id = $1`, [
        session,
      ]);
      await scratch.root('alter table public.sessions enable trigger sessions_clock');
      return { payload: {}, seen: async () => (await notices(table.tenant)).length };
    },
  },
  {
    job: 'session.start',
    async plant() {
      const { tenant, campaign } = await scratch.table();
      const id = await scratch.one<string>(
        `insert into mgmt.session_requests (tenant_id, campaign_id, guild_id, channel_id, idempotency_key)
         values ($1, $2, $3, $3, gen_random_uuid()) returning id as answer`,
        [tenant, campaign, snowflake(5)],
      );
      await scratch.root(`delete from private.outbox where payload ->> 'request_id' = $1`, [id]);
      return {
        payload: { request_id: id },
        seen: () => scratch.root('select state, error_code from mgmt.session_requests where id = $1', [id]),
      };
    },
  },
  {
    job: 'tenant.sync',
    async plant() {
      const { tenant } = await scratch.table('guild');
      await scratch.root(`delete from private.outbox where payload ->> 'tenant_id' = $1`, [tenant]);
      await scratch.root(`update public.tenants set license_tier = 'shared', monthly_session_hours = 3 where id = $1`, [
        tenant,
      ]);
      return {
        payload: { tenant_id: tenant },
        seen: () =>
          scratch.root('select license_tier, monthly_session_hours::int as hours from public.tenants where id = $1', [
            tenant,
          ]),
      };
    },
  },
  {
    job: 'cleanup.expired',
    async plant() {
      const { tenant } = await scratch.table();
      await scratch.root(
        `insert into mgmt.campaigns (tenant_id, name, deleted_at) values ($1, 'Old', private.now() - interval '31 days')`,
        [tenant],
      );
      return {
        payload: {},
        seen: async () => ({
          campaigns: await scratch.root(`select from mgmt.campaigns where tenant_id = $1 and name = 'Old'`, [tenant]),
          audited: await scratch.root(
            `select actor_kind from mgmt.audit_log where tenant_id = $1 and resource_type = 'campaign' and action = 'delete'`,
            [tenant],
          ),
        }),
      };
    },
  },
];

/** Its tables are locked against all others while they are made, so it has a run of its own. */
const alone: Scenario[] = [
  {
    job: 'audit.partition',
    async plant() {
      const [last] = await scratch.root<{ name: string }>(
        `select relname as name from pg_class where relnamespace = 'private'::regnamespace and relname ~ '^audit_log_\\d{4}_\\d\\d$'
         order by relname desc limit 1`,
      );
      await scratch.root('alter table mgmt.audit_log detach partition private.' + last!.name);
      await scratch.root('drop table private.' + last!.name);
      return {
        payload: {},
        seen: () =>
          scratch.root('select relispartition, relforcerowsecurity from pg_class where relname = $1', [last!.name]),
      };
    },
  },
];

type Seen = Record<string, unknown>;

async function plant(list: Scenario[]): Promise<() => Promise<Seen>> {
  const planted: [string, () => Promise<unknown>][] = [];
  const rows: [string, string][] = [];
  for (const { job, plant: prepare } of list) {
    const { payload, seen } = await prepare();
    planted.push([job, seen]);
    rows.push([job, JSON.stringify(payload)]);
  }
  await scratch.root(
    'select private.enqueue(job, payload::jsonb) from unnest($1::text[], $2::text[]) as wish (job, payload)',
    [rows.map(([job]) => job), rows.map(([, payload]) => payload)],
  );
  return async () => Object.fromEntries(await Promise.all(planted.map(async ([job, seen]) => [job, await seen()])));
}

/** Wants everything, kills at the trap, and lets another worker finish. */
async function killedAt(list: Scenario[], trap: Trap, worker: OwnWorker) {
  proxy.set(trap);
  const seen = await plant(list);
  // Everything that is not done is held; a queue does one job at a time. Of handing over, the one transaction is.
  await vi.waitFor(
    async () => {
      expect(proxy.held.length).toBeGreaterThan(0);
      if (trap.kind === 'job') expect(await scratch.unfinished()).toBeLessThanOrEqual(proxy.held.length);
    },
    { timeout: 20_000, interval: 20 },
  );
  await worker.end('SIGKILL');
  kills += proxy.held.length;
  proxy.disarm();
  const next = await newWorker();
  await scratch.drained();
  return { seen: await seen(), next };
}

/**
 * Before each statement, and after those that end a transaction. In between, "after" would be nothing new: the server undoes the same,
 * and what a handler does outside of the database is done or not done at "before" of one of two neighbours.
 */
async function everyStatement(
  kind: Trap['kind'],
  list: Scenario[],
  first: number,
  worker: OwnWorker,
): Promise<OwnWorker> {
  proxy.takeLengths(kind);
  const unharmed = await plant(list);
  await scratch.drained();
  const reference = await unharmed();
  // Transactions of four statements found nothing to do.
  const lengths = proxy.takeLengths(kind).filter((statements) => statements > 4);
  expect(lengths.length).toBeGreaterThanOrEqual(kind === 'job' ? list.length : 1);
  let current = worker;
  for (let statement = first; statement <= Math.max(...lengths); statement += 1) {
    for (const when of lengths.includes(statement) ? (['before', 'after'] as const) : (['before'] as const)) {
      const { seen, next } = await killedAt(list, { kind, statement, when }, current);
      expect(seen, `killed ${when} statement ${statement}`).toEqual(reference);
      current = next;
      reached.push(`${kind} ${when} ${statement}`);
    }
  }
  return current;
}

test('any statement of any job, and of handing over', { timeout: 400_000 }, async () => {
  const tallies: Record<string, number> = {};
  let worker = await newWorker();
  for (const [name, kind, list, first] of [
    ['jobs', 'job', scenarios, 2],
    ['locking jobs', 'job', alone, 5],
    ['hand-overs', 'outbox', scenarios.slice(0, 2), 2],
  ] as const) {
    const before = kills;
    worker = await everyStatement(kind, [...list], first, worker);
    tallies[name] = kills - before;
  }
  await worker.end('SIGKILL');
  console.log(`Killed at ${reached.join(', ')}`);
  console.log(`Killed: ${JSON.stringify(tallies)}; mails sent twice under the same Message-ID: ${doubled}`);
  expect(tallies['jobs']).toBeGreaterThan(50);
});
