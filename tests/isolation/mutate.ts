// Whether the proof can fail: each rule is broken for real, the cases that concern it must turn red, and it is put back.
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { asRoot, refusalOf } from '../lib/database.ts';
import { changesBetween, type Checksum, checksumOf } from './checksum.ts';
import type { Finding } from './engine.ts';
import { equivalent } from './equivalents.ts';
import { type Mutation, type Part, parts, together } from './mutation.ts';
import { allMutations, fingerprint } from './mutations.ts';
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
  /** A file of what was killed: the same statement is not run again, so that a long run can be gone on with. */
  journal?: string;
}

export interface Killings {
  killed: Mutation[];
  survived: Mutation[];
  /** The same to everybody; where another rule hides it, both at once were killed. */
  equivalent: Mutation[];
  /** Mutations and keys that equivalents name, and that are not there any more. */
  stale: string[];
  unchanged: boolean;
}

/** Breaks what the options choose. To be run on a stack of its own: what a broken rule lets through is really done. */
export async function killings({
  only,
  parts: wanted = parts,
  near = false,
  log = () => undefined,
  journal,
}: MutateOptions): Promise<Killings> {
  const catalogue = await fingerprint();
  const all = await allMutations();
  const names = new Set(all.map(({ name }) => name));
  const keys = await keysOfTables();
  const stale = Object.entries(equivalent).flatMap(([name, { beside = [], keys: needed = [] }]) => [
    ...[name, ...beside].filter((known) => !names.has(known)),
    ...needed.filter((key) => !keys.some((known) => known.startsWith(key))),
  ]);
  const result: Killings = { killed: [], survived: [], equivalent: [], stale, unchanged: false };
  let world: World | undefined;
  let sums: Sums = new Map();
  const known = new Set(journal && existsSync(journal) ? readFileSync(journal, 'utf8').split('\n') : []);
  /** Whether the proof turns red. */
  const shown = async (mutation: Mutation): Promise<boolean> => {
    const line = `${createHash('sha256').update(mutation.break).digest('hex')} ${mutation.name}`;
    if (known.has(line)) return true;
    const started = performance.now();
    let finding: Finding | undefined;
    for (const only of stagesOf(mutation, near)) {
      if (!world) [world, sums] = [await freshWorld(), new Map()];
      const tables = [world.tables.own, world.tables.foreign];
      const sum = async (): Promise<Checksum[]> => {
        for (const planted of tables) if (!sums.has(planted)) sums.set(planted, await checksumOf(planted));
        return tables.map((planted) => sums.get(planted)!);
      };
      const before = await sum();
      finding = await findingUnder(mutation, world, sums, only);
      const after = await sum();
      // What was broken into, or written by whoever may, is planted anew: the next look meets whole tables.
      if (before.some((one, index) => changesBetween(one, after[index]!).length > 0)) world = undefined;
      if (finding) break;
    }
    const seconds = ((performance.now() - started) / 1_000).toFixed(1);
    log(
      finding
        ? `killed   ${mutation.name} (${finding.object}: ${finding.what}: ${finding.found.slice(0, 100)}) ${seconds} s`
        : `SURVIVED ${mutation.name} ${seconds} s`,
    );
    if (finding && journal) appendFileSync(journal, `${line}\n`);
    return finding !== undefined;
  };
  for (const mutation of all) {
    if (!wanted.includes(mutation.part)) continue;
    if (only && !only.some((part) => mutation.name.includes(part))) continue;
    const same = equivalent[mutation.name];
    if (same === undefined) ((await shown(mutation)) ? result.killed : result.survived).push(mutation);
    else if (same.beside === undefined) result.equivalent.push(mutation);
    else {
      const both = together([mutation, ...all.filter(({ name }) => same.beside!.includes(name))]);
      if (await shown(both)) result.equivalent.push(mutation);
      else result.survived.push(both);
    }
  }
  result.unchanged = (await fingerprint()) === catalogue;
  return result;
}

/** `table definition` of every primary and foreign key. */
async function keysOfTables(): Promise<string[]> {
  const keys = await asRoot<{ key: string }>(
    `select conrelid::regclass || ' ' || pg_get_constraintdef(oid) as key from pg_constraint where contype in ('p', 'f')`,
  );
  return keys.map(({ key }) => key);
}

async function freshWorld(): Promise<World> {
  const { world, findings } = await prepare();
  if (findings.length > 0) throw new Error(`Run the proof first: ${JSON.stringify(findings)}`);
  return world;
}

type Objects = (object: string) => boolean;

/** Where it is noticed first: in the catalogue, by the objects it concerns, or else by any other. */
function stagesOf({ objects, shownByCatalogue }: Mutation, near: boolean): Objects[] {
  const concerned = new Set(objects);
  const first: Objects = (object) => concerned.has(object);
  const catalogue: Objects = (object) => object === 'catalogue';
  const rest: Objects = (object) => !first(object) && !catalogue(object);
  return [...(shownByCatalogue ? [catalogue, first] : [first, catalogue]), ...(near ? [] : [rest])];
}

async function findingUnder(mutation: Mutation, world: World, sums: Sums, only: Objects): Promise<Finding | undefined> {
  await asRoot(mutation.break);
  try {
    const { findings } = await prove(world, { only, stopAtFirst: true, tracelessFirst: true, sums });
    return findings[0];
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
  for (const name of stale) console.error(`equivalents.ts names it, and it is not there: ${name}`);
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
