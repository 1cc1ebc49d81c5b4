// Adds lock entries for optional platform packages that a registry mirror could not resolve, so that `npm ci` accepts the
// lock everywhere: npm refuses a lock that lacks an optional dependency, even one for another platform. Run by
// `npm run lock:complete` after each change of dependencies. The entries carry no integrity; npm skips them on other platforms.
import { readFileSync, writeFileSync } from 'node:fs';

interface LockEntry {
  version?: string;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optional?: boolean;
  optionalDependencies?: Record<string, string>;
}

const file = process.argv[2] ?? 'package-lock.json';
const lock = JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, LockEntry> };
const packages = lock.packages;

const first = (name: string, table: [string, RegExp][]) => table.find(([, pattern]) => pattern.test(name))?.[0];

function platformOf(name: string): Pick<LockEntry, 'os' | 'cpu' | 'libc'> {
  const os = first(name, [
    ['darwin', /darwin|macos/],
    ['win32', /win32|windows/],
    ['linux', /linux/],
    ['android', /android/],
    ['freebsd', /freebsd/],
  ]);
  const cpu = first(name, [
    ['arm64', /arm64|aarch64/],
    ['arm', /arm(?!64)/],
    ['x64', /x64|x86_64/],
    ['ia32', /ia32|i686/],
    ['wasm32', /wasm32/],
  ]);
  const libc =
    os === 'linux'
      ? first(name, [
          ['musl', /musl/],
          ['glibc', /gnu|glibc/],
        ])
      : undefined;
  return { ...(os && { os: [os] }), ...(cpu && { cpu: [cpu] }), ...(libc && { libc: [libc] }) };
}

/** Node's own lookup: a package is found in its parent's node_modules, or in any folder above. */
function isLocked(parent: string, name: string): boolean {
  for (let folder = parent; ; folder = folder.slice(0, Math.max(folder.lastIndexOf('/node_modules/'), 0))) {
    if (packages[`${folder ? `${folder}/` : ''}node_modules/${name}`]) return true;
    if (!folder) return false;
  }
}

let added = 0;
for (const [path, entry] of Object.entries({ ...packages })) {
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    const platform = platformOf(name.toLowerCase());
    if (isLocked(path, name) || (!platform.os && !platform.cpu)) continue;
    packages[`node_modules/${name}`] = { version: range.replace(/^[\^~]/, ''), ...platform, optional: true };
    added++;
  }
}
lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${file}: ${added} entries added`);
