// A small mutation check, on a stack of its own: the proof must turn red when a rule is broken. All of them:
// `npm run prove:isolation -- --mutate`.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FreshStack, startFreshStack } from '../../scripts/fresh-stack.ts';
import { asRoot, closeDatabase } from '../lib/database.ts';
import { readCatalogue } from './catalogue.ts';
import { killings } from './mutate.ts';
import { missingLines } from './proof.ts';

const shared = { ...process.env };
let stack: FreshStack;

beforeAll(async () => {
  stack = await startFreshStack({ GLYPHOXA_RATE_LIMIT_SCALE: '1000000' });
  Object.assign(process.env, stack.env);
}, 240_000);

afterAll(async () => {
  await closeDatabase();
  Object.assign(process.env, shared);
  await stack.stop({ keep: false });
});

test('the proof turns red for each broken rule', async () => {
  const { killed, survived, unchanged } = await killings({
    only: [
      'drop mgmt.campaign_lore: Dungeon Masters read',
      'widen public.npc_definitions: Dungeon Masters delete',
      'run as its owner mgmt.npcs',
      'no role asked in mgmt.rename_tenant()',
      'any role in private.tenant_as()',
      'let authenticated select on private.secrets',
    ],
  });
  expect(survived.map(({ name }) => name)).toEqual([]);
  expect(killed).toHaveLength(6);
  expect(unchanged).toBe(true);
}, 180_000);

test('an object without a line fails, of whatever kind', async () => {
  const about = async (): Promise<string[]> =>
    (await missingLines(await readCatalogue())).map(({ object, found }) => `${object}: ${found}`);
  expect(await about()).toEqual([]);
  await asRoot(`
    create table mgmt.unlisted (id int);
    create view mgmt.unlisted_view with (security_invoker = true) as select * from mgmt.unlisted;
    create function mgmt.unlisted() returns int language sql set search_path = '' return 1;
    create policy unlisted on mgmt.unlisted to glyphoxa_worker using (true);
    create function private.unlisted() returns void language sql set search_path = ''
      as $$ select realtime.send('{}', 'x', 'unlisted:' || 'x', true) $$;
    insert into storage.buckets (id, name) values ('unlisted', 'unlisted')
  `);
  expect((await about()).sort()).toEqual([
    'bucket unlisted: has no line',
    'function unlisted: has no line',
    'glyphoxa_worker mgmt.unlisted: is admitted by a policy and has no line',
    'relation unlisted: has no line',
    'relation unlisted_view: has no line',
    'topic unlisted: has no line',
  ]);
});
