// A small mutation check, on a stack of its own: the proof must turn red when a rule is broken. All of them:
// `npm run prove:isolation -- --mutate`.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FreshStack, startFreshStack } from '../../scripts/fresh-stack.ts';
import { closeDatabase } from '../lib/database.ts';
import { killings } from './mutate.ts';

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

test.each([
  'mgmt.campaign_lore:',
  'run as its owner mgmt.npcs',
  'mgmt.rename_tenant()',
  'let people read private.secrets',
])(
  'the proof turns red for each broken rule of %s',
  async (only) => {
    const { killed, survived, unchanged } = await killings({ only });
    expect(survived).toEqual([]);
    expect(killed.length).toBeGreaterThan(0);
    expect(unchanged).toBe(true);
  },
  180_000,
);
