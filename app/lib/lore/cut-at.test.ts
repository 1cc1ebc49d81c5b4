import { expect, test } from 'vitest';
import { cutAt } from './cut-at.ts';

test('a long text is cut at the last heading that fits', () => {
  const text = '# A\none\n\n## B\ntwo\n\n## C\nthree';
  expect(cutAt(text, 25)).toEqual({ first: '# A\none\n\n## B\ntwo', rest: '## C\nthree', title: 'C' });
});

test('without a heading at a line, without a line at the limit', () => {
  expect(cutAt('one\ntwo\nthree', 10)).toEqual({ first: 'one\ntwo', rest: 'three', title: '' });
  expect(cutAt('onetwothree', 6)).toEqual({ first: 'onetwo', rest: 'three', title: '' });
  expect(cutAt('# A\nlong text', 6)).toEqual({ first: '# A', rest: 'long text', title: '' });
});
