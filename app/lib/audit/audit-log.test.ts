import { expect, test } from 'vitest';
import { isFiltered, readCursor, readFilters, writeCursor } from './audit-log.ts';

test('filters are read from the address, and nonsense is no filter', () => {
  const person = '0f8fad5b-d9cb-469f-a165-70867728950e';
  const filters = readFilters(
    new URLSearchParams(`person=${person}&kind=npc&thing=abc-1&from=2026-11-18&to=2026-11-21`),
  );
  expect(filters).toEqual({ person, kind: 'npc', thing: 'abc-1', from: '2026-11-18', to: '2026-11-21' });
  expect(readFilters(new URLSearchParams('person=gateway')).person).toBe('gateway');
  const nonsense = readFilters(new URLSearchParams('person=a,b&kind=password&thing=x)or(&from=2026-99-99&to=soon'));
  expect(isFiltered(nonsense)).toBe(false);
});

test('a cursor comes back as it went, and nothing else passes', () => {
  const row = { created_at: '2026-11-21T11:48:57.423952+00:00', id: 42 };
  expect(readCursor(writeCursor(row))).toEqual({ createdAt: row.created_at, id: 42 });
  for (const value of [null, '', 'x~1', '2026-11-21~1)', '2026-11-21",id.gt.0~1']) expect(readCursor(value)).toBeNull();
});
