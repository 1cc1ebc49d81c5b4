import { expect, test } from 'vitest';
import { differences } from './differences.ts';

const only = (parts: { text: string; only: boolean }[]) => parts.filter((part) => part.only).map(({ text }) => text);
const whole = (parts: { text: string }[]) => parts.map(({ text }) => text).join('');

test('both texts stay whole, and what only one of them has is marked', () => {
  const { mine, theirs } = differences('The old mine is closed.', 'The old mine is flooded and dark.');
  expect(whole(mine)).toBe('The old mine is closed.');
  expect(whole(theirs)).toBe('The old mine is flooded and dark.');
  expect(only(mine)).toEqual(['closed']);
  expect(only(theirs)).toEqual(['flooded and dark']);
});

test('pages of a hundred thousand characters are compared at once', () => {
  const text = Array.from({ length: 2500 }, (_, line) => `Line ${line} of a long page of lore.`).join('\n');
  // Of the processor, whatever else it has to do.
  const started = process.cpuUsage();
  const { mine, theirs } = differences(`${text}\nmine`, `${text}\ntheirs`);
  const { user, system } = process.cpuUsage(started);
  expect((user + system) / 1_000).toBeLessThan(5_000);
  expect([only(mine), only(theirs)]).toEqual([['mine'], ['theirs']]);
});
