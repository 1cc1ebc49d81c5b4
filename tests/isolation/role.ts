// A statement by the role that the API takes for a caller, inside a transaction that is undone.
import type pg from 'pg';
import { refusalOf } from '../lib/database.ts';
import { claimsOf } from '../lib/tokens.ts';
import type { Caller } from './expectations.ts';
import type { World } from './world.ts';

/** Takes the caller's role and claims for what follows, until the savepoint before it is rolled back. */
export async function become(world: World, caller: Exclude<Caller, 'service'>, client: pg.ClientBase): Promise<void> {
  const role = caller === 'anon' ? 'anon' : 'authenticated';
  const claims = caller === 'anon' ? { role } : claimsOf(world.tables[caller].accessToken);
  await client.query(`select set_config('request.jwt.claims', $1, true), set_config('role', $2, true)`, [
    JSON.stringify(claims),
    role,
  ]);
}

export type Tried = { rows: Record<string, unknown>[]; rowCount: number | null } | { refusal: string };

export async function triedBy(client: pg.ClientBase, sql: string): Promise<Tried> {
  try {
    return await client.query<Record<string, unknown>>(sql);
  } catch (error) {
    const { sqlstate, message } = refusalOf(error);
    return { refusal: sqlstate === '42501' && message.startsWith('permission denied') ? 'no grant' : message };
  }
}

/** A call of a function of the API whose answer, of whatever type, comes as one text. */
export function callOf(name: string, args: Record<string, unknown>): string {
  const given = Object.entries(args).map(([arg, value]) => `"${arg}" => ${literal(value)}`);
  return `select coalesce(jsonb_agg(to_jsonb(r)), '[]')::text as answer from mgmt.${name}(${given.join(', ')}) as r`;
}

export function literal(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  const text = Array.isArray(value)
    ? `{${value.map(String).join(',')}}`
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value);
  return `'${text.replaceAll("'", "''")}'`;
}
