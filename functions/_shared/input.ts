import type { z } from 'zod';
import { AppError } from './app-error.ts';

/** Reads a JSON body by its schema: 400 `malformed_json` when it is no JSON, 422 `validation` naming the first field that is wrong. */
export async function readBody<Schema extends z.ZodType>(request: Request, schema: Schema): Promise<z.output<Schema>> {
  const text = await request.text();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new AppError('malformed_json', 'The request is not valid JSON.', { cause });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = issue?.path.join('.') || undefined;
  const problem = issue?.message ?? 'The request is not as it should be.';
  throw new AppError('validation', field ? `${field}: ${problem}` : problem, { field });
}
