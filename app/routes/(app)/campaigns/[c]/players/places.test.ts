import { expect, test } from 'vitest';
import type { Player, Players } from '#lib/server/characters.ts';
import { inPlace } from './places.ts';

const player = (discordId: string, plays?: string): Player => ({
  discordId,
  person: null,
  lines: 0,
  lastSpokenAt: null,
  character: plays ? { name: plays, aliases: [], colour: 1, updatedAt: '2026-11-21T12:00:00Z' } : null,
});
const ids = (players: Players) =>
  [players.unknown, players.known, players.others].map((rows) => rows.map((row) => row.discordId));

test('a row stays where it is while the page is open, and shows what is known now', () => {
  const opened: Players = { unknown: [player('luke')], known: [player('ada', 'Zora')], others: [player('gm')] };
  const saved: Players = {
    unknown: [],
    known: [player('luke', 'Brannor'), player('ada', 'Zora')],
    others: [player('gm')],
  };
  const shown = inPlace(saved, opened);
  expect(ids(shown)).toEqual([['luke'], ['ada'], ['gm']]);
  expect(shown.unknown[0]?.character?.name).toBe('Brannor');
});

test('who is new comes last, and who is gone, goes', () => {
  const opened: Players = { unknown: [player('luke'), player('ida')], known: [], others: [] };
  const now: Players = { unknown: [player('new'), player('luke')], known: [], others: [player('gm')] };
  expect(ids(inPlace(now, opened))).toEqual([['luke', 'new'], [], ['gm']]);
  expect(inPlace(now, null)).toBe(now);
});
