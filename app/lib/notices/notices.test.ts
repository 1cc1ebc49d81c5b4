import { expect, test } from 'vitest';
import { noticeKinds, noticePath } from '#domain/notices.ts';
import { byDay, type Notice, readCursor, readFilters, writeCursor } from './notices.ts';

const notice = (created_at: string): Notice => ({
  id: '00000000-0000-4000-8000-000000000000',
  kind: 'test',
  subject_id: null,
  data: {},
  read_at: null,
  created_at,
});

test('notices lie under the day on which the reader got them', () => {
  const late = new Date(2026, 10, 21, 23, 50).toISOString();
  const early = new Date(2026, 10, 21, 0, 10).toISOString();
  const before = new Date(2026, 10, 20, 23, 59).toISOString();
  const days = byDay([late, early, before].map(notice));
  expect(days.map(({ key, notices }) => [key, notices.length])).toEqual([
    ['2026-11-21', 2],
    ['2026-11-20', 1],
  ]);
});

test('a cursor comes back as it was written, and nothing else is one', () => {
  const written = writeCursor(notice('2026-11-21T10:00:00.123456+00:00'));
  expect(readCursor(written)).toEqual({
    createdAt: '2026-11-21T10:00:00.123456+00:00',
    id: '00000000-0000-4000-8000-000000000000',
  });
  for (const wrong of [null, '', '~', 'yesterday~x', '2026-11-21T10:00:00Z~1),id.gt.0', '2026-11-21~00")']) {
    expect(readCursor(wrong)).toBeNull();
  }
});

test('filters that nobody knows are none', () => {
  expect(readFilters(new URLSearchParams('kind=payment_failed&unread=1'))).toEqual({
    kind: 'payment_failed',
    unread: true,
  });
  expect(readFilters(new URLSearchParams('kind=lottery&unread=yes'))).toEqual({ kind: null, unread: false });
});

test('every kind leads somewhere inside of the app, whatever its subject is', () => {
  for (const kind of noticeKinds) {
    expect(noticePath(kind, null)).toMatch(/^\/[a-z]/);
    expect(noticePath(kind, '../../evil?x=//y')).toMatch(/^\/[a-z]+(\/[^/?#]+)?$/);
  }
});
