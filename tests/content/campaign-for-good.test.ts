// A campaign leaves the bin for good when somebody types its name: with all that is in it, and without what was played.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asGateway, asRoot, closeDatabase, gatewaySql, snowflake } from '../lib/database.ts';
import type { SignedIn } from '../lib/people.ts';
import { call, type ContentTable, newCampaign, newContentTable, play, refusal } from './table.ts';

let table: ContentTable;
beforeAll(async () => {
  table = await newContentTable();
});
afterAll(closeDatabase);

async function bin(who: SignedIn, id: string): Promise<void> {
  const moved = await who.client
    .from('campaigns')
    .update({ deleted_at: new Date().toISOString() })
    .eq('id', id)
    .select('id');
  expect(moved.data).toHaveLength(1);
}

const isThere = async (id: string): Promise<boolean> =>
  (await asRoot('select from mgmt.campaigns where id = $1', [id])).length > 0;

/** Rows of everything that hangs on a campaign. */
async function left(tenant: string, id: string): Promise<unknown> {
  const [counts] = await asRoot(
    `select (select count(*)::int from mgmt.campaign_lore where campaign_id = $1) as lore,
       (select count(*)::int from public.npc_definitions where campaign_id = $1) as npcs,
       (select count(*)::int from mgmt.campaign_characters where campaign_id = $1) as characters,
       (select count(*)::int from tenant_${tenant}.entities where campaign_id = $1) as entities,
       (select count(*)::int from tenant_${tenant}.relationships where campaign_id = $1) as links,
       (select count(*)::int from tenant_${tenant}.session_entries where campaign_id = $1) as lines`,
    [id],
  );
  return counts;
}

async function newStory(name: string): Promise<{ campaign: string; session: string }> {
  const { bob, tenant } = table;
  const campaign = await newCampaign(bob, name, 'en');
  const own = { campaign_id: campaign };
  const added = await Promise.all([
    bob.client.from('campaign_lore').insert({ ...own, title: 'The mine' }),
    bob.client.from('npcs').insert({ ...own, name: 'Greta' }),
    bob.client.from('campaign_characters').insert({ ...own, discord_id: snowflake(1), name: 'Brannor' }),
  ]);
  expect(added.map(({ error }) => error)).toEqual([null, null, null]);
  await asRoot(
    `insert into tenant_${tenant}.entities (campaign_id, id, type, name)
     values ('${campaign}', 'greta', 'npc', 'Greta'), ('${campaign}', 'mine', 'place', 'The mine');
     insert into tenant_${tenant}.relationships (campaign_id, source_id, target_id, rel_type)
     values ('${campaign}', 'greta', 'mine', 'knows')`,
  );
  return { campaign, session: await play(tenant, campaign, [{ text: 'Three barrels.' }]) };
}

test('with the campaign goes what is in it; what was played stays readable', async () => {
  const { campaign, session } = await newStory('Rabenheim');
  const other = await newStory('Elsewhere');
  const before = await left(table.tenant, other.campaign);
  expect(before).toEqual({ lore: 1, npcs: 1, characters: 1, entities: 2, links: 1, lines: 1 });
  await bin(table.bob, campaign);
  const sent = { campaign_id: campaign, confirm_name: '  rabenHEIM ' };
  expect(await call(table.bob, 'delete_campaign', sent)).toEqual({ campaign_id: campaign });
  expect(await isThere(campaign)).toBe(false);
  expect(await left(table.tenant, campaign)).toEqual({
    lore: 0,
    npcs: 0,
    characters: 0,
    entities: 0,
    links: 0,
    lines: 1,
  });
  expect(await left(table.tenant, other.campaign)).toEqual(before);
  const lines = await call<{ text: string }[]>(table.carol, 'session_transcript', { session });
  expect(lines.map(({ text }) => text)).toEqual(['Three barrels.']);
  const log = await table.alice.client
    .from('audit_log')
    .select('action, actor')
    .eq('resource_id', campaign)
    .eq('action', 'delete');
  expect(log.data).toEqual([{ action: 'delete', actor: table.bob.userId }]);
});

test('only out of the bin, only by its name, only by those who lead, and only one’s own', async () => {
  const campaign = await newCampaign(table.alice, 'Hollow Hill', 'en');
  const sent = { campaign_id: campaign, confirm_name: 'Hollow Hill' };
  expect(await refusal(table.bob, 'delete_campaign', sent)).toMatchObject({ status: 409, code: 'conflict' });
  await bin(table.alice, campaign);
  for (const confirm_name of ['Hollow', '', null]) {
    expect(await refusal(table.bob, 'delete_campaign', { ...sent, confirm_name })).toMatchObject({
      status: 422,
      code: 'validation',
      message: 'confirm_name: must be the name of the campaign.',
    });
  }
  expect(await refusal(table.carol, 'delete_campaign', sent)).toMatchObject({ status: 403, code: 'forbidden' });
  const foreign = await refusal(table.mallory, 'delete_campaign', sent);
  expect(foreign).toMatchObject({ status: 404, code: 'not_found' });
  expect(await refusal(table.mallory, 'delete_campaign', { ...sent, campaign_id: 'nothing' })).toEqual(foreign);
  expect(await isThere(campaign)).toBe(true);
});

test('not while a session of it is on air, and not the one that Discord plays', async () => {
  const campaign = await newCampaign(table.bob, 'Night Market', 'en');
  const { error } = await table.bob.client.from('npcs').insert({ campaign_id: campaign, name: 'Karl' });
  expect(error).toBeNull();
  const id = `live-${campaign}`;
  await asGateway(gatewaySql.start, [id, table.tenant, campaign, snowflake(3), snowflake(4), 'dedicated']);
  await bin(table.bob, campaign);
  const sent = { campaign_id: campaign, confirm_name: 'Night Market' };
  expect(await refusal(table.bob, 'delete_campaign', sent)).toMatchObject({ status: 409, code: 'session_live' });
  await asGateway(gatewaySql.end, [id, null]);
  await asRoot('update public.tenants set campaign_id = $2 where id = $1', [table.tenant, campaign]);
  expect(await refusal(table.bob, 'delete_campaign', sent)).toMatchObject({ status: 409, code: 'campaign_in_use' });
  await asRoot('update public.tenants set campaign_id = $2 where id = $1', [table.tenant, table.campaign]);
  await call(table.bob, 'delete_campaign', sent);
  expect(await isThere(campaign)).toBe(false);
});
