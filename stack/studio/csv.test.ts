import { expect, test } from 'vitest';
import { toCsv } from './csv.ts';

test('values survive commas, quotes and line breaks; NULL is nothing', () => {
  expect(
    toCsv(
      ['a', 'b,c'],
      [
        ['x"y', null],
        ['one\ntwo', ''],
      ],
    ),
  ).toBe('a,"b,c"\r\n"x""y",\r\n"one\ntwo",\r\n');
});

test('text is no formula, numbers and times stay what they are', () => {
  const fields = (values: string[]) =>
    toCsv(
      ['v'],
      values.map((value) => [value]),
    )
      .split('\r\n')
      .slice(1, -1);
  expect(fields(['=1+1', '@sum(a1)', '+cmd', '-x'])).toEqual(["'=1+1", "'@sum(a1)", "'+cmd", "'-x"]);
  const numbers = ['-1', '+2.5', '-1e-7', '-00:00:01.5'];
  expect(fields(numbers)).toEqual(numbers);
});
