import { expect, test } from 'vitest';
import { markedParts } from './marked-parts.ts';

test('finds are cut out of their text, and nothing else is', () => {
  expect(markedParts('The \u0002mine\u0003 is <b>closed</b>.')).toEqual([
    { text: 'The ', found: false },
    { text: 'mine', found: true },
    { text: ' is <b>closed</b>.', found: false },
  ]);
  expect(markedParts('\u0002mine\u0003\u0002rs\u0003')).toEqual([
    { text: 'mine', found: true },
    { text: 'rs', found: true },
  ]);
  expect(markedParts('nothing')).toEqual([{ text: 'nothing', found: false }]);
  expect(markedParts('')).toEqual([]);
});

test('a mark that is never closed ends with the text', () => {
  expect(markedParts('a \u0002b')).toEqual([
    { text: 'a ', found: false },
    { text: 'b', found: true },
  ]);
});
