import { z } from 'zod';
import type { ApiError } from './errors.ts';
import { invalid } from './errors.ts';
import type { FormValue } from './form.ts';

/** Parameters arrive as text: these read it the way Stripe does. */
export const text = z.string().min(1).max(5_000);
/** An empty value takes the field away. */
export const clearable = z
  .string()
  .max(5_000)
  .transform((value) => (value === '' ? null : value));
export const integer = z
  .string()
  .regex(/^-?\d{1,15}$/)
  .transform(Number);
export const flag = z.enum(['true', 'false']).transform((value) => value === 'true');
export const expand = z.array(z.string()).max(20).optional();
export const metadata = z.union([z.record(z.string().max(40), z.string().max(500)), z.literal('')]);
/** Accepted and without effect in a simulation. */
export const ignored = z.unknown();

export const range = z.union([
  integer.transform((value) => ({ gte: value, lte: value })),
  z.strictObject({
    gt: integer.optional(),
    gte: integer.optional(),
    lt: integer.optional(),
    lte: integer.optional(),
  }),
]);

export const paging = {
  limit: integer.optional(),
  starting_after: text.optional(),
  ending_before: text.optional(),
  expand,
};

/** The parameters as the schema says, or Stripe's own complaint about the first that is not right. */
export function readParameters<Schema extends z.ZodType>(schema: Schema, form: FormValue): z.output<Schema> {
  const parsed = schema.safeParse(form);
  if (parsed.success) return parsed.data;
  throw complaint(parsed.error.issues[0]!, form);
}

function complaint(issue: z.core.$ZodIssue, form: FormValue): ApiError {
  const inner = issue.code === 'invalid_union' ? issue.errors.flat().at(-1) : undefined;
  const path = [...issue.path, ...(inner?.path ?? [])];
  const problem = inner ?? issue;
  if (problem.code === 'unrecognized_keys') {
    const param = bracketed([...path, problem.keys[0] ?? '']);
    return invalid(`Received unknown parameter: ${param}`, { code: 'parameter_unknown', param });
  }
  const param = bracketed(path);
  const given = valueAt(form, path);
  if (given === undefined) return invalid(`Missing required param: ${param}.`, { code: 'parameter_missing', param });
  if (given === '')
    return invalid(
      `You passed an empty string for '${param}'. We assume empty values are an attempt to unset a parameter; however '${param}' cannot be unset.`,
      {
        code: 'parameter_invalid_empty',
        param,
      },
    );
  if (problem.code === 'invalid_format' && typeof given === 'string')
    return invalid(`Invalid integer: ${given}`, { code: 'parameter_invalid_integer', param });
  return invalid(`Invalid ${param}: ${problem.message}`, { param });
}

function bracketed(path: PropertyKey[]): string {
  return path.map((segment, index) => (index === 0 ? String(segment) : `[${String(segment)}]`)).join('');
}

function valueAt(form: unknown, path: PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    form,
  );
}

/** Given keys are set, empty ones removed, an empty whole removes all. */
export function mergeMetadata(
  before: Record<string, string> | null,
  given: Record<string, string> | '' | undefined,
): Record<string, string> {
  if (given === '') return {};
  const merged = { ...before, ...given };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== ''));
}

/** Fields that were not sent keep what they were. */
export function defined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}
