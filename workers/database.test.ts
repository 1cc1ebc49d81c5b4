import { expect, test } from 'vitest';
import { whenDatabaseIsThere } from './database.ts';

const said: string[] = [];
const log = { info: () => undefined, warn: (message: string) => void said.push(message), error: () => undefined };
const refusal = (code: string) => Object.assign(new Error(code), { code });

test('a database that starts or recovers is waited for, and that is said once', async () => {
  const answers = ['ECONNREFUSED', '57P03'];
  const open = () => {
    const code = answers.shift();
    return code ? Promise.reject(refusal(code)) : Promise.resolve('open');
  };
  await expect(whenDatabaseIsThere(open, log)).resolves.toBe('open');
  expect(said).toEqual(['the database is not there yet']);
});

test('a wrong password is not waited away', async () => {
  await expect(whenDatabaseIsThere(() => Promise.reject(refusal('28P01')), log)).rejects.toThrow('28P01');
});
