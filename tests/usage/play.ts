// Sessions as the gateway plays them, inside a story: the clock moves, nobody waits.
import { randomInt, randomUUID } from 'node:crypto';
import { gatewaySql, type Owner, type Story } from '../lib/database.ts';

/** No two stories at once get the same one: the second would wait for the first. */
const nextGuild = (): string => String(810_000_000_000_000_000n + BigInt(randomInt(2 ** 47)));

/** Starts a session that stays pending; the story's clock says when. */
export async function begin(told: Story, owner: Owner, campaign = owner.campaign): Promise<string> {
  const id = randomUUID();
  await told.gateway(gatewaySql.start, [id, owner.tenant, campaign, nextGuild(), nextGuild(), 'dedicated']);
  return id;
}

/** A whole session of so many minutes, begun so many minutes from now. */
export async function play(
  told: Story,
  owner: Owner,
  at: number,
  minutes: number,
  error: string | null = null,
): Promise<string> {
  await told.clock(`${at} minutes`);
  const id = await begin(told, owner);
  await told.gateway(gatewaySql.activate, [id]);
  await told.clock(`${at + minutes} minutes`);
  await told.gateway(gatewaySql.end, [id, error]);
  return id;
}

/** What the worker does with the job of a session's end. */
export async function meter(told: Story, session: string): Promise<boolean> {
  const [row] = await told.root<{ metered: boolean }>('select private.meter_session($1) as metered', [session]);
  return row!.metered;
}

export async function subscribe(told: Story, owner: Owner, plan: string): Promise<void> {
  await told.root(
    `update mgmt.subscriptions set plan_id = $2, status = 'active', trial_end = null,
       current_period_start = now() - interval '10 days', current_period_end = now() + interval '21 days'
     where tenant_id = $1`,
    [owner.tenant, plan],
  );
}

/** A member of somebody's table. */
export async function member(told: Story, owner: Owner, name: string, role: 'dm' | 'viewer'): Promise<string> {
  const id = await told.signUp(name);
  await told.root('insert into mgmt.users (id, tenant_id, role, display_name) values ($1, $2, $3, $4)', [
    id,
    owner.tenant,
    role,
    name,
  ]);
  return id;
}
