// Facts about processes of this machine. A process id alone may have been given to another program since it was written
// down, so a process is known by its id together with the moment it started.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

export interface ProcessIdentity {
  pid: number;
  /** Opaque: equal for the same process only, also after a reboot. */
  started: string;
}

const hasProc = existsSync('/proc/self/stat');
const gone = new Set(['ENOENT', 'ESRCH']);
/** What another account's process answers to a look inside. */
const goneOrClosed = new Set([...gone, 'EACCES', 'EPERM']);

/** Identity of a running process; undefined when there is none, or only its zombie. */
export function identify(pid: number): ProcessIdentity | undefined {
  const started = hasProc ? startedLinux(pid) : startedByPs(pid);
  return started === undefined ? undefined : { pid, started };
}

export function isAlive(process: ProcessIdentity): boolean {
  return identify(process.pid)?.started === process.started;
}

function startedLinux(pid: number): string | undefined {
  const fields = statFields(pid);
  if (!fields || fields[0] === 'Z' || fields[0] === 'X') return undefined;
  const boot = readProc('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
  return `${boot}:${fields[19]}`;
}

function startedByPs(pid: number): string | undefined {
  const { stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() || undefined;
}

/** State, parent, group and so on: the third field of /proc/<pid>/stat and those after it. */
function statFields(pid: number): string[] | undefined {
  const stat = readProc(`/proc/${pid}/stat`);
  // The second field is a name in brackets that may hold anything.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function pids(): number[] {
  return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
}

function readProc(path: string, tolerated = gone): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (tolerated.has((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/**
 * Leaders of process groups that were started with the environment variable `name`, with its value. Only Linux tells, and
 * only of processes that this one may look into.
 */
export function findByEnvironment(name: string): (ProcessIdentity & { value: string })[] {
  if (!hasProc) return [];
  return pids().flatMap((pid) => {
    const group = statFields(pid)?.[2];
    if (pid === process.pid || Number(group) !== pid) return [];
    const variable = readProc(`/proc/${pid}/environ`, goneOrClosed)
      ?.split('\0')
      .find((entry) => entry.startsWith(`${name}=`));
    const identity = variable === undefined ? undefined : identify(pid);
    return identity && variable ? [{ ...identity, value: variable.slice(name.length + 1) }] : [];
  });
}

/** Sends a signal; false when the process is gone already. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/**
 * Memory of the given processes and all their descendants in MB: the sum of their proportional set sizes, in which a page
 * shared by several counts once. Undefined where the system does not tell (only Linux does).
 */
export function memoryOf(roots: number[]): number | undefined {
  if (!hasProc) return undefined;
  const parents = new Map<number, number>();
  for (const pid of pids()) parents.set(pid, Number(statFields(pid)?.[1]));
  const wanted = new Set(roots);
  for (let before = -1; before !== wanted.size;) {
    before = wanted.size;
    for (const [pid, parent] of parents) if (wanted.has(parent)) wanted.add(pid);
  }
  let kilobytes = 0;
  for (const pid of wanted) {
    const rollup = readProc(`/proc/${pid}/smaps_rollup`);
    kilobytes += Number(/^Pss:\s+(\d+)/m.exec(rollup ?? '')?.[1] ?? 0);
  }
  return kilobytes / 1024;
}
