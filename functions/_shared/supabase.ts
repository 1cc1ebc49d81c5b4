import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { z } from 'zod';
import { fromDataApi } from './errors.ts';
import type { SupabaseEnv } from './env.ts';

type Row = Record<string, unknown>;
interface Relation {
  Row: Row;
  Insert: Row;
  Update: Row;
  Relationships: [];
}

/** Says nothing of columns: what comes over the wire is checked by a schema where it is read. */
interface Database {
  mgmt: {
    Tables: Record<string, Relation>;
    Views: Record<string, Relation>;
    Functions: Record<string, { Args: Row; Returns: unknown }>;
  };
}

/** A client of the schema `mgmt`. */
export type MgmtClient = SupabaseClient<Database, 'mgmt'>;

const auth = { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false };

/** Acts as the caller: the database decides what it may do. */
export function userClient(env: SupabaseEnv, authorization: string): MgmtClient {
  return createClient<Database, 'mgmt'>(env.url, env.publishableKey, {
    db: { schema: 'mgmt' },
    auth,
    global: { headers: { Authorization: authorization } },
  });
}

/** Passes every policy. Only for the write that a caller may not do, after the caller's right to cause it was proven. */
export function serviceClient(env: SupabaseEnv): MgmtClient {
  return createClient<Database, 'mgmt'>(env.url, env.secretKey, { db: { schema: 'mgmt' }, auth });
}

/** Calls a SQL function and checks its answer; a refusal of the database is thrown with its own code. */
export async function callFunction<Schema extends z.ZodType>(
  client: MgmtClient,
  name: string,
  args: Record<string, unknown>,
  answer: Schema,
): Promise<z.output<Schema>> {
  const { data, error } = await client.rpc(name, args);
  if (error) throw fromDataApi(error);
  return answer.parse(data);
}

/** Rows of a query, checked. */
export function rowsOf<Schema extends z.ZodType>(
  result: { data: unknown; error: Parameters<typeof fromDataApi>[0] | null },
  row: Schema,
): z.output<Schema>[] {
  if (result.error) throw fromDataApi(result.error);
  return z.array(row).parse(result.data);
}
