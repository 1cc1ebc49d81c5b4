import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { buildApp } from './app-build.ts';
import type { StackCommand, StackContext } from './context.ts';
import { createContext } from './create-context.ts';
import { StackError } from './errors.ts';
import { welcome } from './messages.ts';
import { ensureDataFolder } from './postgres/data-folder.ts';
import { runNode } from './run-program.ts';
import { servicesOf } from './services/all.ts';
import { isSimulated } from './services/addresses.ts';
import { keepChosenPassword, withChosenPassword } from './studio-password.ts';
import { type Step, Supervisor } from './supervisor/supervisor.ts';
import { compileCacheFolder, denoBinary, nodeBinary, postgresBinaries, supabaseCli } from './tools.ts';

/** Garbage of the start is gone by then. */
const restMs = 3_000;
/** Two signals further apart than this were sent by an impatient person. */
const impatienceMs = 1_000;

/** Starts everything and stays until it is told to stop, or a service fails for good. Returns the exit code. */
export async function runStack(command: StackCommand): Promise<number> {
  for (const find of [nodeBinary, postgresBinaries, denoBinary, supabaseCli]) find();
  const context = withChosenPassword(createContext(command, process.env));
  // A terminal that is closed, or a pipe whose reader ended, must not end a stack in the background.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const echo = (line: string) => console.log(line);
  const supervisor = new Supervisor(context, { services: servicesOf(context), steps: stepsOf(context, echo), echo });
  const told = toldToStop(supervisor);
  try {
    const outcome = await Promise.race([told, bringUp(context, supervisor), supervisor.failure]);
    if (outcome === 'ready') {
      const end = await Promise.race([told, supervisor.failure]);
      if (end instanceof StackError) throw end;
    } else if (outcome instanceof StackError) throw outcome;
    return 0;
  } finally {
    await supervisor.stop();
  }
}

async function bringUp(context: StackContext, supervisor: Supervisor): Promise<'ready'> {
  await supervisor.start();
  keepChosenPassword(context);
  if (isSimulated(context)) await seedDemo(context);
  supervisor.markReady();
  console.log(welcome(context, performance.now() / 1000));
  void reportMemory(supervisor);
  return 'ready';
}

async function reportMemory(supervisor: Supervisor): Promise<void> {
  await delay(restMs, undefined, { ref: false });
  const megabytes = supervisor.memory();
  if (megabytes !== undefined) console.log(`Memory of the whole stack at rest: ${megabytes.toFixed(0)} MB`);
}

/** The first signal stops the stack in order, a later one at once. */
function toldToStop(supervisor: Supervisor): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let toldAt: number | undefined;
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(name, () => {
        // Ctrl-C under npm arrives twice: from the terminal and passed on by npm.
        if (toldAt !== undefined && performance.now() - toldAt > impatienceMs) supervisor.kill();
        toldAt ??= performance.now();
        resolve(name);
      });
    }
  });
}

function stepsOf(context: StackContext, echo: (line: string) => void): Step[] {
  const { root, command } = context;
  const env = scriptEnvironment(root);
  return [
    { name: 'data-folder', dependsOn: [], run: (oversight) => ensureDataFolder(context, oversight) },
    {
      name: 'migrations',
      dependsOn: ['postgres'],
      run: async (oversight) => {
        await runNode({
          oversight,
          root,
          script: 'stack/postgres/prepare.ts',
          args: [command],
          env,
          failure: 'The database is not usable',
        });
      },
    },
    {
      name: 'app-build',
      dependsOn: [],
      run: async (oversight) => {
        if (command !== 'dev') echo(`app       | ${await buildApp(root, oversight)}`);
      },
    },
  ];
}

/** Accounts and content to look at; the same after every start. */
async function seedDemo({ root, command }: StackContext): Promise<void> {
  if (!existsSync(join(root, 'stack/demo/seed.ts'))) return;
  const script = 'stack/seed-demo.ts';
  await runNode({
    root,
    script,
    args: [command],
    env: scriptEnvironment(root),
    failure: 'The demo data could not be made',
  });
}

function scriptEnvironment(root: string): NodeJS.ProcessEnv {
  return { ...process.env, NODE_COMPILE_CACHE: compileCacheFolder(root) };
}
