// From a worker's insert of a transcript line to its arrival at clients that read along: 1, 100 and 1,000 subscribers, each a
// realtime-js client with a socket of its own. All clients share this process, so their own work is part of the figure.
// Baseline: the same insert until its own commit returns, which no delivery can beat.
import { createClient, type RealtimeChannel, type SupabaseClient } from '@supabase/supabase-js';
import { randomUUID } from 'node:crypto';
import postgres from 'postgres';

import { milliseconds, percentile, printTable } from './lib/figures.ts';
import { newOwner } from './lib/owner.ts';

const subscriberCounts = [1, 100, 1_000];
const lines = 40;
/** Sockets opened at once; more would measure the joins. */
const joinBatch = 50;

interface Line {
  text: string;
}

interface Subscriber {
  client: SupabaseClient;
  channel: RealtimeChannel;
}

async function subscribe(
  session: string,
  token: string,
  onLine: (text: string, at: number) => void,
): Promise<Subscriber> {
  const client = createClient(process.env['SUPABASE_URL']!, process.env['SUPABASE_PUBLISHABLE_KEY']!, {
    auth: { persistSession: false, autoRefreshToken: false },
  });
  await client.realtime.setAuth(token);
  const channel = client.channel(`session:${session}`, { config: { private: true } });
  channel.on('broadcast', { event: 'line' }, ({ payload }) => onLine((payload as Line).text, performance.now()));
  return new Promise((resolve, reject) => {
    channel.subscribe((status, error) => {
      if (status === 'SUBSCRIBED') resolve({ client, channel });
      else if (status !== 'CLOSED') reject(error ?? new Error(status));
    });
  });
}

export async function run(): Promise<void> {
  const owner = await newOwner();
  const { data: me, error } = await owner.client.rpc('me');
  if (error) throw new Error(error.message);
  const tenant: string = me.tenant.id;
  const gateway = postgres(process.env['GATEWAY_DATABASE_URL']!, { max: 1, onnotice: () => {} });
  const session = randomUUID();
  const guild = String(10n ** 17n + BigInt(Math.floor(Math.random() * 1e15)));
  await gateway`insert into sessions (id, tenant_id, campaign_id, guild_id, channel_id, license_tier, state)
    values (${session}, ${tenant}, ${me.tenant.campaign_id}, ${guild}, ${guild}, 'shared', 'pending')`;
  await gateway`update sessions set state = 'active', last_heartbeat = now() where id = ${session}`;

  const rows: string[][] = [];
  const subscribers: Subscriber[] = [];
  let onLine: (text: string, at: number) => void = () => {};
  for (const count of subscriberCounts) {
    while (subscribers.length < count) {
      const batch = Math.min(joinBatch, count - subscribers.length);
      const joins = Array.from({ length: batch }, () =>
        subscribe(session, owner.accessToken, (t, at) => onLine(t, at)),
      );
      subscribers.push(...(await Promise.all(joins)));
    }
    const arrivals: number[] = [];
    const commits: number[] = [];
    for (let line = 0; line < lines; line++) {
      const text = `${count} subscribers, line ${line}`;
      const sent = performance.now();
      let missing = count;
      const arrived = new Promise<void>((resolve) => {
        onLine = (received, at) => {
          if (received !== text) return;
          arrivals.push(at - sent);
          if (--missing === 0) resolve();
        };
      });
      await gateway`insert into ${gateway(`tenant_${tenant}`)}.session_entries (campaign_id, session_id, speaker_id, speaker_name, text)
        values (${me.tenant.campaign_id}, ${session}, '100000000000000001', 'Bench', ${text})`;
      commits.push(performance.now() - sent);
      await arrived;
    }
    rows.push([
      String(count),
      milliseconds(percentile(arrivals, 0.5)),
      milliseconds(percentile(arrivals, 0.99)),
      milliseconds(percentile(commits, 0.5)),
      milliseconds(percentile(commits, 0.99)),
    ]);
  }
  await Promise.all(subscribers.map(({ client }) => client.removeAllChannels()));
  await gateway`update sessions set state = 'ended', ended_at = now() where id = ${session}`;
  await gateway.end();
  printTable(
    `Transcript insert to arrival, ${lines} lines`,
    ['subscribers', 'arrival p50', 'arrival p99', 'commit p50 (baseline)', 'commit p99'],
    rows,
  );
}
