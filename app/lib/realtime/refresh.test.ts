import { afterEach, expect, test, vi } from 'vitest';

vi.mock('$app/navigation', () => ({ invalidate: () => Promise.resolve() }));
const { createRefresher } = await import('./refresh.ts');

afterEach(() => vi.useRealTimers());

test('many changes at once are read once, each name one time', async () => {
  vi.useFakeTimers();
  const read: string[] = [];
  const refresher = createRefresher((name) => Promise.resolve(void read.push(name)));
  for (let index = 0; index < 20; index++) refresher.changed({ kind: 'session', id: `s${index}`, op: 'update' });
  refresher.changed({ kind: 'npc', id: 'n', op: 'insert' });
  expect(read).toEqual([]);
  await vi.advanceTimersByTimeAsync(150);
  expect(read.sort()).toEqual(['app:account', 'app:npcs', 'app:sessions']);
});

test('a change after the reading is read again', async () => {
  vi.useFakeTimers();
  const read: string[] = [];
  const refresher = createRefresher((name) => Promise.resolve(void read.push(name)));
  refresher.changed({ kind: 'npc', id: 'n', op: 'update' });
  await vi.advanceTimersByTimeAsync(150);
  refresher.changed({ kind: 'npc', id: 'n', op: 'update' });
  await vi.advanceTimersByTimeAsync(150);
  expect(read).toEqual(['app:npcs', 'app:npcs']);
});

test('nothing is read once the page has left', async () => {
  vi.useFakeTimers();
  const read: string[] = [];
  const refresher = createRefresher((name) => Promise.resolve(void read.push(name)));
  refresher.changed({ kind: 'tenant', id: 't', op: 'update' });
  refresher.stop();
  await vi.advanceTimersByTimeAsync(1000);
  expect(read).toEqual([]);
});
