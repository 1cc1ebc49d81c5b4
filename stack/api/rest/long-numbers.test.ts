import { expect, test } from 'vitest';
import { quoteLongNumbers } from './long-numbers.ts';

const filtered = (query: string) =>
  decodeURIComponent(new URL(quoteLongNumbers(`http://x/t?${query}`)).search.slice(1));

test('numbers that JavaScript cannot hold are quoted in every kind of filter', () => {
  expect(filtered('guild_id=eq.1572562311310647650')).toBe('guild_id=eq."1572562311310647650"');
  expect(filtered('guild_id=in.(1572562311310647650,1572562311310647651)')).toBe(
    'guild_id=in.("1572562311310647650","1572562311310647651")',
  );
  expect(filtered('or=(guild_id.eq.1572562311310647650,name.eq.x)')).toBe(
    'or=(guild_id.eq."1572562311310647650",name.eq.x)',
  );
});

test('everything else stays as it is', () => {
  for (const query of [
    'id=eq.12',
    'limit=10',
    'id=eq."1572562311310647650"',
    'name=eq.a1572562311310647650',
    'select=*',
  ])
    expect(filtered(query)).toBe(query);
});
