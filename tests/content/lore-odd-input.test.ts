// Whatever somebody types into the search of lore, and whatever stands on the pages, the answer is a list or a plain refusal.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asRoot, closeDatabase } from '../lib/database.ts';
import { post } from '../lib/requests.ts';
import { call, type ContentTable, newCampaign, newContentTable, shown } from './table.ts';

interface Hit {
  title: string;
  marked_title: string;
  snippet: string;
}

let table: ContentTable;
let english: string;
let german: string;

async function write(campaign: string, title: string, content: string): Promise<void> {
  const { error } = await table.bob.client.from('campaign_lore').insert({ campaign_id: campaign, title, content });
  if (error) throw error;
}

beforeAll(async () => {
  table = await newContentTable();
  [english, german] = [await newCampaign(table.bob, 'Odd', 'en'), await newCampaign(table.bob, 'Seltsam', 'de')];
  await write(
    english,
    "The dragon's <img src=x onerror=alert(1)> lair",
    `A wolf. ${'filler '.repeat(12_000)} A raven 🐉.`,
  );
  await write(english, '100 % & 50_000', 'C:\\temp\\new | (a or b) & !c :* <-> "quoted" \'single\' ((');
  await write(german, 'Die Mühle', 'Straße, Größe, Müllerin, Mühlen, Häuser und Hexenhäuser; ungewöhnliche Bücher.');
});
afterAll(closeDatabase);

const find = (campaign_id: string, query: string) => call<Hit[]>(table.bob, 'search_lore', { campaign_id, query });

test.each([
  "'; drop table mgmt.campaign_lore; --",
  '((((',
  '))',
  '& | ! <->',
  ':*',
  'a:*b:A',
  '""',
  '"unfinished',
  '- - -',
  'or or or',
  '-wolf',
  '\\\\',
  "\\'",
  '%_%',
  '🐉🐉',
  '\u202Eflow',
  '\u0002wolf\u0003',
  '\ud83d\ude00 \u200d',
  'ﬁ ﬂ Ⅷ',
  'x'.repeat(200),
  `${'"a b" or '.repeat(20)}c`,
  '\t\n  wolf',
])('%j is answered with a list', async (query) => {
  expect(Array.isArray(await find(english, query))).toBe(true);
  expect(await asRoot(`select 1 as there where to_regclass('mgmt.campaign_lore') is not null`)).toHaveLength(1);
});

test('10,000 characters, nothing, NUL and what is no text are refused plainly', async () => {
  const search = (body: object) => post('/rest/v1/rpc/search_lore', body, { token: table.bob.accessToken });
  for (const query of ['x'.repeat(10_000), '', ' ', 'a', null]) {
    const { status, body } = await search({ query, campaign_id: english });
    expect([status, body.details]).toEqual([422, 'validation']);
  }
  expect((await search({ query: 'wolf\u0000', campaign_id: english })).status).toBe(400);
  for (const campaign_id of ['\u202E', "' or true --", 'x'.repeat(5_000), null])
    expect((await search({ query: 'wolf', campaign_id })).body).toMatchObject({ details: 'not_found' });
  for (const limit of [-1, 0, 1_000_000])
    expect((await search({ query: 'wolf', campaign_id: english, limit })).status).toBe(200);
});

test('what a page holds stays text: only the two marks are added, and they stand around finds alone', async () => {
  const [hit] = await find(english, 'dragon lair');
  expect(shown(hit!.marked_title)).toBe("The «dragon»'s <img src=x onerror=alert(1)> «lair»");
  // Without the marks it is the title, letter by letter: nothing is escaped here, and so nothing is escaped twice.
  expect(shown(hit!.marked_title).replaceAll(/[«»]/g, '')).toBe(hit!.title);
});

test('the end of a long page is found, and shown where it is', async () => {
  const [hit] = await find(english, 'raven');
  expect(shown(hit!.snippet)).toContain('«raven»');
  expect(hit!.snippet.length).toBeLessThan(600);
});

test('German is stemmed as far as Postgres’ German goes', async () => {
  for (const query of ['Mühle', 'mühlen', 'MÜHLE', 'Haus', 'Buch', 'Strassen', 'groesse'.replace('oe', 'ö')])
    expect({ query, found: (await find(german, query)).length }).toEqual({ query, found: 1 });
  // Compounds are one word, and a prefix is no word.
  for (const query of ['Hexen', 'Müh'])
    expect({ query, found: (await find(german, query)).length }).toEqual({ query, found: 0 });
});
