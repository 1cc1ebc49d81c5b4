// Everything between a running Postgres and the services that need its schema, in a process that ends afterwards, so that
// the supervisor stays small. Arguments: the stack's command.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StackCommand } from '../context.ts';
import { createContext } from '../create-context.ts';
import { StackError } from '../errors.ts';
import { bootstrapDatabase } from './bootstrap.ts';
import { unlessDone } from './markers.ts';
import { migrateDatabase } from './migrations.ts';

const context = createContext(process.argv[2] as StackCommand, process.env);

/** Our migrations refer to auth.users. The library that makes it is large, and loaded only when it has to. */
async function prepareServices(): Promise<void> {
  const script = readFileSync(join(context.root, 'stack/api/prepare.ts'), 'utf8');
  const library = fileURLToPath(import.meta.resolve('@supabase/lite'));
  await unlessDone(context, 'services', [script, readFileSync(library, 'utf8')], async () => {
    const { prepareAuthAndStorage } = await import('../api/prepare.ts');
    await prepareAuthAndStorage(context);
  });
}

try {
  await bootstrapDatabase(context);
  await prepareServices();
  await migrateDatabase(context);
} catch (error) {
  if (error instanceof StackError) console.error(error.message);
  else console.error(error);
  process.exitCode = 1;
}
