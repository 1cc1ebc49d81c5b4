import type { z } from 'zod';
import type { Account } from '../account.ts';

export interface RouteCall<Parameters> {
  account: Account;
  /** Named parts of the path. */
  path: Record<string, string>;
  parameters: Parameters;
}

/** One call of the API. The answer is an object, or a list that is paged by the caller's parameters. */
export interface Route {
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  schema: z.ZodType;
  handle: (call: RouteCall<never>) => object;
}

/** Ties the type of the parameters to their schema. */
export function route<Schema extends z.ZodType>(
  method: Route['method'],
  path: string,
  schema: Schema,
  handle: (call: RouteCall<z.output<Schema>>) => object,
): Route {
  return { method, path, schema, handle };
}
