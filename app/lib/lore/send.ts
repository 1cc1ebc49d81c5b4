import type { Refusal } from '#lib/errors.ts';
import { postForm } from '#lib/post-form.ts';
import type { SaveAnswer } from './editor.svelte.ts';
import { toFormData } from './form-data.ts';
import type { LoreFields, LorePage } from './page.ts';

/** Asked too often: later it will be taken. */
const tooOften = 429;

/** Saves fields of the page at this address. A line that is cut, and an error of ours, are worth another try. */
export async function sendLore(
  path: string,
  fields: Partial<LoreFields>,
  basedOn: string,
  leaving: boolean,
): Promise<SaveAnswer> {
  const result = await postForm(`${path}?/save`, toFormData(fields, basedOn), { leaving });
  if (result.type === 'success') return { kind: 'saved', updatedAt: String(result.data?.['savedAt']) };
  if (result.type !== 'failure' || result.status >= 500 || result.status === tooOften) return { kind: 'unreachable' };
  const data = result.data as { errors?: Record<string, string>; problem?: Refusal | null; theirs?: LorePage | null };
  if (data.theirs) return { kind: 'conflict', theirs: data.theirs };
  const problem = data.problem ?? null;
  if (problem?.code === 'gone' || problem?.code === 'not_found') return { kind: 'gone' };
  return { kind: 'refused', errors: data.errors ?? {}, problem };
}
