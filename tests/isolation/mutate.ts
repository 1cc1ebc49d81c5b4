// Whether the proof can fail: each rule is broken for real, the cases that concern it must turn red, and it is put back.
import { readFileSync, writeFileSync } from 'node:fs';
import { asRoot, refusalOf } from '../lib/database.ts';
import { changesBetween, checksumOf } from './checksum.ts';
import type { Finding } from './engine.ts';
import { equivalent } from './equivalents.ts';
import { allMutations, fingerprint, type Mutation, type Part, parts } from './mutations.ts';
import { prepare, prove, type Sums } from './proof.ts';
import { type Totals, totalsFile } from './report.ts';
import type { World } from './world.ts';

export interface MutateOptions {
  /** Parts of names: a mutation runs whose name holds one of them; without any, all run. */
  only?: readonly string[];
  /** These parts; without any, all. */
  parts?: readonly Part[];
  /** Asks only what the mutation concerns most: fast, and what survives has not survived the whole proof. */
  near?: boolean;
  log?: (line: string) => void;
}

export interface Killings {
  killed: Mutation[];
  survived: Mutation[];
  equivalent: Mutation[];
  /** Named as equivalent, and not there any more. */
  stale: string[];
  unchanged: boolean;
}

/** Breaks what the options choose. To be run on a stack of its own: what a broken rule lets through is really done. */
export async function killings({
  only,
  parts: wanted = parts,
  near = false,
  log = () => undefined,
}: MutateOptions): Promise<Killings> {
  const catalogue = await fingerprint();
  const all = await allMutations();
  const names = new Set(all.map(({ name }) => name));
  const stale = Object.keys(equivalent).filter((name) => !names.has(name));
  const result: Killings = { killed: [], survived: [], equivalent: [], stale, unchanged: false };
  let world: World | undefined;
  let sums: Sums = new Map();
  for (const mutation of all) {
    if (!wanted.includes(mutation.part)) continue;
    if (only && !only.some((part) => mutation.name.includes(part))) continue;
    if (equivalent[mutation.name] !== undefined) {
      result.equivalent.push(mutation);
      continue;
    }
    if (!world) [world, sums] = [await freshWorld(), new Map()];
    const tables = [world.tables.own, world.tables.foreign];
    for (const planted of tables) if (!sums.has(planted)) sums.set(planted, await checksumOf(planted));
    const before = tables.map((planted) => sums.get(planted)!);
    const started = performance.now();
    const finding = await findingUnder(mutation, world, sums, near);
    (finding ? result.killed : result.survived).push(mutation);
    const seconds = ((performance.now() - started) / 1_000).toFixed(1);
    log(
      finding
        ? `killed   ${mutation.name} (${finding.object}: ${finding.what}) ${seconds} s`
        : `SURVIVED ${mutation.name} ${seconds} s`,
    );
    for (const planted of tables) if (!sums.has(planted)) sums.set(planted, await checksumOf(planted));
    // What was broken into is planted anew, so that the next one meets whole tables.
    if (tables.some((planted, index) => changesBetween(before[index]!, sums.get(planted)!).length > 0))
      world = undefined;
  }
  result.unchanged = (await fingerprint()) === catalogue;
  return result;
}

async function freshWorld(): Promise<World> {
  const { world, findings } = await prepare();
  if (findings.length > 0) throw new Error(`Run the proof first: ${JSON.stringify(findings)}`);
  return world;
}

/** Where it is noticed first: in the catalogue, by the objects it concerns, or else by any other. */
async function findingUnder(mutation: Mutation, world: World, sums: Sums, near: boolean): Promise<Finding | undefined> {
  const { objects } = mutation;
  const concerned = new Set(objects);
  const first = (object: string): boolean => concerned.has(object);
  const catalogue = (object: string): boolean => object === 'catalogue';
  const rest = (object: string): boolean => !first(object) && !catalogue(object);
  const stages = [...(mutation.shownByCatalogue ? [catalogue, first] : [first, catalogue]), ...(near ? [] : [rest])];
  await asRoot(mutation.break);
  try {
    for (const only of stages) {
      const { findings } = await prove(world, { only, stopAtFirst: true, tracelessFirst: true, sums });
      if (findings[0]) return findings[0];
    }
    return undefined;
  } catch (error) {
    // Root looks through the same views and functions: what breaks even that has been noticed.
    return { object: 'proof', what: 'root could not look', found: refusalOf(error).message };
  } finally {
    await asRoot(mutation.restore);
  }
}

/** Runs, prints, and keeps the totals for docs/isolation.md when everything was run. */
export async function mutateAll(options: MutateOptions): Promise<boolean> {
  const started = performance.now();
  const { killed, survived, equivalent, stale, unchanged } = await killings({ log: console.log, ...options });
  for (const { name } of survived) console.log(`survivor: ${name}`);
  for (const name of stale) console.error(`is listed as equivalent and is no mutation: ${name}`);
  const count = (of: (mutation: Mutation) => boolean): Totals[Part] => ({
    killed: killed.filter(of).length,
    survived: survived.filter(of).length,
    equivalent: equivalent.filter(of).length,
  });
  const line = (what: string, { killed, survived, equivalent }: Totals[Part]): string =>
    `${what}: ${killed}/${killed + survived} killed, ${equivalent} equivalent`;
  const totals = Object.fromEntries(parts.map((part) => [part, count((one) => one.part === part)])) as Totals;
  for (const part of parts) console.log(line(part, totals[part]));
  const minutes = ((performance.now() - started) / 60_000).toFixed(1);
  console.log(
    `${line(
      'all',
      count(() => true),
    )} (${minutes} min)`,
  );
  if (!unchanged) console.error('The catalogue is not what it was.');
  if (!options.only && !options.near) keep(totals, options.parts ?? parts);
  return survived.length === 0 && stale.length === 0 && unchanged;
}

/** Writes down what parts were run whole. */
function keep(totals: Totals, run: readonly Part[]): void {
  const known = JSON.parse(readFileSync(totalsFile, 'utf8')) as Totals;
  for (const part of run) known[part] = totals[part];
  writeFileSync(totalsFile, `${JSON.stringify(known, null, 2)}\n`);
}
