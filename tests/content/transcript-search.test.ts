import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asRoot, closeDatabase } from '../lib/database.ts';
import type { SignedIn } from '../lib/people.ts';
import { call, type ContentTable, newCampaign, newContentTable, play, refusal, setPlan, shown } from './table.ts';

interface Neighbour {
  id: number;
  speaker_name: string;
  npc_id: string;
  text: string;
}

interface Hit {
  id: number;
  session_id: string;
  session_started_at: string;
  campaign: { id: string; name: string };
  speaker_name: string;
  npc_id: string;
  snippet: string;
  line_before: Neighbour | null;
  line_after: Neighbour | null;
}

let table: ContentTable;
let german: string;
let first: string;
let second: string;
let deutsch: string;

beforeAll(async () => {
  table = await newContentTable();
  german = await newCampaign(table.bob, 'Rabenheim', 'de');
  first = await play(table.tenant, table.campaign, [
    { text: 'Where is the silver mine?' },
    { text: 'Beyond the river.', by: 'Greta', npc: true },
    { text: 'Nobody mines there.', by: 'Greta', npc: true },
  ]);
  second = await play(table.tenant, table.campaign, [{ text: 'We go to the mines tomorrow.' }]);
  deutsch = await play(table.tenant, german, [
    { text: 'Die alten Häuser brennen.' },
    { text: 'In the mine, sagt er.' },
  ]);
  await play(table.foreign.tenant, table.foreign.campaign, [{ text: 'The mine of Mallory.' }]);
});
afterAll(closeDatabase);

const find = (who: SignedIn, query: string, fields: object = {}): Promise<Hit[]> =>
  call<Hit[]>(who, 'search_transcripts', { query, ...fields });
const snippets = (hits: Hit[]): string[] => hits.map(({ snippet }) => shown(snippet));

test('players find what was said in all sessions, newest first, with the lines around it', async () => {
  const hits = await find(table.carol, 'mine');
  expect(snippets(hits)).toEqual([
    'In the «mine», sagt er.',
    'We go to the «mines» tomorrow.',
    'Nobody «mines» there.',
    'Where is the silver «mine»?',
  ]);
  expect(hits[2]).toMatchObject({
    session_id: first,
    campaign: { id: table.campaign },
    speaker_name: 'Greta',
    npc_id: 'npc-0-Greta',
    line_before: { text: 'Beyond the river.', speaker_name: 'Greta' },
    line_after: null,
  });
  expect(hits[3]).toMatchObject({ line_before: null, line_after: { text: 'Beyond the river.' } });
  expect(hits[0]).toMatchObject({ campaign: { id: german, name: 'Rabenheim' }, session_id: deutsch });
  expect(new Date(hits[0]!.session_started_at).toISOString()).toBe('2026-05-03T19:00:00.000Z');
});

test('German campaigns are stemmed in German, the others in English', async () => {
  expect(snippets(await find(table.bob, 'Haus'))).toEqual(['Die alten «Häuser» brennen.']);
  expect(snippets(await find(table.bob, 'mining', { campaign_id: table.campaign }))).toHaveLength(3);
  expect(await find(table.bob, 'mining', { campaign_id: german })).toEqual([]);
});

test('a search stays in its campaign, its session and its page', async () => {
  expect((await find(table.bob, 'mine', { campaign_id: german })).map(({ session_id }) => session_id)).toEqual([
    deutsch,
  ]);
  expect(snippets(await find(table.bob, 'mine', { session: second }))).toEqual(['We go to the «mines» tomorrow.']);
  expect(await find(table.bob, 'mine', { session: second, campaign_id: german })).toEqual([]);
  const [newest] = await find(table.bob, 'mine', { limit: 1 });
  const older = await find(table.bob, 'mine', { limit: 1, before: newest!.id });
  expect(snippets(older)).toEqual(['We go to the «mines» tomorrow.']);
});

test('text that looks like a mark is none, and markup stays text', async () => {
  await play(table.tenant, table.campaign, [{ text: 'A \u0002trick\u0003 by <b>goblins</b> & co' }]);
  expect(snippets(await find(table.bob, 'goblin'))).toEqual(['A trick by <b>«goblins»</b> & co']);
});

test('another table’s campaign and session are 404, and its lines are found by nobody else', async () => {
  expect(snippets(await find(table.mallory, 'mine'))).toEqual(['The «mine» of Mallory.']);
  for (const fields of [{ campaign_id: table.campaign }, { session: first }, { session: randomUUID() }]) {
    const refused = await refusal(table.mallory, 'search_transcripts', { query: 'mine', ...fields });
    expect(refused).toMatchObject({ status: 404, code: 'not_found' });
  }
  expect(await refusal(table.carol, 'search_transcripts', { query: 'x' })).toMatchObject({ status: 422 });
});

test('a line that names a session of another table is found at neither', async () => {
  await asRoot(
    `insert into tenant_${table.foreign.tenant}.session_entries (campaign_id, session_id, text) values ($1, $2, 'smuggled')`,
    [table.foreign.campaign, first],
  );
  expect(await find(table.mallory, 'smuggled')).toEqual([]);
  expect(await find(table.bob, 'smuggled')).toEqual([]);
});

test('no plan gates the search, and no schema means nothing found', async () => {
  await setPlan(table.foreign.tenant, 'apprentice');
  expect(await find(table.mallory, 'mine')).toHaveLength(1);
  await asRoot(`drop schema tenant_${table.foreign.tenant} cascade`);
  expect(await find(table.mallory, 'mine')).toEqual([]);
  // The next session makes what is missing, with the index for German.
  await play(table.foreign.tenant, table.foreign.campaign, [{ text: 'A mine again.' }]);
  expect(await find(table.mallory, 'mine')).toHaveLength(1);
  expect(
    await asRoot(`select indexdef from pg_indexes where schemaname = $1 and indexname = 'session_entries_german'`, [
      `tenant_${table.foreign.tenant}`,
    ]),
  ).toEqual([{ indexdef: expect.stringContaining(`USING gin (to_tsvector('german'::regconfig, text))`) as string }]);
});
