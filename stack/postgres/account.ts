// Postgres refuses to run as root. Under root it gets another account, and, where that account could not even walk to the
// files (a checkout in /root, a folder of mktemp), the one capability it needs for that.
import { chownSync, existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { StackError } from '../errors.ts';

export interface Account {
  uid: number;
  gid: number;
}

export interface Invocation {
  command: string;
  args: string[];
  uid?: number;
  gid?: number;
}

const candidates = ['postgres', 'nobody'];
const setpriv = '/usr/bin/setpriv';

/** The account for Postgres, or undefined when this process may run it itself. */
export function postgresAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const name of candidates) {
    const user = users.find(([login]) => login === name);
    if (user) return { uid: Number(user[2]), gid: Number(user[3]) };
  }
  throw new StackError('Postgres refuses to run as root: start the stack as another user, or run `useradd postgres`.');
}

/** How to run a Postgres program on a data folder inside `home`. */
export function asPostgresAccount(binary: string, args: string[], home: string): Invocation {
  const account = postgresAccount();
  if (!account) return { command: binary, args };
  if (canWalkTo(dirname(binary), account) && canWalkTo(home, account)) return { command: binary, args, ...account };
  if (!existsSync(setpriv)) {
    throw new StackError(
      `Postgres cannot run as root, and its account cannot enter ${home}: start the stack as another user, or move it out of root's folders.`,
    );
  }
  const drop = [`--reuid=${account.uid}`, `--regid=${account.gid}`, '--clear-groups'];
  // Without no_setuid_fixup, access(2), by which initdb looks for the server, would ignore the capability.
  const keep = ['--securebits=+no_setuid_fixup', '--inh-caps=-all,+dac_override', '--ambient-caps=-all,+dac_override'];
  return { command: setpriv, args: [...drop, ...keep, '--', binary, ...args] };
}

/** Gives a file or folder to the account. */
export function giveTo(path: string, account: Account | undefined): void {
  if (account) chownSync(path, account.uid, account.gid);
}

function canWalkTo(folder: string, { uid, gid }: Account): boolean {
  for (let current = resolve(folder); ; current = dirname(current)) {
    const { mode, uid: owner, gid: group } = statSync(current);
    const bit = owner === uid ? 0o100 : group === gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (dirname(current) === current) return true;
  }
}
