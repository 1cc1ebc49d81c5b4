// A table of its own per test file: alice owns it, bob is its dm, carol a viewer; a bot, a server and an NPC that can play.
import { randomUUID } from 'node:crypto';
import { asRoot } from '../lib/database.ts';
import { stackVariable } from '../lib/environment.ts';
import { control, newPerson, type Person, type SignedIn, signIn, signInAsNew } from '../lib/people.ts';
import { type Answer, type ErrorBody, request } from '../lib/requests.ts';
import { patience } from '../lib/patience.ts';

export interface Table {
  tenant: string;
  campaign: string;
  guild: string;
  channel: string;
  alice: SignedIn;
  bob: SignedIn;
  carol: SignedIn;
}

export interface DiscordGuild {
  id: string;
  name: string;
  channels: { id: string; type: number; name: string }[];
}

/** Calls an edge function as somebody. */
export function call<T = ErrorBody>(
  who: SignedIn | null,
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer<T>> {
  return request<T>(`/functions/v1${path}`, {
    method,
    ...(who ? { token: who.accessToken } : {}),
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
}

/** Made through the product: sign-in, invitations, the bot's token, the claim of the server. */
export async function newTable(): Promise<Table> {
  const alice = await newOwner('alice');
  const { tenant, campaign } = await tenantOf(alice);
  // The one plan with a seat for a second Dungeon Master, and without a cap that the tests would use up.
  await asRoot(`update mgmt.subscriptions set plan_id = 'guild', status = 'active' where tenant_id = $1`, [tenant]);
  const [bob, carol] = await Promise.all([join(tenant, 'bob', 'dm'), join(tenant, 'carol', 'viewer')]);
  const guild = await newGuild(alice.person, [bob.person, carol.person]);
  await connectBot(alice, [guild.id]);
  await ok(call(alice, 'PUT', `/providers/guilds/${guild.id}`));
  await addNpc(alice, campaign, 'Greta');
  await addNpc(alice, campaign, 'Brannor');
  const channel = guild.channels.find(({ type }) => type === 2)!.id;
  return { tenant, campaign, guild: guild.id, channel, alice, bob, carol };
}

/** Somebody with a new table of their own. */
export async function newOwner(name: string): Promise<SignedIn> {
  const owner = await signInAsNew(name);
  const { error } = await owner.client.rpc('ensure_account');
  if (error) throw error;
  return owner;
}

export async function tenantOf(who: SignedIn): Promise<{ tenant: string; campaign: string }> {
  const { data, error } = await who.client.rpc('me');
  if (error) throw error;
  return { tenant: data.tenant.id, campaign: data.tenant.campaign_id };
}

/** A new person who was invited by their Discord account. */
export async function join(tenant: string, name: string, role: 'dm' | 'viewer'): Promise<SignedIn> {
  const person = await newPerson(name);
  await asRoot(
    `insert into mgmt.invites (tenant_id, role, discord_id, expires_at) values ($1, $2, $3, now() + interval '1 day')`,
    [tenant, role, person.id],
  );
  const member = await signIn(person);
  const { data, error } = await member.client.rpc('ensure_account');
  if (error) throw error;
  if (data.tenant_id !== tenant) throw new Error(`${name} did not join ${tenant}.`);
  return member;
}

export function newGuild(owner: Person, members: Person[] = [], name = 'Test Table'): Promise<DiscordGuild> {
  return control('POST', '/guilds', { name, owner_id: owner.id, member_ids: members.map(({ id }) => id) });
}

export function newBot(guildIds: string[], name = 'Test Bot'): Promise<{ id: string; token: string }> {
  return control('POST', '/bots', { name, guild_ids: guildIds });
}

export async function connectBot(owner: SignedIn, guildIds: string[]): Promise<{ id: string; token: string }> {
  const bot = await newBot(guildIds);
  await ok(call(owner, 'PUT', '/providers/bot-token', { token: bot.token }));
  return bot;
}

export async function addNpc(owner: SignedIn, campaign: string, name: string): Promise<void> {
  const { error } = await owner.client.from('npcs').insert({ campaign_id: campaign, name });
  if (error) throw error;
}

export async function ok<T>(answered: Promise<Answer<T>>): Promise<Answer<T>> {
  const answer = await answered;
  if (answer.status >= 300) throw new Error(`Answered ${answer.status}: ${answer.text}`);
  return answer;
}

export function startInput(table: Table, fields: Record<string, unknown> = {}) {
  return {
    campaign_id: table.campaign,
    guild_id: table.guild,
    channel_id: table.channel,
    idempotency_key: randomUUID(),
    ...fields,
  };
}

export interface Started {
  request_id: string;
  session_id?: string;
}

export async function start(table: Table, fields: Record<string, unknown> = {}): Promise<Required<Started>> {
  const { body } = await ok(call<Started>(table.alice, 'POST', '/sessions/start', startInput(table, fields)));
  const { request_id, session_id } = body;
  if (session_id !== undefined) return { request_id, session_id };
  // A busy machine may be told that it has asked before the session is there.
  await until(async () => (await requestRow(request_id)).state !== 'asked');
  return { request_id, session_id: (await requestRow(request_id)).session_id! };
}

export interface RequestRow {
  [column: string]: unknown;
  state: string;
  session_id: string | null;
  error_code: string | null;
}

export async function requestRow(id: string): Promise<RequestRow> {
  const [row] = await asRoot<RequestRow>('select * from mgmt.session_requests where id = $1', [id]);
  return row!;
}

export interface SessionRow {
  [column: string]: unknown;
  id: string;
  state: string;
  error: string | null;
}

export function sessionsOf({ tenant }: Table): Promise<SessionRow[]> {
  return asRoot<SessionRow>('select id, state, error from public.sessions where tenant_id = $1 order by started_at', [
    tenant,
  ]);
}

/** Ends what still plays, so that the next test starts from nothing. A start on its way is let through to its end first. */
export async function endAll(table: Table): Promise<void> {
  await gatewayControl('DELETE', `/control/faults?tenant_id=${table.tenant}`);
  await until(async () => (await sessionsOf(table)).every(({ state }) => state !== 'pending'));
  for (const { id, state } of await sessionsOf(table)) {
    if (state === 'active') await ok(call(table.alice, 'POST', `/sessions/${id}/stop`));
  }
  await until(async () => (await sessionsOf(table)).every(({ state }) => state === 'ended'));
}

/** Faults of the simulated gateway, for this table alone. */
export async function fault(table: Table, faults: Record<string, unknown>): Promise<void> {
  await gatewayControl('POST', '/control/faults', { tenant_id: table.tenant, ...faults });
}

export async function gatewayControl(method: string, path: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(stackVariable('GATEWAY_SIMULATOR_URL') + path, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`The gateway simulator answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
}

/** Asks again until it is so; fails after `limitMs`. */
export async function until(isSo: () => Promise<boolean>, limitMs: number = patience.timeout): Promise<void> {
  const end = Date.now() + limitMs;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`Not so after ${limitMs} ms: ${isSo}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
