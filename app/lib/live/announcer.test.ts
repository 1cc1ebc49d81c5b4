import { expect, test } from 'vitest';
import { Announcer } from './announcer.ts';

const make = () => new Announcer((count) => `${count} new lines`);

test('says one message in two seconds and sums up what waits', () => {
  const announcer = make();
  announcer.line('Greta: Ja.');
  expect(announcer.next(0)).toBe('Greta: Ja.');
  announcer.line('one');
  announcer.line('two');
  expect(announcer.next(1999)).toBeNull();
  expect(announcer.next(2000)).toBe('2 new lines');
  expect(announcer.idle).toBe(true);
});

test('changes of state come before lines and are not summed up', () => {
  const announcer = make();
  announcer.line('Greta: Ja.');
  announcer.important('Connection lost.');
  announcer.important('Connection lost.');
  announcer.important('Live.');
  expect([announcer.next(0), announcer.next(2000), announcer.next(4000), announcer.next(6000)]).toEqual([
    'Connection lost.',
    'Live.',
    'Greta: Ja.',
    null,
  ]);
});
