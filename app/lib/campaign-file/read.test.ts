import { expect, test } from 'vitest';
import { campaignFileBytes, readCampaignFile } from './read.ts';

const file = {
  format: 'glyphoxa.campaign',
  version: 1,
  exported_at: '2026-05-03T19:00:00+00:00',
  campaign: { name: 'Rabenheim', system: 'Das Schwarze Auge' },
  npcs: [{ name: 'Greta' }, { name: 'Karl', aside: true }],
  lore: [{ title: 'The mine' }],
};
const read = (bundle: object) => readCampaignFile(JSON.stringify(bundle));

test('what is in a file is counted, and the bundle goes on as it was', () => {
  expect(read(file)).toEqual({
    ok: true,
    bundle: file,
    summary: {
      name: 'Rabenheim',
      system: 'Das Schwarze Auge',
      npcs: 2,
      aside: 1,
      pages: 1,
      characters: 0,
      exportedAt: '2026-05-03T19:00:00+00:00',
    },
  });
});

test('what is no campaign is refused with its reason', () => {
  const reason = (text: string) => {
    const answer = readCampaignFile(text);
    return answer.ok ? null : answer.reason;
  };
  expect(reason('{')).toBe('not_json');
  expect(reason('[]')).toBe('not_a_campaign');
  expect(reason(JSON.stringify({ ...file, format: 'glyphoxa.account' }))).toBe('not_a_campaign');
  expect(reason(JSON.stringify({ ...file, campaign: {} }))).toBe('not_a_campaign');
  expect(reason(JSON.stringify({ ...file, npcs: {} }))).toBe('not_a_campaign');
  expect(reason(JSON.stringify({ ...file, version: 2 }))).toBe('version');
  const nested = (levels: number) =>
    JSON.stringify(file).replace('"The mine"', '['.repeat(levels) + ']'.repeat(levels));
  expect(reason(nested(50))).toBe(null);
  expect(reason(nested(70))).toBe('not_a_campaign');
  expect(reason('['.repeat(1_000_000) + ']'.repeat(1_000_000)), 'nested deeper than anybody reads').toBe('not_json');
  expect(reason(`"${'x'.repeat(campaignFileBytes)}"`)).toBe('too_large');
});

test('what no text can hold is refused by the name of its field', () => {
  const broken = (lore: object) => read({ ...file, lore: [lore] });
  const refused = (field: string) => ({ ok: false, reason: 'not_text', field });
  expect(broken({ title: 'The \ud83d mine' })).toEqual(refused('title'));
  expect(broken({ content: 'Nine\0miners' })).toEqual(refused('content'));
  expect(broken({ tags: ['mine', '\udc00'] })).toEqual(refused('tags'));
  expect(broken({ title: 'The 🪨 mine' }).ok).toBe(true);
});
