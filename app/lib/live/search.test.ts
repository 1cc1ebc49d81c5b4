import { expect, test } from 'vitest';
import { markedParts } from './marked.ts';
import { type FoundSession, joinFound } from './search.ts';

const found = (id: string, ...lines: number[]): FoundSession => ({
  id,
  title: null,
  startedAt: '2026-05-03T19:00:00Z',
  campaign: { id: 'c', name: 'C' },
  lines: lines.map((line) => ({ id: line }) as FoundSession['lines'][number]),
});
const shape = (sessions: FoundSession[]) => sessions.map(({ id, lines }) => [id, ...lines.map((line) => line.id)]);

test('marks of the database become parts', () => {
  expect(markedParts('The \u0002mine\u0003 is a \u0002silver\u0003 one')).toEqual([
    { text: 'The ', found: false },
    { text: 'mine', found: true },
    { text: ' is a ', found: false },
    { text: 'silver', found: true },
    { text: ' one', found: false },
  ]);
  expect(markedParts('\u0002mine\u0003')).toEqual([{ text: 'mine', found: true }]);
  expect(markedParts('nothing')).toEqual([{ text: 'nothing', found: false }]);
});

test('a session that the page cut in two becomes one again', () => {
  expect(shape(joinFound([found('a', 9, 8)], [found('a', 7), found('b', 3)]))).toEqual([
    ['a', 9, 8, 7],
    ['b', 3],
  ]);
  expect(shape(joinFound([found('a', 9)], [found('b', 3)]))).toEqual([
    ['a', 9],
    ['b', 3],
  ]);
  expect(joinFound([], [found('b', 3)])).toHaveLength(1);
});
