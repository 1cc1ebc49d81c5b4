import { expect, test } from 'vitest';
import { campaignFileName } from './file-name.ts';

test.each([
  ['Rabenheim', 'rabenheim-2026-05-03.glyphoxa.json'],
  ['Die Flöße: „Süd“ / Ost', 'die-flosse-sud-ost-2026-05-03.glyphoxa.json'],
  ['../..\r\nx', 'x-2026-05-03.glyphoxa.json'],
  ['影', 'campaign-2026-05-03.glyphoxa.json'],
])('%s', (name, file) => {
  expect(campaignFileName(name, '2026-05-03T19:00:00+00:00')).toBe(file);
});
