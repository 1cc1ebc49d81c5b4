// What a refused write may tell: nothing. A copy of another table's row is refused as one that names things nobody has.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newContentTable, play, type ContentTable } from '../content/table.ts';
import { asRoot, closeDatabase, snowflake } from '../lib/database.ts';
import { post } from '../lib/requests.ts';

let table: ContentTable;
let rows: Record<string, Record<string, unknown>>;

beforeAll(async () => {
  table = await newContentTable();
  rows = await rowsOfAlice();
});
afterAll(closeDatabase);

/** One row of Alice's in each table to which people add rows, as they would send it. */
async function rowsOfAlice(): Promise<Record<string, Record<string, unknown>>> {
  const { tenant, campaign } = table;
  const session = await play(tenant, campaign, [{ text: 'Who goes there?' }]);
  const further = await asRoot<{ id: string }>(
    `insert into mgmt.campaigns (tenant_id, name) values ($1, 'Further') returning id`,
    [tenant],
  );
  const [npc] = await asRoot<{ id: string }>(
    `insert into public.npc_definitions (tenant_id, campaign_id, name) values ($1, $2, 'Greta') returning id`,
    [tenant, campaign],
  );
  const path = `${tenant}/${randomUUID()}.wav`;
  await asRoot(
    `insert into storage.objects (bucket_id, name, metadata) values ('voice-samples', $1, '{"size": 9, "mimetype": "audio/wav"}')`,
    [path],
  );
  const added: Record<string, Record<string, unknown>> = {
    campaigns: { name: 'My first campaign' },
    campaign_characters: { campaign_id: campaign, discord_id: snowflake(7), name: 'Bram' },
    campaign_lore: { campaign_id: campaign, title: 'The Mine' },
    campaign_npcs: { campaign_id: further[0]!.id, npc_id: npc!.id },
    npcs: { campaign_id: campaign, name: 'Greta', gm_helper: true },
    planned_sessions: { campaign_id: campaign, title: 'Friday', starts_at: '2027-01-01T19:00:00Z' },
    session_details: { session_id: session, title: 'The first night' },
    voice_samples: { name: 'Bram', storage_path: path },
  };
  for (const [name, row] of Object.entries(added)) {
    if (name === 'npcs' || name === 'campaigns') continue;
    const columns = Object.keys(row);
    await asRoot(
      `insert into mgmt.${name} (tenant_id, ${columns.join(', ')}) values ($1, ${columns.map((_, n) => `$${n + 2}`).join(', ')})`,
      [tenant, ...Object.values(row)],
    );
  }
  return added;
}

test('no table to which people add rows is left out', async () => {
  const found = await asRoot<{ name: string }>(
    `select c.relname as name from pg_class c
     where c.relnamespace = 'mgmt'::regnamespace and has_any_column_privilege('authenticated', c.oid, 'insert') order by 1`,
  );
  expect(found.map(({ name }) => name)).toEqual(Object.keys(rows).sort());
});

test('a copy of another table’s row, and one that names nothing, are refused alike', async () => {
  for (const [name, copy] of Object.entries(rows)) {
    // Names nothing of another table: everybody may have a campaign of that name.
    if (name === 'campaigns') continue;
    const nothing = Object.fromEntries(
      Object.entries(copy).map(([field, value]) => [field, /_id$/.test(field) ? randomUUID() : value]),
    );
    if (name === 'campaign_characters') nothing['discord_id'] = copy['discord_id'];
    if (name === 'voice_samples') nothing['storage_path'] = `${table.tenant}/${randomUUID()}.wav`;
    for (const prefer of ['return=minimal', 'resolution=merge-duplicates', 'resolution=ignore-duplicates']) {
      const answers = await Promise.all([copy, nothing].map((row) => post(`/rest/v1/${name}`, row, mallory(prefer))));
      const [ofCopy, ofNothing] = answers.map(({ status, body }) => [status, body?.code, body?.message]);
      expect({ name, prefer, answer: ofCopy }).toEqual({ name, prefer, answer: ofNothing });
      expect(ofCopy![0]).toBeGreaterThanOrEqual(400);
    }
  }
});

const mallory = (prefer: string) => ({ token: table.mallory.accessToken, headers: { prefer } });
