// Whether the proof can fail: each rule is broken for real, the cases that concern it must turn red, and it is put back.
import { asRoot } from '../lib/database.ts';
import { changesBetween, checksumOf } from './checksum.ts';
import type { Finding } from './engine.ts';
import { allMutations, fingerprint, type Mutation } from './mutations.ts';
import { prepare, prove } from './proof.ts';
import type { World } from './world.ts';

/** Mutations that change nothing for anybody, by name, with the reason. */
export const equivalent: Record<string, string> = {
  'widen mgmt.subscription_plans: Everybody reads the active plans':
    'Four plans can exist, and all of them are active.',
};

export interface MutateOptions {
  /** Part of the names of the mutations to run; without it all. */
  only?: string | undefined;
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
  const before = await fingerprint();
  const result: Killings = { killed: [], survived: [], equivalent: [], unchanged: false };
  let world: World | undefined;
  for (const mutation of await allMutations()) {
    if (only !== undefined && !mutation.name.includes(only)) continue;
    if (equivalent[mutation.name] !== undefined) {
      result.equivalent.push(mutation.name);
      continue;
    }
    world ??= await freshWorld();
    const sums = await Promise.all([checksumOf(world.tables.own), checksumOf(world.tables.foreign)]);
    const [finding] = await findingsUnder(mutation, world);
    (finding ? result.killed : result.survived).push(mutation.name);
    log(finding ? `killed   ${mutation.name} (${finding.object}: ${finding.what})` : `SURVIVED ${mutation.name}`);
    const after = await Promise.all([checksumOf(world.tables.own), checksumOf(world.tables.foreign)]);
    // What was broken into is planted anew, so that the next one meets whole tables.
    if (sums.some((sum, index) => changesBetween(sum, after[index]!).length > 0)) world = undefined;
  }
  result.unchanged = (await fingerprint()) === before;
  return result;
}

async function freshWorld(): Promise<World> {
  const { world, findings } = await prepare();
  if (findings.length > 0) throw new Error(`Run the proof first: ${JSON.stringify(findings)}`);
  return world;
}

async function findingsUnder({ objects, break: breaks, restore }: Mutation, world: World): Promise<Finding[]> {
  await asRoot(breaks);
  try {
    const concerned = new Set(objects);
    const only = objects.length === 0 ? undefined : (object: string) => concerned.has(object);
    return (await prove(world, { ...(only && { only }), stopAtFirst: true })).findings;
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
