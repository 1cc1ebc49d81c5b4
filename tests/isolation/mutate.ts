// Whether the proof can fail: each rule is broken for real, the cases that concern it must turn red, and it is put back.
import { asRoot } from '../lib/database.ts';
import { changesBetween, checksumOf } from './checksum.ts';
import type { Finding } from './engine.ts';
import { allMutations, fingerprint, type Mutation } from './mutations.ts';
import { prepare, prove, type Sums } from './proof.ts';
import type { World } from './world.ts';

/** Mutations that change nothing for anybody, by name, with the reason. */
export const equivalent: Record<string, string> = {
  'widen mgmt.subscription_plans: Everybody reads the active plans':
    'Four plans can exist, and all of them are active.',
};

export interface MutateOptions {
  /** Parts of names: a mutation runs whose name holds one of them; without any, all run. */
  only?: readonly string[];
  log?: (line: string) => void;
}

export interface Killings {
  killed: string[];
  survived: string[];
  equivalent: string[];
  unchanged: boolean;
}

/** Breaks what the options choose. To be run on a stack of its own: what a broken rule lets through is really done. */
export async function killings({ only, log = () => undefined }: MutateOptions): Promise<Killings> {
  const catalogue = await fingerprint();
  const result: Killings = { killed: [], survived: [], equivalent: [], unchanged: false };
  let world: World | undefined;
  let sums: Sums = new Map();
  for (const mutation of await allMutations()) {
    if (only && !only.some((part) => mutation.name.includes(part))) continue;
    if (equivalent[mutation.name] !== undefined) {
      result.equivalent.push(mutation.name);
      continue;
    }
    if (!world) [world, sums] = [await freshWorld(), new Map()];
    const tables = [world.tables.own, world.tables.foreign];
    for (const planted of tables) if (!sums.has(planted)) sums.set(planted, await checksumOf(planted));
    const before = tables.map((planted) => sums.get(planted)!);
    const [finding] = await findingsUnder(mutation, world, sums);
    (finding ? result.killed : result.survived).push(mutation.name);
    log(finding ? `killed   ${mutation.name} (${finding.object}: ${finding.what})` : `SURVIVED ${mutation.name}`);
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

async function findingsUnder(
  { objects, break: breaks, restore }: Mutation,
  world: World,
  sums: Sums,
): Promise<Finding[]> {
  await asRoot(breaks);
  try {
    const concerned = new Set(objects);
    const only = objects.length === 0 ? undefined : (object: string) => concerned.has(object);
    return (await prove(world, { ...(only && { only }), stopAtFirst: true, sums })).findings;
  } finally {
    await asRoot(restore);
  }
}

export async function mutateAll(options: MutateOptions): Promise<boolean> {
  const result = await killings({ log: console.log, ...options });
  const { killed, survived, unchanged } = result;
  for (const name of survived) console.log(`survivor: ${name}`);
  console.log(`${killed.length}/${killed.length + survived.length} killed, ${result.equivalent.length} equivalent`);
  if (!unchanged) console.error('The catalogue is not what it was.');
  return survived.length === 0 && unchanged;
}
