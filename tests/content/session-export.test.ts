import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeDatabase, snowflake } from '../lib/database.ts';
import { call, type ContentTable, newCampaign, newContentTable, play, refusal } from './table.ts';

let table: ContentTable;
let session: string;
const jonas = snowflake(700);

beforeAll(async () => {
  table = await newContentTable();
  const campaign = await newCampaign(table.bob, 'Rabenheim *Nord*', 'de');
  const { error } = await table.bob.client
    .from('campaign_characters')
    .insert({ campaign_id: campaign, discord_id: jonas, name: 'Brannor', aliases: ['luk_42'] });
  expect(error).toBeNull();
  session = await play(table.tenant, campaign, [
    { text: 'Wer da?', by: 'jonas', speakerId: jonas, at: 1, seconds: 0.2, raw: 'wer dar' },
    { text: 'Ich bin *Greta*.\n\nKomm <b>rein</b> --> dort', by: 'Greta', npc: true, at: 4, seconds: 3 },
    { text: 'Gern.', by: 'luk_42', at: 3600, seconds: 2 },
  ]);
});
afterAll(closeDatabase);

const file = (format: string, fields: object = {}): Promise<string> =>
  call<string>(table.carol, 'session_export', { session, format, ...fields });

test('as text: one line each, characters for players, an empty line at a gap, times with their offset', async () => {
  expect(await file('txt')).toBe(
    [
      'Rabenheim *Nord*',
      '2026-05-03 19:00:00+00:00 – 2026-05-03 20:30:00+00:00',
      '',
      '[19:00:01+00:00] Brannor: Wer da?',
      '[19:00:04+00:00] Greta: Ich bin *Greta*. Komm <b>rein</b> --> dort',
      '',
      '[20:00:00+00:00] Brannor: Gern.',
      '',
    ].join('\n'),
  );
  expect(await file('txt', { character_names: false })).toContain('[19:00:01+00:00] jonas: Wer da?');
});

test('as Markdown: headings at gaps, NPCs bold, and what was said is no markup', async () => {
  expect(await file('md')).toBe(
    [
      '# Rabenheim \\*Nord\\*',
      '',
      '2026-05-03 19:00:00+00:00 – 2026-05-03 20:30:00+00:00',
      '',
      '## 19:00:01+00:00',
      '',
      'Brannor: Wer da?',
      '',
      '**Greta**: Ich bin \\*Greta\\*. Komm \\<b\\>rein\\</b\\> --\\> dort',
      '',
      '## 20:00:00+00:00',
      '',
      'Brannor: Gern.',
      '',
    ].join('\n'),
  );
});

test('as JSON: all fields and both texts', async () => {
  const { version, lines, ...rest } = JSON.parse(await file('json')) as Record<string, unknown> & { lines: unknown[] };
  expect(version).toBe(1);
  expect(rest.session).toMatchObject({ id: session, started_at: '2026-05-03T19:00:00+00:00', state: 'ended' });
  expect(lines).toHaveLength(3);
  expect(lines[0]).toEqual({
    id: expect.any(Number) as number,
    speaker: 'Brannor',
    character: 'Brannor',
    speaker_id: jonas,
    speaker_name: 'jonas',
    npc_id: '',
    text: 'Wer da?',
    raw_text: 'wer dar',
    timestamp: '2026-05-03T19:00:01+00:00',
    duration_ns: 200_000_000,
  });
});

/** Invisible, and keeps a bracket from beginning a tag. */
const joiner = '\u2060';

test('as subtitles: since the start, at least 1.5 seconds long, no empty line within', async () => {
  expect(await file('srt')).toBe(
    [
      '1',
      '00:00:01,000 --> 00:00:02,500',
      'Brannor: Wer da?',
      '',
      '2',
      '00:00:04,000 --> 00:00:07,000',
      `Greta: Ich bin *Greta*. Komm <${joiner}b>rein<${joiner}/b> → dort`,
      '',
      '3',
      '01:00:00,000 --> 01:00:02,000',
      'Brannor: Gern.',
      '',
    ].join('\n'),
  );
});

test('names that would be markup, further lines or turn the text around stay names in every format', async () => {
  const name = '# [Mal](javascript:1)\u202E\u2067\r\n2\u2028\n00:00:09,000 --> {\\an8}<i>';
  const odd = await play(table.tenant, table.campaign, [{ text: '> \u202EDa.', by: name, at: 1 }]);
  const read = (format: string) => call<string>(table.carol, 'session_export', { session: odd, format });
  expect((await read('txt')).split('\n').slice(3)).toEqual([
    '[19:00:01+00:00] # [Mal](javascript:1) 2 00:00:09,000 --> {\\an8}<i>: > Da.',
    '',
  ]);
  expect((await read('md')).split('\n').slice(6)).toEqual([
    '\\# \\[Mal\\](javascript:1) 2 00:00:09,000 --\\> {\\\\an8}\\<i\\>: \\> Da.',
    '',
  ]);
  expect((await read('srt')).split('\n')).toEqual([
    '1',
    '00:00:01,000 --> 00:00:03,000',
    `# [Mal](javascript:1) 2 00:00:09,000 → {${joiner}\\an8}<${joiner}i>: > Da.`,
    '',
  ]);
  const { lines } = JSON.parse(await read('json')) as { lines: unknown[] };
  expect(lines).toMatchObject([{ speaker: name, speaker_name: name, text: '> \u202EDa.' }]);
});

test('a session without lines is a file without lines', async () => {
  const silent = await play(table.tenant, table.campaign, []);
  const args = { session: silent };
  expect(await call(table.carol, 'session_export', { ...args, format: 'srt' })).toBe('');
  const json = JSON.parse(await call<string>(table.carol, 'session_export', { ...args, format: 'json' })) as object;
  expect(json).toMatchObject({ lines: [] });
});

test('a foreign session and none at all are the same 404; an unknown format is named', async () => {
  const foreign = await refusal(table.mallory, 'session_export', { session, format: 'txt' });
  expect(foreign).toMatchObject({ status: 404, code: 'not_found' });
  expect(await refusal(table.mallory, 'session_export', { session: randomUUID(), format: 'txt' })).toEqual(foreign);
  expect(await refusal(table.carol, 'session_export', { session, format: 'pdf' })).toMatchObject({
    status: 422,
    message: 'format: must be txt, md, json or srt.',
  });
});
