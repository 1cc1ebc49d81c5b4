import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asRoot, closeDatabase } from '../lib/database.ts';
import { call, type ContentTable, newCampaign, newContentTable, refusal, shown } from './table.ts';

interface Hit {
  id: string;
  title: string;
  marked_title: string;
  snippet: string;
  rank: number;
}

let table: ContentTable;
beforeAll(async () => {
  table = await newContentTable();
});
afterAll(closeDatabase);

async function write(campaign: string, title: string, content: string, fields: object = {}): Promise<string> {
  const { data, error } = await table.bob.client
    .from('campaign_lore')
    .insert({ campaign_id: campaign, title, content, ...fields })
    .select('id')
    .single();
  if (error) throw error;
  return (data as { id: string }).id;
}

async function change(page: string, fields: object): Promise<void> {
  const { error } = await table.bob.client.from('campaign_lore').update(fields).eq('id', page);
  if (error) throw error;
}

const find = (campaign: string, query: string, fields: object = {}): Promise<Hit[]> =>
  call<Hit[]>(table.bob, 'search_lore', { campaign_id: campaign, query, ...fields });
const titles = (hits: Hit[]): string[] => hits.map(({ title }) => title);

test('English words are found by their stem, the title counts most, and finds are marked', async () => {
  const campaign = await newCampaign(table.bob, `Mines ${randomUUID()}`, 'en');
  await write(campaign, 'Trade', 'Silver from the mines, mining and mines again: the miners and their mines.');
  await write(campaign, 'The old mine', 'Closed for years.');
  await write(campaign, 'The harbour', 'Ships and gulls.');
  const hits = await find(campaign, 'mines');
  expect(titles(hits)).toEqual(['The old mine', 'Trade']);
  expect(hits[0]!.rank).toBeGreaterThan(hits[1]!.rank);
  expect(shown(hits[0]!.marked_title)).toBe('The old «mine»');
  expect(shown(hits[1]!.snippet)).toContain('Silver from the «mines», «mining» and «mines» again');
  expect(titles(await find(campaign, '"silver from"'))).toEqual(['Trade']);
  expect(titles(await find(campaign, 'mine -silver'))).toEqual(['The old mine']);
  expect(titles(await find(campaign, 'gull or silver'))).toHaveLength(2);
  expect(await find(campaign, 'the')).toEqual([]);
  expect(await find(campaign, 'mines', { limit: 1 })).toHaveLength(1);
});

test('German words are stemmed in German, and anew when the campaign changes its language', async () => {
  const campaign = await newCampaign(table.bob, `Häuser ${randomUUID()}`, 'de');
  await write(campaign, 'Das Dorf', 'Die Häuser am Fluss gehören den Müllern.');
  const [hit] = await find(campaign, 'Haus Müller');
  expect(shown(hit!.snippet)).toBe('«Häuser» am Fluss gehören den «Müllern»');
  const { error } = await table.bob.client.from('campaigns').update({ language: 'en' }).eq('id', campaign);
  expect(error).toBeNull();
  expect(await find(campaign, 'Haus')).toEqual([]);
  expect(await find(campaign, 'Häuser')).toHaveLength(1);
});

test('tags are found, and text that looks like a mark is none', async () => {
  const campaign = await newCampaign(table.bob, `Tags ${randomUUID()}`, 'en');
  await write(campaign, 'Page', 'A \u0002false\u0003 wolf and <b>bold</b> words.', {
    metadata: { tags: ['northern woods'] },
  });
  expect(titles(await find(campaign, 'wood'))).toEqual(['Page']);
  const [hit] = await find(campaign, 'wolf');
  expect(shown(hit!.snippet)).toContain('false «wolf» and');
});

test('the bin hides a page from the search until it is restored with its place', async () => {
  const campaign = await newCampaign(table.bob, `Bin ${randomUUID()}`, 'en');
  const page = await write(campaign, 'The tower', 'Full of owls.', { sort_order: 7 });
  await change(page, { deleted_at: new Date().toISOString() });
  expect(await find(campaign, 'owl')).toEqual([]);
  await change(page, { content: 'Full of ravens.' });
  await change(page, { deleted_at: null });
  expect(await find(campaign, 'owl')).toEqual([]);
  expect(titles(await find(campaign, 'raven'))).toEqual(['The tower']);
  expect(await asRoot('select sort_order from mgmt.campaign_lore where id = $1', [page])).toEqual([{ sort_order: 7 }]);
});

test('pages are put in order all at once, and unseen ones follow', async () => {
  const campaign = await newCampaign(table.bob, `Order ${randomUUID()}`, 'en');
  const [one, two, three] = [
    await write(campaign, 'One', ''),
    await write(campaign, 'Two', ''),
    await write(campaign, 'Three', ''),
  ];
  const order = async (): Promise<unknown[]> => {
    const { data } = await table.bob.client
      .from('campaign_lore')
      .select('title')
      .eq('campaign_id', campaign)
      .order('sort_order');
    return (data ?? []).map(({ title }) => title as unknown);
  };
  expect(await call(table.bob, 'order_lore', { campaign_id: campaign, pages: [three, one] })).toBe(2);
  expect(await order()).toEqual(['Three', 'One', 'Two']);
  const foreign = { campaign_id: campaign, pages: [two, randomUUID()] };
  expect(await refusal(table.bob, 'order_lore', foreign)).toMatchObject({ status: 404, code: 'not_found' });
  expect(await refusal(table.bob, 'order_lore', { campaign_id: campaign, pages: [two, two] })).toMatchObject({
    status: 404,
  });
  expect(await order()).toEqual(['Three', 'One', 'Two']);
});

test('players and strangers find nothing, and a query has 2 to 200 characters', async () => {
  const page = await write(table.campaign, 'Secret', 'The innkeeper is a spy.');
  const args = { campaign_id: table.campaign, query: 'spy' };
  expect(await call<Hit[]>(table.alice, 'search_lore', args)).toHaveLength(1);
  expect(await refusal(table.carol, 'search_lore', args)).toMatchObject({ status: 403, code: 'forbidden' });
  const foreign = await refusal(table.mallory, 'search_lore', args);
  expect(foreign).toMatchObject({ status: 404, code: 'not_found' });
  expect(await refusal(table.mallory, 'search_lore', { ...args, campaign_id: randomUUID() })).toEqual(foreign);
  expect(await refusal(table.mallory, 'order_lore', { campaign_id: table.campaign, pages: [page] })).toEqual(foreign);
  expect(await call(table.mallory, 'search_lore', { ...args, campaign_id: table.foreign.campaign })).toEqual([]);
  for (const query of [' a ', 'x'.repeat(201)])
    expect(await refusal(table.bob, 'search_lore', { ...args, query })).toMatchObject({
      status: 422,
      code: 'validation',
    });
});
