// Who was heard in a campaign, for those who say who plays whom; and who spoke around a find.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asRoot, closeDatabase } from '../lib/database.ts';
import { call, type ContentTable, newCampaign, newContentTable, play, refusal } from './table.ts';

let table: ContentTable;
const jonas = '201847362910584101';
const miriam = '201847362910584102';

beforeAll(async () => {
  table = await newContentTable();
  await play(table.tenant, table.campaign, [
    { text: 'Three barrels.', by: 'Jonas', speakerId: jonas },
    { text: 'Whose are they?', by: 'miri', speakerId: miriam },
    { text: 'Nobody owns a barrel.', by: 'Greta', speakerId: 'Greta', npc: true },
    { text: 'A silver one.', by: 'Jonas_42', speakerId: jonas },
  ]);
});
afterAll(closeDatabase);

interface Speaker {
  discord_id: string;
  name: string;
  lines: number;
  last_spoken_at: string;
}

test('people are counted by their id, under the name written last, without NPCs', async () => {
  const heard = await call<Speaker[]>(table.bob, 'campaign_speakers', { campaign_id: table.campaign });
  expect(heard.map(({ discord_id, name, lines }) => [discord_id, name, lines])).toEqual([
    [jonas, 'Jonas_42', 2],
    [miriam, 'miri', 1],
  ]);
  expect(new Date(heard[0]!.last_spoken_at).toISOString()).toBe('2026-05-03T19:00:15.000Z');
});

test('a campaign has its own speakers, players and strangers are refused, no schema is nobody', async () => {
  const other = await newCampaign(table.alice, 'Elsewhere', 'en');
  expect(await call(table.bob, 'campaign_speakers', { campaign_id: other })).toEqual([]);
  const own = { campaign_id: table.campaign };
  expect(await refusal(table.carol, 'campaign_speakers', own)).toMatchObject({ status: 403, code: 'forbidden' });
  expect(await refusal(table.mallory, 'campaign_speakers', own)).toMatchObject({ status: 404, code: 'not_found' });
  await asRoot(`drop schema tenant_${table.foreign.tenant} cascade`);
  expect(await call(table.mallory, 'campaign_speakers', { campaign_id: table.foreign.campaign })).toEqual([]);
});

test('a line that names a session of another table is not counted', async () => {
  const foreign = await refusal(table.mallory, 'campaign_speakers', { campaign_id: 'nothing' });
  expect(foreign.code).toBe('not_found');
  await asRoot(
    `insert into tenant_${table.tenant}.session_entries
       (campaign_id, session_id, speaker_id, speaker_name, text, npc_id)
     values ($1, 'of-nobody', '201847362910584199', 'Ghost', 'Boo', '')`,
    [table.campaign],
  );
  const heard = await call<Speaker[]>(table.bob, 'campaign_speakers', { campaign_id: table.campaign });
  expect(heard.map(({ name }) => name)).toEqual(['Jonas_42', 'miri']);
});

test('the lines around a find say who spoke them', async () => {
  const found = await call<{ line_before: object; line_after: object }[]>(table.carol, 'search_transcripts', {
    query: 'owns',
  });
  expect(found).toMatchObject([
    { line_before: { speaker_id: miriam, speaker_name: 'miri' }, line_after: { speaker_id: jonas } },
  ]);
});
