import type { z } from 'zod';
import { AppError } from './app-error.ts';

/**
 * Reads a JSON body by its schema: 400 `malformed_json` when it is no JSON or nested without end, 422 `validation` naming the first
 * field that is wrong. A text with the character NUL is wrong everywhere: Postgres stores none.
 */
export async function readBody<Schema extends z.ZodType>(request: Request, schema: Schema): Promise<z.output<Schema>> {
  const text = await request.text();
  let value: unknown;
  try {
    value = JSON.parse(text, refuseNul);
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('malformed_json', 'The request is not valid JSON.', { cause });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = issue?.path.join('.') || undefined;
  const problem = issue?.message ?? 'The request is not as it should be.';
  throw new AppError('validation', field ? `${field}: ${problem}` : problem, { field });
}

function refuseNul(field: string, value: unknown): unknown {
  if (typeof value === 'string' && value.includes('\0')) {
    throw new AppError('validation', `${field}: holds the character NUL.`, { field });
  }
  return value;
}
