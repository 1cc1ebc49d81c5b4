import { expect, test } from 'vitest';
import { fromFormData, toFormData } from './form-data.ts';
import type { LoreFields } from './page.ts';

function arrives(fields: Partial<LoreFields>) {
  const data = new FormData();
  for (const [name, value] of toFormData(fields, '2026')) data.append(name, value);
  return fromFormData(data);
}

test('what changed arrives, also a list that was emptied, and nothing else', () => {
  expect(arrives({ content: 'a\nb', tags: [] })).toEqual({ content: 'a\nb', tags: [] });
  expect(arrives({ title: 'The mine', npcs: ['1', '2'] })).toEqual({ title: 'The mine', npcs: ['1', '2'] });
});

test('a form of the browser itself: line ends become ours, empty entries fall away', () => {
  const data = new FormData();
  data.set('parts', 'title,content,tags');
  data.set('content', 'a\r\nb');
  data.append('tags', 'north');
  data.append('tags', '');
  expect(fromFormData(data)).toEqual({ title: '', content: 'a\nb', tags: ['north'] });
});
