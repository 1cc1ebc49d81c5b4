// The campaign list with embedded NPCs through the API, as one signed-in owner: requests per second and p99. The baseline is the
// same statement under the same policies straight to Postgres: what the API in front of it costs.
import autocannon from 'autocannon';
import postgres from 'postgres';

import { milliseconds, percentile, printTable } from './lib/figures.ts';
import { newOwner } from './lib/owner.ts';

const seconds = 8;
const connections = 10;
const npcsPerCampaign = 5;

async function directRounds(claims: string): Promise<{ perSecond: number; samples: number[] }> {
  const sql = postgres(process.env['DATABASE_URL']!, { max: connections, onnotice: () => {} });
  const samples: number[] = [];
  const until = performance.now() + (seconds * 1000) / 2;
  const worker = async () => {
    const connection = await sql.reserve();
    await connection.unsafe(`select set_config('request.jwt.claims', '${claims}', false); set role authenticated;`);
    while (performance.now() < until) {
      const started = performance.now();
      await connection.unsafe(
        `select c.id, c.name, (select json_agg(json_build_object('id', n.id, 'name', n.name) order by n.name)
           from mgmt.npcs n where n.campaign_id = c.id) as npcs from mgmt.campaigns c order by c.updated_at desc`,
        [],
        { prepare: true },
      );
      samples.push(performance.now() - started);
    }
    connection.release();
  };
  await Promise.all(Array.from({ length: connections }, worker));
  await sql.end();
  return { perSecond: samples.length / (seconds / 2), samples };
}

export async function run(): Promise<void> {
  const owner = await newOwner();
  const { data: campaigns, error } = await owner.client.from('campaigns').select('id');
  if (error) throw new Error(error.message);
  for (const campaign of campaigns ?? []) {
    for (let i = 0; i < npcsPerCampaign; i++) {
      const { error: refused } = await owner.client
        .from('npcs')
        .insert({ campaign_id: campaign.id, name: `Guest ${i}` });
      if (refused) throw new Error(refused.message);
    }
  }
  const result = await autocannon({
    url: `${process.env['SUPABASE_URL']}/rest/v1/campaigns?select=id,name,npcs(id,name)&order=updated_at.desc`,
    connections,
    duration: seconds,
    headers: {
      apikey: process.env['SUPABASE_PUBLISHABLE_KEY']!,
      authorization: `Bearer ${owner.accessToken}`,
      'accept-profile': 'mgmt',
    },
  });
  if (result.non2xx > 0) throw new Error(`${result.non2xx} answers were not 2xx`);
  const claims = JSON.stringify({ sub: owner.userId, role: 'authenticated' });
  const direct = await directRounds(claims);
  printTable(
    `Campaign list with embedded NPCs, one user, ${connections} connections`,
    ['way', 'requests/s', 'p50', 'p99'],
    [
      ['API', result.requests.average.toFixed(0), milliseconds(result.latency.p50), milliseconds(result.latency.p99)],
      [
        'Postgres (baseline)',
        direct.perSecond.toFixed(0),
        milliseconds(percentile(direct.samples, 0.5)),
        milliseconds(percentile(direct.samples, 0.99)),
      ],
    ],
  );
}
