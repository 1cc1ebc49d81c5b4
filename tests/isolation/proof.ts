// The whole proof against the running stack: reads the catalogue, plants, tries everything, and looks as root what changed.
import { type Catalogue, readCatalogue } from './catalogue.ts';
import { changesBetween, type Checksum, checksumOf } from './checksum.ts';
import { type Case, type Finding, runCases } from './engine.ts';
import { buckets, functions, relations, topics } from './expectations.ts';
import { blindCases, blindInsertCases, matrixCases, type MatrixCase, type Observed } from './matrix.ts';
import { completePlanting } from './planting.ts';
import { invariantCases, serviceCases, unknownPolicies } from './probe-database.ts';
import { answerCases, foreignIdCases, hiddenCases } from './probe-functions.ts';
import { readCases } from './probe-reads.ts';
import { deedCases } from './probe-deeds.ts';
import { grantedCases } from './probe-granted.ts';
import { presenceCases } from './probe-presence.ts';
import { topicCases } from './probe-realtime.ts';
import { roleCases } from './probe-role.ts';
import { fileAttacks, fileMatrix, keptFileCases, plantFiles, unfitCases } from './probe-storage.ts';
import { surfaceCases } from './probe-surface.ts';
import { writeCases } from './probe-writes.ts';
import { plantArchived, type Planted, setTables } from './tables.ts';
import { giveTokens, type World } from './world.ts';

/** More than two cores can answer at once, less than the API's connections. */
const concurrency = 8;

export interface Proof {
  objects: number;
  cases: number;
  findings: Finding[];
  observed: Observed;
}

export interface ProofOptions {
  /** Cases of these objects only; without it all. */
  only?: (object: string) => boolean;
  stopAtFirst?: boolean;
  /** Begins with what leaves no trace. */
  tracelessFirst?: boolean;
  /** What is known of the tables' rows, kept up to date, so that nothing is summed up twice. */
  sums?: Sums;
}

/** The newest checksum of a table of people, as long as nothing has touched it since. */
export type Sums = Map<Planted, Checksum>;

/** Two tables of people with rows in every object, and everybody's tokens. */
export async function prepare(): Promise<{ world: World; findings: Finding[] }> {
  const [catalogue, tables] = [await readCatalogue(), await setTables()];
  const world: World = { catalogue, tables, tokens: await giveTokens(tables) };
  const findings = await missingLines(catalogue);
  for (const planted of [tables.own, tables.foreign]) {
    for (const name of await completePlanting(catalogue, planted)) {
      findings.push({ object: name, what: 'planting', found: 'has no row: plant one in tables.ts' });
    }
    await plantArchived(planted);
  }
  await plantFiles(world);
  return { world, findings };
}

/** Objects without a line, and lines without an object. */
export async function missingLines(catalogue: Catalogue): Promise<Finding[]> {
  const lists: [string, string[], string[]][] = [
    ['relation', catalogue.relations.map(({ name }) => name), Object.keys(relations)],
    ['function', [...new Set(catalogue.functions.map(({ name }) => name))], Object.keys(functions)],
    ['bucket', catalogue.buckets, Object.keys(buckets)],
    ['topic', catalogue.topics, Object.keys(topics)],
  ];
  const findings = lists.flatMap(([kind, found, lines]) => [
    ...found.filter((name) => !lines.includes(name)).map((name) => missing(`${kind} ${name}`, 'has no line')),
    ...lines
      .filter((name) => !found.includes(name))
      .map((name) => missing(`${kind} ${name}`, 'is a line without object')),
  ]);
  return [
    ...findings,
    ...(await unknownPolicies()).map(({ name }) => missing(name, 'is admitted by a policy and has no line')),
  ];
}

const missing = (object: string, found: string): Finding => ({ object, what: 'expectations', found });

/** How many objects the catalogue exposes. */
export function countObjects({ catalogue }: World): number {
  const { relations: tables, functions: calls, buckets: files, topics: kinds } = catalogue;
  return tables.length + new Set(calls.map(({ name }) => name)).size + files.length + kinds.length;
}

export async function prove(
  world: World,
  { only = () => true, stopAtFirst = false, tracelessFirst = false, sums = new Map() }: ProofOptions = {},
): Promise<Proof> {
  const observed: Observed = {};
  const wanted = <C extends Case>(cases: C[]): C[] => cases.filter(({ object }) => only(object));
  const matrix: MatrixCase[] = wanted([
    ...matrixCases(world, observed),
    ...fileMatrix(world, observed),
    ...answerCases(world, observed),
    // Last: a blind write of a stranger reaches all rows at home.
    ...blindInsertCases(world),
    ...blindCases(world),
  ]);
  const of = (phase: MatrixCase['phase']): Case[] => matrix.filter((one) => one.phase === phase);
  const { own, foreign } = world.tables;
  const findings: Finding[] = [];
  let cases = 0;

  /** Runs cases, after which the tables of these people must be as they were; undefined where every case undoes itself. */
  type Phase = [what: string, some: Case[], atOnce: number, untouched: [string, Planted][] | undefined];
  const run = async (...[what, some, atOnce, untouched]: Phase): Promise<void> => {
    if (some.length === 0 || (stopAtFirst && findings.length > 0)) return;
    for (const [, planted] of untouched ?? []) if (!sums.has(planted)) sums.set(planted, await checksumOf(planted));
    findings.push(...(await runCases(some, { concurrency: atOnce, stopAtFirst })));
    cases += some.length;
    if (!untouched) return;
    for (const planted of [...sums.keys()]) {
      const whose = untouched.find(([, one]) => one === planted)?.[0];
      const before = sums.get(planted)!;
      sums.delete(planted);
      if (whose === undefined) continue;
      const after = await checksumOf(planted);
      sums.set(planted, after);
      for (const name of changesBetween(before, after)) {
        findings.push({ object: name, what: `checksum of ${whose} after ${what}`, found: 'rows changed' });
      }
    }
  };

  const both: [string, Planted][] = [
    ['Alice’s table', own],
    ['Mallory’s table', foreign],
  ];
  const attacks = [
    ...serviceCases(),
    ...(await readCases(world, only)),
    ...hiddenCases(world),
    ...fileAttacks(world),
    ...keptFileCases(world),
    ...unfitCases(world),
    ...surfaceCases(world),
  ];
  const phases: Phase[] = [
    ['reads and denied tries', [...wanted(attacks), ...of('denied')], concurrency, both],
    ['broadcasts', wanted(topicCases(world, observed)), concurrency, [both[1]!]],
    ['writes with foreign ids', wanted([...writeCases(world), ...foreignIdCases(world)]), concurrency, [both[1]!]],
    ['members’ writes', of('members'), 1, [both[1]!]],
    ['outsiders’ writes', of('outsiders'), 1, [both[0]!]],
    ['calls that change who somebody is', of('last'), 1, []],
  ];
  const traceless: Phase[] = [
    ['tries as the role itself', wanted(await roleCases(world)), concurrency, undefined],
    // One after the other: what removes a table waits for whoever reads it.
    [
      'questions and deeds that are undone',
      wanted([...(await grantedCases(world)), ...(await presenceCases(world, only)), ...deedCases(world)]),
      1,
      undefined,
    ],
  ];
  phases.splice(tracelessFirst ? 0 : 1, 0, ...traceless);
  // A look at the catalogue touches nobody.
  const catalogue = wanted(invariantCases(world));
  findings.push(...(await runCases(catalogue, { concurrency, stopAtFirst })));
  cases += catalogue.length;
  for (const phase of phases) await run(...phase);
  return { objects: countObjects(world), cases, findings, observed };
}
