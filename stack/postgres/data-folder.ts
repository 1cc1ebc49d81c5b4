// The data folder of the embedded Postgres: made on the first start, taken over after a crash.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StackContext } from '../context.ts';
import { StackError } from '../errors.ts';
import { type Oversight, runProgram } from '../run-program.ts';
import { postgresBinaries } from '../tools.ts';
import { asPostgresAccount, giveTo, postgresAccount } from './account.ts';

const supportedVersion = '17';

export function dataFolder(context: Pick<StackContext, 'home'>): string {
  return join(context.home, 'postgres');
}

/** Makes the data folder when there is none. It gets its name last, so a start that is killed here leaves no half of one. */
export async function ensureDataFolder(context: StackContext, oversight: Oversight): Promise<void> {
  const folder = dataFolder(context);
  if (existsSync(join(folder, 'PG_VERSION'))) {
    const version = readFileSync(join(folder, 'PG_VERSION'), 'utf8').trim();
    if (version === supportedVersion) return removeForeignLock(folder);
    throw new StackError(`${folder} was written by Postgres ${version}, this is ${supportedVersion}: move it away.`);
  }
  const draft = `${folder}.new`;
  const passwordFile = `${folder}.password`;
  const account = postgresAccount();
  // The initdb of a killed start may still be tidying up behind itself.
  rmSync(draft, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  mkdirSync(draft, { mode: 0o700 });
  giveTo(draft, account);
  writeFileSync(passwordFile, context.secrets.database.supabase_admin, { mode: 0o600 });
  giveTo(passwordFile, account);
  try {
    await initdb(context, draft, passwordFile, oversight);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(draft, folder);
}

/**
 * After kill -9 of a whole machine or container the lock file names a process id that may now belong to any program, and
 * Postgres would refuse to start. (One that belongs to nobody it removes itself.)
 */
function removeForeignLock(folder: string): void {
  const lock = join(folder, 'postmaster.pid');
  if (!existsSync(lock)) return;
  const pid = Number(readFileSync(lock, 'utf8').split('\n')[0]);
  const commandLine = readCommandLine(pid);
  if (commandLine !== undefined && !commandLine.includes(folder)) rmSync(lock);
}

function readCommandLine(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/** Sorted as on a hosted project: by ICU's en-US, with the plain C library's locale for messages and numbers. */
async function initdb(
  context: StackContext,
  folder: string,
  passwordFile: string,
  oversight: Oversight,
): Promise<void> {
  const args = [
    `--pgdata=${folder}`,
    '--username=supabase_admin',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=icu',
    '--icu-locale=en-US',
    '--locale=C.UTF-8',
    '--data-checksums',
  ];
  await runProgram({
    ...asPostgresAccount(postgresBinaries().initdb, args, context.home),
    cwd: '/',
    env: { LC_ALL: 'C', PATH: process.env.PATH },
    failure: `Postgres could not make its data folder ${folder}`,
    oversight,
  });
}
