// Plain JavaScript for any Node: says in one sentence when this Node is too old for the TypeScript that comes after it, or
// hands over to the one that `npm ci` installed. Usage: node stack/launch.mjs <script.ts> [arguments]
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const oldest = 24;
const root = fileURLToPath(new URL('..', import.meta.url));
const [, , script = 'stack/main.ts', ...args] = process.argv;
const file = resolve(root, script);

if (Number(process.versions.node.split('.')[0]) >= oldest) {
  process.argv = [process.execPath, file, ...args];
  await import(pathToFileURL(file).href);
} else {
  const installed = join(root, 'node_modules', '.bin', 'node');
  if (existsSync(installed)) {
    const child = spawn(installed, [file, ...args], { stdio: 'inherit' });
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => child.kill(name));
    child.once('close', (code) => (process.exitCode = code ?? 1));
  } else {
    console.error(
      `Node ${oldest} or newer is needed, this is ${process.versions.node}: run \`npm ci\`, or install Node ${oldest}.`,
    );
    process.exitCode = args.includes('--if-possible') ? 0 : 1;
  }
}
