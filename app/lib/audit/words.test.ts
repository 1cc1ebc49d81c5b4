import { expect, test } from 'vitest';
import type { AuditEntry } from './audit-log.ts';
import { sentence, valueText } from './words.ts';

const entry = (fields: Partial<AuditEntry>): AuditEntry => ({
  id: 1,
  actor: null,
  actor_kind: 'system',
  action: 'update',
  resource_type: 'subscription',
  resource_id: 'id',
  resource_name: null,
  changes: {},
  ip: null,
  user_agent: null,
  created_at: '2026-11-21T12:00:00Z',
  ...fields,
});
const changed = { before: null, after: null };

test('a plan is called as it is sold, and no column by its own name', () => {
  const ended = entry({
    resource_name: 'dungeon_master',
    changes: { ended_at: changed, cancel_at_period_end: changed },
  });
  expect(sentence(ended, 'Lena')).toBe('Lena changed end and ending with the period of “Dungeon Master”.');
  expect(valueText('plan_id', 'adventurer')).toBe('Adventurer');
});

test('what has no name of its own is called what it is', () => {
  const paid = entry({ resource_type: 'payment', resource_name: 'payment', action: 'insert' });
  expect(sentence(paid, 'The system')).toBe('The system added “Payment”.');
  expect(sentence(entry({ action: 'insert' }), 'Lena')).toBe('Lena added “Plan”.');
});
