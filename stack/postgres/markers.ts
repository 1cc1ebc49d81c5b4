import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StackContext } from '../context.ts';
import { dataFolder } from './data-folder.ts';

/**
 * Runs idempotent work on the database unless the same was done before: a second start is a fast one. The marker lies
 * beside the data it speaks of, so that it goes when they go, and is written after the work, so that a killed run repeats.
 */
export async function unlessDone(
  context: StackContext,
  name: string,
  inputs: unknown,
  work: () => Promise<void>,
): Promise<void> {
  const hash = createHash('sha256').update(JSON.stringify(inputs)).digest('hex');
  const marker = join(dataFolder(context), `glyphoxa-${name}.sha256`);
  if (existsSync(marker) && readFileSync(marker, 'utf8') === hash) return;
  await work();
  writeFileSync(marker, hash);
}
