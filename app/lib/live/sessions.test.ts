import { expect, test } from 'vitest';
import { dayAfter, isFiltered, readCursor, readFilters, writeCursor } from './sessions.ts';

const read = (query: string) => readFilters(new URLSearchParams(query));

test('reads filters from the address and ignores what it does not know', () => {
  expect(read('state=failed&campaign=c1&server=&from=2026-11-01&to=soon')).toEqual({
    state: 'failed',
    campaign: 'c1',
    server: null,
    from: '2026-11-01',
    to: null,
  });
  expect(read('state=dancing&from=2026-13-77')).toMatchObject({ state: 'all', from: null });
});

test('knows whether anything is filtered', () => {
  expect(isFiltered(read(''))).toBe(false);
  expect(isFiltered(read('state=lost'))).toBe(true);
  expect(isFiltered(read('server=1'))).toBe(true);
});

test('a cursor comes back as it was written, and nothing else is one', () => {
  const row = { started_at: '2026-11-18T19:00:00.123456+00:00', id: '0f8fad5b-d9cb-469f-a165-70867728950e' };
  expect(readCursor(writeCursor(row))).toEqual({ startedAt: row.started_at, id: row.id });
  expect(readCursor(null)).toBeNull();
  expect(readCursor('2026-11-18')).toBeNull();
  expect(readCursor('2026-11-18T19:00:00Z~a),id.gt.(')).toBeNull();
});

test('an upper day is taken whole', () => {
  expect(dayAfter('2026-12-31')).toBe('2027-01-01T00:00:00.000Z');
});
