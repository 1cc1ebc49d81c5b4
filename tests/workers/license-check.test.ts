// Owners of licensed tables are told what ends when, although their installation may never run at night.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeDatabase } from '../lib/database.ts';
import { OwnWorker } from './own-worker.ts';
import { Scratch } from './scratch.ts';

let scratch: Scratch;

beforeAll(async () => {
  scratch = await Scratch.create();
});
afterAll(async () => {
  await scratch?.remove();
  await closeDatabase();
});

/** A worker starts, does what there is to do, and stops. */
async function start(): Promise<void> {
  const worker = new OwnWorker(scratch.database.urlFor('WORKER_DATABASE_URL'), scratch.workerEnv);
  await worker.ready;
  await scratch.drained();
  expect(await worker.end('SIGTERM')).toBe(0);
}

test('a worker that starts tells of a license that ends, once for each of its steps', async () => {
  const { tenant } = await scratch.table();
  await scratch.root(`update private.settings set value = '"licensed"' where key = 'deployment.mode'`);
  const now = Math.floor(Date.now() / 1000);
  await scratch.root('select private.install_license($1, $2, $3)', [
    tenant,
    JSON.stringify({
      jti: randomUUID(),
      tid: tenant,
      sub: 'Olga',
      features: ['analytics'],
      iat: now,
      exp: now + 20 * 86_400,
    }),
    'fingerprint',
  ]);
  const told = async () =>
    (
      await scratch.root<{ step: string }>(
        `select split_part(subject_id, '/', 2) as step from mgmt.notifications
         where tenant_id = $1 and kind = 'license_ending' order by created_at`,
        [tenant],
      )
    ).map(({ step }) => step);

  await start();
  expect(await told()).toEqual([]);
  await scratch.clock('7 days');
  await start();
  await start();
  expect(await told()).toEqual(['ending']);
  await scratch.clock('21 days');
  await start();
  expect(await told()).toEqual(['ending', 'grace']);
  expect(await scratch.root(`select cron from pgboss.schedule where name = 'license.check'`)).toEqual([
    { cron: '20 3 * * *' },
  ]);
});
