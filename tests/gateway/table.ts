// A tenant of the gateway's own making, with a bot, a campaign and NPCs, and what its sessions do.
import { randomBytes, randomUUID } from 'node:crypto';
import { asRoot } from '../lib/database.ts';
import { stackVariable } from '../lib/environment.ts';
import { control as askDiscord } from '../lib/people.ts';
import { patience } from '../lib/patience.ts';
import type { Rpc } from './rpc.ts';

export interface Table {
  tenant: string;
  campaign: string;
  guild: string;
  channel: string;
  /** Of a bot that Discord knows; any other would not connect. */
  token: string;
}

/** An id of Discord's form that no other test uses. */
export function newSnowflake(): string {
  return `9${BigInt(`0x${randomBytes(8).toString('hex')}`)
    .toString()
    .padStart(20, '0')
    .slice(0, 17)}`;
}

const tables: Table[] = [];

/** Ends what this file's tables still play. */
export async function endSessions(rpc: Rpc): Promise<void> {
  for (const table of tables) {
    await control('DELETE', `/control/faults?tenant_id=${table.tenant}`);
    const live = await asRoot<SessionRow>(`select * from public.sessions where tenant_id = $1 and state <> 'ended'`, [
      table.tenant,
    ]);
    for (const { id } of live) await rpc.call('ManagementService/StopWebSession', { sessionId: id });
    if (live.length > 0) await pace(table, { lines_per_second: 0 });
  }
}

/** Plays at once and says nothing by itself, until a test sets another pace. */
export async function newTable(rpc: Rpc, { npcs = ['Greta', 'Holm'], language = 'en' } = {}): Promise<Table> {
  const tenant = `gateway_${randomBytes(6).toString('hex')}`;
  const guild = newSnowflake();
  const { token } = await askDiscord<{ token: string }>('POST', '/bots', { name: tenant, guild_ids: [] });
  const table = { tenant, campaign: randomUUID(), guild, channel: newSnowflake(), token };
  await rpc.call('ManagementService/CreateTenant', {
    id: tenant,
    licenseTier: 'dedicated',
    botToken: token,
    guildIds: [guild],
    campaignId: table.campaign,
  });
  // Adopted with the plan of its tier; this one has no cap that the tests would use up.
  await asRoot(`update mgmt.subscriptions set plan_id = 'guild' where tenant_id = $1`, [tenant]);
  await asRoot('update mgmt.campaigns set language = $2 where id = $1', [table.campaign, language]);
  for (const name of npcs) {
    await asRoot(
      `insert into public.npc_definitions (id, tenant_id, campaign_id, name, personality, knowledge_scope)
       values ($1, $2, $3, $4, 'Curious.', '["the road"]')`,
      [randomUUID(), tenant, table.campaign, name],
    );
  }
  await pace(table, { lines_per_second: 0, join_ms: 0, speak_ms: 0 });
  tables.push(table);
  return table;
}

export async function startSession(rpc: Rpc, table: Table): Promise<string> {
  const { sessionId } = await rpc.call<{ sessionId: string }>('ManagementService/StartWebSession', startRequest(table));
  return sessionId;
}

export function startRequest({ tenant, campaign, guild, channel }: Table) {
  return { tenantId: tenant, campaignId: campaign, guildId: guild, channelId: channel };
}

export interface SessionRow {
  [column: string]: unknown;
  id: string;
  state: string;
  error: string | null;
  started_at: Date;
  ended_at: Date | null;
  last_heartbeat: Date | null;
}

export async function sessionRow(id: string): Promise<SessionRow> {
  const [row] = await asRoot<SessionRow>('select * from public.sessions where id = $1', [id]);
  if (!row) throw new Error(`No session ${id}.`);
  return row;
}

export async function newestSession({ tenant }: Table): Promise<SessionRow> {
  const [row] = await asRoot<SessionRow>(
    'select * from public.sessions where tenant_id = $1 order by started_at desc limit 1',
    [tenant],
  );
  if (!row) throw new Error(`No session of ${tenant}.`);
  return row;
}

export interface Line {
  [column: string]: unknown;
  id: string;
  speaker_id: string;
  speaker_name: string;
  text: string;
  raw_text: string;
  npc_id: string;
  duration_ns: string;
}

export function lines({ tenant }: Table, sessionId: string): Promise<Line[]> {
  return asRoot<Line>(`select * from tenant_${tenant}.session_entries where session_id = $1 order by id`, [sessionId]);
}

export async function pace({ tenant }: Table, change: Record<string, unknown>): Promise<void> {
  await control('POST', '/control/pace', { tenant_id: tenant, ...change });
}

export async function fault({ tenant }: Table, change: Record<string, unknown>): Promise<void> {
  await control('POST', '/control/faults', { tenant_id: tenant, ...change });
}

/** The simulator's control port. */
export async function control<Answer = unknown>(
  method: string,
  path: string,
  body?: unknown,
  url = stackVariable('GATEWAY_SIMULATOR_URL'),
): Promise<Answer> {
  const answer = await fetch(url + path, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const content = (await answer.json()) as Answer;
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(content)}`);
  return content;
}

/** Asks until the answer is not undefined. */
export async function until<Result>(
  ask: () => Promise<Result | undefined>,
  limitMs: number = patience.timeout,
): Promise<Result> {
  const end = Date.now() + limitMs;
  for (;;) {
    const result = await ask();
    if (result !== undefined) return result;
    if (Date.now() > end) throw new Error(`Not so after ${limitMs} ms: ${ask}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Waits until the transcript has as many lines. */
export function linesUntil(table: Table, sessionId: string, count: number): Promise<Line[]> {
  return until(async () => {
    const written = await lines(table, sessionId);
    return written.length >= count ? written : undefined;
  });
}
