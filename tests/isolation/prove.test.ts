// The proof as part of the suite: what it tries is in proof.ts, what it expects in expectations.ts.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { closeDatabase } from '../lib/database.ts';
import type { Finding } from './engine.ts';
import { buckets, functions, relations, topics } from './expectations.ts';
import { nobodys } from './expectations-surface.ts';
import { prepare, prove, type Proof } from './proof.ts';
import { report } from './report.ts';

let findings: Finding[];
let proof: Proof;

beforeAll(async () => {
  const { world, findings: missing } = await prepare();
  proof = await prove(world);
  findings = [...missing, ...proof.findings];
}, 480_000);
afterAll(closeDatabase);

const objects = [
  ...Object.keys(relations),
  ...Object.keys(functions).map((name) => `${name}()`),
  ...Object.keys(buckets).map((name) => `bucket ${name}`),
  ...Object.keys(topics).map((name) => `topic ${name}`),
  ...Object.keys(nobodys),
  'schemas',
  'catalogue',
];
const about = (matches: (object: string) => boolean): string[] =>
  findings.filter(({ object }) => matches(object)).map(({ object, what, found }) => `${object}: ${what}: ${found}`);

test('every object of the API has a line in the expectations, and every line an object and rows', () => {
  expect(findings.filter(({ what }) => ['expectations', 'planting'].includes(what))).toEqual([]);
});

describe.each(objects)('%s', (name) => {
  test('answers everybody as expected', () => {
    expect(about((object) => object === name)).toEqual([]);
  });
});

test('nothing of the other table changed in any schema, and no object is left over', () => {
  expect(about((object) => !objects.includes(object))).toEqual([]);
  expect(proof.cases).toBeGreaterThan(3_000);
});

test('docs/isolation.md says what the run found; `npm run prove:isolation` writes it anew', () => {
  expect(readFileSync(new URL('../../docs/isolation.md', import.meta.url), 'utf8')).toBe(report(proof.observed));
});
