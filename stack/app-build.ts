// `npm run build`: builds the app when its sources changed since the last build. Called by the start commands too, and with
// `--if-possible` after `npm ci`, where missing build tools (an install without dev dependencies) are no failure.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { StackError } from './errors.ts';
import { type Oversight, runNode } from './run-program.ts';
import { identify, isAlive, type ProcessIdentity } from './supervisor/processes.ts';

const inputs = [
  'app',
  'domain',
  'project.inlang/settings.json',
  'svelte.config.js',
  'vite.config.ts',
  'package-lock.json',
];
/** What tools write among the sources. */
const generated = new Set(['app/.svelte-kit', 'app/node_modules', 'app/lib/paraglide']);
const lockPollMs = 200;

/** Returns what it did, in one line. */
export async function buildApp(root: string, oversight?: Oversight): Promise<string> {
  const marker = join(root, 'build', '.sources.sha256');
  const isCurrent = () => existsSync(marker) && readFileSync(marker, 'utf8') === hashOf(root);
  if (isCurrent()) return 'The app is built.';
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  if (!existsSync(vite)) {
    if (existsSync(join(root, 'build', 'handler.js'))) return 'The app is used as it was built; Vite is not installed.';
    throw new StackError(`The app is not built, and Vite is not installed: run \`npm ci\` in ${root}.`);
  }
  return withLock(root, oversight?.signal, async () => {
    if (isCurrent()) return 'The app is built.';
    const started = performance.now();
    const hash = hashOf(root);
    rmSync(marker, { force: true });
    const env = { ...process.env, NODE_ENV: 'production' };
    await runNode({ root, script: vite, args: ['build'], env, failure: 'The app could not be built', oversight });
    writeFileSync(marker, hash);
    return `The app was built in ${((performance.now() - started) / 1000).toFixed(1)} s.`;
  });
}

/** Of names and contents, so that a checkout with other times is the same. */
function hashOf(root: string): string {
  const hash = createHash('sha256');
  for (const file of inputs.flatMap((path) => filesIn(root, join(root, path)))) {
    hash
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  }
  return hash.digest('hex');
}

function filesIn(root: string, path: string): string[] {
  if (generated.has(relative(root, path)) || !existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesIn(root, join(path, name)));
}

/** Two stacks of one checkout may start together; one of them builds. */
async function withLock<Result>(
  root: string,
  signal: AbortSignal | undefined,
  work: () => Promise<Result>,
): Promise<Result> {
  const lock = join(root, 'node_modules', '.cache', 'glyphoxa', 'app-build.json');
  mkdirSync(dirname(lock), { recursive: true });
  while (!takeLock(lock)) await delay(lockPollMs, undefined, { signal });
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function takeLock(lock: string): boolean {
  try {
    writeFileSync(lock, JSON.stringify(identify(process.pid)), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const holder = readHolder(lock);
    if (holder && !isAlive(holder)) rmSync(lock, { force: true });
    return false;
  }
}

/** Undefined while the holder is just writing or removing it. */
function readHolder(lock: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(lock, 'utf8')) as ProcessIdentity;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

// Run by itself, or through launch.mjs.
if (process.argv[1] === import.meta.filename) {
  try {
    console.log(await buildApp(dirname(import.meta.dirname)));
  } catch (error) {
    if (!(error instanceof StackError)) throw error;
    console.error(error.message);
    process.exitCode = process.argv.includes('--if-possible') ? 0 : 1;
  }
}
