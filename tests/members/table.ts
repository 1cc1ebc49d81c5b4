// Alice's table with Bob and Carol, made as people make it: by links.
import { randomUUID } from 'node:crypto';
import { asRoot } from '../lib/database.ts';
import { newPerson, type NewPerson, signIn, type SignedIn } from '../lib/people.ts';

export interface Invite {
  id: string;
  role: string;
  discord_id: string | null;
  email: string | null;
  note: string | null;
  expires_at: string;
  revoked_at: string | null;
}

export interface InviteFields {
  role?: string;
  discord_id?: string;
  email?: string;
  valid_days?: number;
  note?: string;
}

/** What a call to the API came to: its answer, or status and code. */
export interface Outcome<T = unknown> {
  status: number;
  code: string | null;
  data: T;
}

/** Calls a function as this person. */
export async function call<T = unknown>(
  { client }: SignedIn,
  name: string,
  args: Record<string, unknown> = {},
): Promise<Outcome<T>> {
  const { data, error, status } = await client.rpc(name, args);
  return { status, code: error ? (error.details ?? error.code) : null, data: data as T };
}

/** As `call`, of something that must work. */
export async function done<T>(person: SignedIn, name: string, args?: Record<string, unknown>): Promise<T> {
  const { code, data } = await call<T>(person, name, args);
  if (code) throw new Error(`${name} was refused: ${code}`);
  return data;
}

/** Somebody signed in who belongs to no table yet. */
export async function newcomer(name: string, fields: NewPerson = {}): Promise<SignedIn> {
  return signIn(await newPerson(name, { email: `${name}.${randomUUID()}@example.com`, verified: true, ...fields }));
}

/** An owner with a table, and seats for more than one Dungeon Master. */
export async function owner(name: string): Promise<SignedIn> {
  const person = await newcomer(name);
  await done(person, 'ensure_account');
  await asRoot(
    `update mgmt.subscriptions set plan_id = 'guild', status = 'active', trial_end = null
     where tenant_id = (select tenant_id from mgmt.users where id = $1)`,
    [person.userId],
  );
  return person;
}

export async function invite(person: SignedIn, fields: InviteFields = {}): Promise<{ invite: Invite; token: string }> {
  return done(person, 'create_invite', { ...fields });
}

/** A new member of the owner's table. */
export async function member(of: SignedIn, name: string, role: 'dm' | 'viewer'): Promise<SignedIn> {
  const { token } = await invite(of, { role });
  const person = await newcomer(name);
  await done(person, 'accept_invite', { token });
  return person;
}

/** Where somebody belongs and as what, as root sees it; null when nowhere. */
export async function placeOf({ userId }: SignedIn): Promise<{ tenant_id: string; role: string } | null> {
  const [row] = await asRoot<{ tenant_id: string; role: string }>(
    'select tenant_id, role from mgmt.users where id = $1 and deleted_at is null',
    [userId],
  );
  return row ?? null;
}

export async function tenantOf(person: SignedIn): Promise<string> {
  const place = await placeOf(person);
  if (!place) throw new Error(`${person.person.username} belongs to no table.`);
  return place.tenant_id;
}
