import { expect, test } from 'vitest';
import type { Line } from './line.ts';
import { sentState, settleSent } from './sent-lines.ts';

const said = (npc: string, text: string, seconds: number): Line => ({
  id: seconds,
  speakerId: npc,
  speakerName: npc,
  npcId: 'npc',
  text,
  rawText: '',
  spokenAt: seconds * 1000,
  durationMs: 0,
});
const sent = (key: string, text: string, seconds: number) => ({ key, npc: 'Greta', text, sentAt: seconds * 1000 });

test('the real line takes the place of the sent one', () => {
  expect(
    settleSent([sent('a', 'Guten  Abend, „Freunde“.', 10)], [said('greta', 'Guten Abend, "Freunde".', 12)]),
  ).toEqual([]);
});

test('other words, another NPC or another time do not', () => {
  const waiting = [sent('a', 'Guten Abend.', 100)];
  expect(settleSent(waiting, [said('Greta', 'Gute Nacht.', 101)])).toBe(waiting);
  expect(settleSent(waiting, [said('Osric', 'Guten Abend.', 101)])).toBe(waiting);
  expect(settleSent(waiting, [said('Greta', 'Guten Abend.', 161)])).toBe(waiting);
});

test('one real line stands for one sent line', () => {
  const left = settleSent([sent('a', 'Ja.', 10), sent('b', 'Ja.', 14)], [said('Greta', 'Ja.', 12)]);
  expect(left.map((each) => each.key)).toEqual(['b']);
});

test('is speaking for a minute and then not written down yet', () => {
  expect(sentState(sent('a', 'Ja.', 10), 70_000)).toBe('speaking');
  expect(sentState(sent('a', 'Ja.', 10), 70_001)).toBe('unwritten');
});
