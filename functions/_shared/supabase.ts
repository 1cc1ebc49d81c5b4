import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { decodeJwt } from 'jose';
import { z } from 'zod';
import { fromDataApi } from './errors.ts';
import type { SupabaseEnv } from './env.ts';
import type { Call } from './http.ts';

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

/** Acts as the caller: the database decides what it may do. The audit log notes the caller's address and device. */
export function userClient(env: SupabaseEnv, call: Call): MgmtClient {
  const headers = { Authorization: call.authorization, ...originOf(call, 'user-agent') };
  return createClient<Database, 'mgmt'>(env.url, env.publishableKey, {
    db: { schema: 'mgmt' },
    auth,
    global: { headers },
  });
}

/**
 * Passes every policy. Only for the write that a caller may not do, after the caller's right to cause it was proven. With a call,
 * the audit log names its caller; without, it names the system.
 */
export function serviceClient(env: SupabaseEnv, call?: Call): MgmtClient {
  // The device has a header of its own: a secret key that comes from a browser is refused.
  const headers = call ? { ...originOf(call, 'x-acting-user-agent'), 'x-acting-user': subjectOf(call) } : {};
  return createClient<Database, 'mgmt'>(env.url, env.secretKey, { db: { schema: 'mgmt' }, auth, global: { headers } });
}

function originOf({ request, requestId }: Call, deviceHeader: string): Record<string, string> {
  const forwarded = request.headers.get('x-forwarded-for');
  const device = request.headers.get('user-agent');
  return {
    'x-request-id': requestId,
    ...(forwarded && { 'x-forwarded-for': forwarded }),
    ...(device && { [deviceHeader]: device }),
  };
}

/** Whom the caller's token is about. It was verified before the function was called. */
function subjectOf({ authorization }: Call): string {
  const claims = decodeJwt(authorization.replace(/^Bearer /i, ''));
  if (!claims.sub) throw new Error('The access token names nobody.');
  return claims.sub;
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
