// The planted tables, the callers with their tokens, and what each caller must not see.
import { request, type Answer } from '../lib/requests.ts';
import { stack } from '../lib/environment.ts';
import { accessToken, claimsOf } from '../lib/tokens.ts';
import type { Catalogue } from './catalogue.ts';
import type { Caller, Ids } from './expectations.ts';
import type { Planted, Tables } from './tables.ts';

export interface World {
  catalogue: Catalogue;
  tables: Tables;
  tokens: Record<Exclude<Caller, 'anon' | 'service'>, string>;
}

/** A mutation check outlives the tokens of a sign-in; these have the same claims and last an hour. */
export async function giveTokens(tables: Tables): Promise<World['tokens']> {
  const tokens = {} as World['tokens'];
  for (const caller of ['owner', 'dm', 'viewer', 'stranger', 'super', 'removed', 'newcomer'] as const) {
    tokens[caller] = await accessToken(claimsOf(tables[caller].accessToken), { expiresIn: 3_600 });
  }
  return tokens;
}

/** Members look across at the other table, everybody else in from outside. */
export function victimOf({ tables }: World, caller: Caller): Planted {
  return caller === 'owner' || caller === 'dm' || caller === 'viewer' ? tables.foreign : tables.own;
}

/** An answer that takes longer is a finding of its own. */
const patienceMs = 60_000;

/** A call to the API as that caller. */
export function call(world: World, caller: Caller, path: string, options: RequestInit = {}): Promise<Answer<unknown>> {
  const init = { ...options, signal: AbortSignal.timeout(patienceMs) };
  if (caller === 'anon') return request<unknown>(path, init);
  if (caller === 'service') return request<unknown>(path, { ...init, key: stack.secretKey });
  return request<unknown>(path, { ...init, token: world.tokens[caller] });
}

export function callJson(
  world: World,
  caller: Caller,
  method: string,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Answer<unknown>> {
  return call(world, caller, path, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

/** Texts that stand in no row but those of this table. */
export function marksOf({ ids, keys, marks }: Planted): string[] {
  const ofRows = Object.values(keys).filter((key) => key.length >= 17);
  return [...new Set([...Object.values(ids), ...ofRows, ...marks])];
}

/** What a caller reads in no answer: marks of the other table, and at home what is for those above. */
export function unreadableFor(world: World, caller: Caller): string[] {
  const above = caller === 'viewer' || caller === 'dm' ? world.tables.own.hidden[caller] : [];
  return [...marksOf(victimOf(world, caller)), ...above];
}

/** Patterns for `like any`: rows as text in which one of the marks stands. Ten times as fast as one expression of them all. */
export function patternsOf(planted: Planted): string[] {
  return marksOf(planted).map((mark) => `%${mark.replaceAll(/[\\%_]/g, '\\$&')}%`);
}

/** Which of the texts somebody reads there, not counting what was asked for. */
export function seen(text: string, marks: readonly string[], asked: readonly string[] = []): string | undefined {
  return marks.find((mark) => !asked.includes(mark) && text.includes(mark));
}

/** Ids of the same form that nobody has. */
export function unknownIds(ids: Ids): Ids {
  return Object.fromEntries(Object.entries(ids).map(([name, id]) => [name, unknownLike(String(id))])) as unknown as Ids;
}

export function unknownLike(id: string): string {
  // Not so long that it is no number of the column any more.
  if (/^\d{1,16}$/.test(id)) return '9007199254740991';
  if (/^\d+$/.test(id))
    return `9${Array.from({ length: id.length - 1 }, () => Math.floor(Math.random() * 10)).join('')}`;
  if (/^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(id)) return crypto.randomUUID();
  return `nobody_${crypto.randomUUID().slice(0, 8)}`;
}

export interface ApiError {
  code?: string;
  message?: string;
  details?: string | null;
  hint?: string | null;
}

/** Code and text of an answer with the ids in it made alike, to compare a foreign row with none. */
export function shapeOf({ status, body }: Answer<unknown>, ids: readonly string[]): string {
  const { code, message, details, hint } = (body ?? {}) as ApiError;
  let shape =
    status < 400 ? `${status} ${JSON.stringify(body)}` : JSON.stringify([status, code, message, details, hint]);
  for (const id of ids) shape = shape.replaceAll(id, '<id>');
  return shape;
}
