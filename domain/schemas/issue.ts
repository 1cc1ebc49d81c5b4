import { z } from 'zod';

/**
 * What is wrong with a field, as a key that the app has words for. Schemas say the key and the limit; numbers of what was given
 * come from the input.
 */
export type IssueKey =
  | 'required'
  | 'too_long'
  | 'too_many'
  | 'entry_too_long'
  | 'not_offered'
  | 'shape'
  | 'twice'
  | 'out_of_range'
  | 'too_large';

export interface FieldIssue {
  key: IssueKey;
  /** At most so many characters, entries or bytes. */
  limit?: number;
  /** How many were given. */
  given?: number;
  /** The entry or name that is wrong. */
  entry?: string;
}

/** A text that is trimmed and has one to `most` characters. */
export function requiredText(most: number) {
  return z.string().trim().min(1, 'required').max(most, 'too_long');
}

/** A text of at most `most` characters that may be empty. */
export function optionalText(most: number) {
  return z.string().trim().max(most, 'too_long').default('');
}

/** Up to `most` texts of up to `longest` characters, each once; empty ones fall away. */
export function textList(most: number, longest: number) {
  return z
    .array(z.string().trim())
    .default([])
    .transform((entries) => entries.filter((entry) => entry !== ''))
    .superRefine((entries, context) => {
      if (entries.length > most) context.addIssue(issue({ key: 'too_many', limit: most, given: entries.length }));
      const long = entries.find((entry) => entry.length > longest);
      if (long !== undefined) {
        context.addIssue(
          issue({ key: 'entry_too_long', limit: longest, given: long.length, entry: long.slice(0, 40) }),
        );
      }
      const twice = entries.find((entry, index) => entries.indexOf(entry) !== index);
      if (twice !== undefined) context.addIssue(issue({ key: 'twice', entry: twice.slice(0, 40) }));
    });
}

/** A custom zod issue that carries a whole FieldIssue. */
export function issue(what: FieldIssue) {
  return { code: 'custom' as const, message: what.key, params: { ...what } };
}

const keys: readonly string[] = [
  'required',
  'too_long',
  'too_many',
  'entry_too_long',
  'not_offered',
  'shape',
  'twice',
  'out_of_range',
  'too_large',
] satisfies IssueKey[];

/** The first issue of each field, by its path joined with dots (`voice.speed_factor`). */
export function fieldIssues(error: z.ZodError, input: unknown): Record<string, FieldIssue> {
  const found: Record<string, FieldIssue> = {};
  for (const raised of error.issues) {
    // An entry of a list belongs to the list's field.
    const path = raised.path.filter((part) => typeof part === 'string').join('.');
    if (path in found) continue;
    if (raised.code === 'custom' && raised.params) {
      found[path] = raised.params as unknown as FieldIssue;
      continue;
    }
    const key = keys.includes(raised.message) ? (raised.message as IssueKey) : 'shape';
    const given = raised.path.reduce<unknown>(
      (value, part) => (value as Record<PropertyKey, unknown> | undefined)?.[part],
      input,
    );
    found[path] = {
      key,
      ...(raised.code === 'too_big' && { limit: Number(raised.maximum) }),
      ...(typeof given === 'string' && { given: given.trim().length }),
    };
  }
  return found;
}
