import { expect, test } from 'vitest';
import { shares, toBlocks } from './blocks.ts';
import type { Line } from './line.ts';
import { Cast } from './speakers.ts';

function line(id: number, speaker: string, seconds: number, durationMs = 0): Line {
  return {
    id,
    speakerId: speaker,
    speakerName: speaker,
    npcId: '',
    text: 'abcd',
    rawText: '',
    spokenAt: seconds * 1000,
    durationMs,
  };
}

function speakerOf() {
  const cast = new Cast({ npcs: [], people: [], characters: [] });
  return (each: Line) => cast.speaker(each);
}

test('lines of one speaker within 20 s of each other stand together', () => {
  const blocks = toBlocks(
    [line(1, 'a', 0), line(2, 'a', 20), line(3, 'a', 41), line(4, 'b', 42), line(5, 'a', 43)],
    speakerOf(),
  );
  expect(blocks.map((block) => block.lines.map((each) => each.id))).toEqual([[1, 2], [3], [4], [5]]);
});

test('the silence counts from the end of a line', () => {
  const blocks = toBlocks([line(1, 'a', 0, 10_000), line(2, 'a', 29)], speakerOf());
  expect(blocks).toHaveLength(1);
});

test('a silence of two minutes is a rule, one of ten a break with its length', () => {
  const blocks = toBlocks([line(1, 'a', 0), line(2, 'b', 120), line(3, 'a', 241), line(4, 'b', 1081)], speakerOf());
  expect(blocks.map((block) => block.gap)).toEqual([
    null,
    null,
    { kind: 'time', at: 241_000 },
    { kind: 'break', at: 1_081_000, forMs: 840_000 },
  ]);
});

test('blocks that did not change are the same objects', () => {
  const of = speakerOf();
  const lines = [line(1, 'a', 0), line(2, 'b', 5), line(3, 'b', 9)];
  const first = toBlocks(lines, of);
  const second = toBlocks([...lines, line(4, 'b', 12)], of, first);
  expect(second[0]).toBe(first[0]);
  expect(second[1]).not.toBe(first[1]);
  expect(toBlocks(lines, of, first)).toEqual(first);
});

test('shares are of talking time, or of text where no time is known', () => {
  const timed = shares([line(1, 'a', 0, 3000), line(2, 'b', 5, 1000)], speakerOf());
  expect(timed.map((each) => [each.speaker.name, each.share])).toEqual([
    ['a', 0.75],
    ['b', 0.25],
  ]);
  const untimed = shares([line(1, 'a', 0), line(2, 'b', 5), line(3, 'b', 6)], speakerOf());
  expect(untimed.map((each) => [each.speaker.name, each.lines])).toEqual([
    ['b', 2],
    ['a', 1],
  ]);
});
