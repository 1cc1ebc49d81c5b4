import { expect, test } from 'vitest';
import { databaseRefusal, refusalCode } from './refusals.ts';

test("the session gate's sentence comes out of the gateway's words", () => {
  const detail =
    'start session: gateway: validate session: sessionorch: create session: ' +
    'ERROR: You have used all 2 sessions of this month. (SQLSTATE PT402)';
  expect(refusalCode(detail)).toBe('gateway_refused');
  expect(databaseRefusal(detail)).toEqual({
    message: 'You have used all 2 sessions of this month.',
    sqlState: 'PT402',
  });
});

test('words without SQL hold no refusal of the database', () => {
  expect(databaseRefusal('start session: gateway: join voice channel: context deadline exceeded')).toBeUndefined();
});
