import { expect, test } from 'vitest';
import { toWatchers } from './connection.ts';

test('two devices of one person are one watcher, and a watcher without a name is none', () => {
  const watchers = toWatchers({
    u2: [
      { name: 'Mara', role: 'tenant_owner' },
      { name: 'Mara', role: 'tenant_owner' },
    ],
    u1: [{ name: 'Jonas', role: 'viewer' }],
    u3: [{ role: 'viewer' }],
    u4: [],
  });
  expect(watchers).toEqual([
    { id: 'u1', name: 'Jonas', role: 'viewer' },
    { id: 'u2', name: 'Mara', role: 'tenant_owner' },
  ]);
});
