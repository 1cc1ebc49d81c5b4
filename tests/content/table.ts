// Alice owns a table, Bob leads there, Carol reads; Mallory has a table of her own. Everybody speaks through the API.
import { randomUUID } from 'node:crypto';
import type { PostgrestError } from '@supabase/supabase-js';
import { asGateway, asRoot, gatewaySql, snowflake } from '../lib/database.ts';
import type { SignedIn } from '../lib/people.ts';
import { join, newOwner, tenantOf } from '../sessions/table.ts';

export interface ContentTable {
  tenant: string;
  campaign: string;
  alice: SignedIn;
  bob: SignedIn;
  carol: SignedIn;
  mallory: SignedIn;
  /** Mallory's own. */
  foreign: { tenant: string; campaign: string };
}

export async function newContentTable(): Promise<ContentTable> {
  const [alice, mallory] = await Promise.all([newOwner('alice'), newOwner('mallory')]);
  const [own, foreign] = await Promise.all([tenantOf(alice), tenantOf(mallory)]);
  await Promise.all([setPlan(own.tenant, 'guild'), setPlan(foreign.tenant, 'guild')]);
  const [bob, carol] = await Promise.all([join(own.tenant, 'bob', 'dm'), join(own.tenant, 'carol', 'viewer')]);
  return { ...own, alice, bob, carol, mallory, foreign };
}

export async function setPlan(tenant: string, plan: string): Promise<void> {
  await asRoot(
    `update mgmt.subscriptions set plan_id = $2, status = 'active', trial_end = null where tenant_id = $1 and ended_at is null`,
    [tenant, plan],
  );
}

/** The rows or the value of a call that must work. */
export async function call<T>(who: SignedIn, name: string, args: Record<string, unknown>): Promise<T> {
  const { data, error } = await who.client.rpc(name, args);
  if (error) throw new Error(`${name}: ${error.message}`);
  return data as T;
}

/** Status, code and sentence of a call that must not work. */
export async function refusal(
  who: SignedIn,
  name: string,
  args: Record<string, unknown>,
): Promise<{ status: number; code: string | null; message: string }> {
  const { error, status } = (await who.client.rpc(name, args)) as { error: PostgrestError | null; status: number };
  if (!error) throw new Error(`${name} was expected to refuse.`);
  return { status, code: error.details, message: error.message };
}

export async function newCampaign(who: SignedIn, name: string, language: string): Promise<string> {
  const { data, error } = await who.client.from('campaigns').insert({ name, language }).select('id').single();
  if (error) throw error;
  return (data as { id: string }).id;
}

export interface Spoken {
  text: string;
  by?: string;
  speakerId?: string;
  npc?: boolean;
  /** Seconds since the start of the session. */
  at?: number;
  seconds?: number;
  raw?: string;
}

/** An ended session with these lines, as a worker would have written it; begun at a round time of the past. */
export async function play(tenant: string, campaign: string, lines: Spoken[]): Promise<string> {
  const id = randomUUID();
  await asGateway(gatewaySql.start, [id, tenant, campaign, snowflake(1), snowflake(2), 'dedicated']);
  await asGateway(gatewaySql.activate, [id]);
  for (const [
    index,
    { text, by = 'Jonas', speakerId = '', npc = false, at = index * 5, seconds = 2, raw = '' },
  ] of lines.entries()) {
    await asGateway(
      `insert into tenant_${tenant}.session_entries
         (campaign_id, session_id, speaker_id, speaker_name, text, raw_text, npc_id, timestamp, duration_ns)
       values ($1, $2, $3, $4, $5, $6, $7, timestamptz '2026-05-03 19:00:00+00' + make_interval(secs => $8), $9)`,
      [campaign, id, speakerId, by, text, raw, npc ? `npc-0-${by}` : '', at, Math.round(seconds * 1e9)],
    );
  }
  await asGateway(gatewaySql.end, [id, null]);
  await asRoot(
    `update public.sessions set started_at = '2026-05-03 19:00:00+00', activated_at = '2026-05-03 19:00:00+00',
       ended_at = '2026-05-03 20:30:00+00' where id = $1`,
    [id],
  );
  return id;
}

/** Finds as people see them: between « and ». */
export const shown = (text: string): string => text.replaceAll('\u0002', '«').replaceAll('\u0003', '»');
