import { expect, test } from 'vitest';
import { consoleKey } from './console-keys.ts';

const press = (key: string, more: Partial<KeyboardEvent> = {}, typing = false) =>
  consoleKey({ key, ctrlKey: false, metaKey: false, altKey: false, ...more }, typing);

test('single keys work outside of text fields only', () => {
  expect([press('m'), press('M'), press('s'), press('?'), press('End')]).toEqual([
    'mute_all',
    'mute_all',
    'say',
    'list',
    'follow',
  ]);
  expect(press('3')).toEqual({ npc: 2 });
  expect([press('m', {}, true), press('3', {}, true), press('End', {}, true)]).toEqual([null, null, null]);
});

test("the browser's own shortcuts stay its own", () => {
  expect([
    press('s', { ctrlKey: true }),
    press('m', { metaKey: true }),
    press('1', { altKey: true }),
    press('0'),
  ]).toEqual([null, null, null, null]);
});

test('the end has a chord that also works while writing', () => {
  expect([press('.', { ctrlKey: true }, true), press('.', { metaKey: true }), press('.')]).toEqual([
    'end',
    'end',
    null,
  ]);
});
