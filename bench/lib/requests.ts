// The hot reads as requests to the Data API: with a member's token, where policies say whose rows these are, and with the same
// token in the role that bypasses policies, where a filter does.
import { SignJWT } from 'jose';

import type { Facts, HotStatement } from './hot-statements.ts';
import { claims, reader } from './tenants.ts';

export interface Answered {
  /** Milliseconds until the whole answer was here. */
  took: number;
  /** Of the answer, in characters. */
  length: number;
}

async function get(path: string, signed: Promise<string>): Promise<Answered> {
  const authorization = `Bearer ${await signed}`;
  const started = performance.now();
  const response = await fetch(`${process.env['SUPABASE_URL']}/rest/v1/${path}`, {
    headers: { 'accept-profile': 'mgmt', apikey: process.env['SUPABASE_PUBLISHABLE_KEY']!, authorization },
  });
  const body = await response.text();
  const took = performance.now() - started;
  if (!response.ok) throw new Error(`${path}: ${response.status} ${body}`);
  return { took, length: body.length };
}

/** The same rows by policy and by filter, each as often as it is called. */
export function requestPair(statement: HotStatement, facts: Facts): (() => Promise<Answered>)[] {
  const secret = new TextEncoder().encode(process.env['SUPABASE_JWT_SECRET']!);
  const signed = (role: string) =>
    new SignJWT({ ...claims, role }).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).sign(secret);
  const [member, service] = [signed('authenticated'), signed('service_role')];
  const path = statement.request(facts);
  const filters = ['', ...(statement.embeds ?? []).map((embed) => `${embed}.`)].map(
    (prefix) => `&${prefix}tenant_id=eq.${reader.tenant}`,
  );
  return [() => get(path, member), () => get(path + filters.join(''), service)];
}
