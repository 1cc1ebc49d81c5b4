import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { locateStack, type StackContext } from './context.ts';
import { loadSecrets } from './secrets.ts';
import { keepChosenPassword, withChosenPassword } from './studio-password.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'glyphoxa-studio-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function context(password?: string): StackContext {
  const settings = password === undefined ? {} : { GLYPHOXA_STUDIO_PASSWORD: password };
  return {
    ...locateStack({ GLYPHOXA_HOME: home }),
    command: 'start',
    secrets: loadSecrets(home),
    settings,
    tuning: {},
  };
}

test('without a choice the generated password stays', () => {
  const before = loadSecrets(home);
  const same = withChosenPassword(context());
  keepChosenPassword(same);
  expect(same.secrets).toEqual(before);
  expect(loadSecrets(home)).toEqual(before);
});

test('a chosen password is kept with the other secrets, for this owner only', () => {
  const { studioPassword: generated, ...others } = loadSecrets(home);
  const chosen = withChosenPassword(context('correct-horse-battery'));
  expect(loadSecrets(home).studioPassword).toBe(generated);
  keepChosenPassword(chosen);
  expect(loadSecrets(home)).toEqual({ ...others, studioPassword: 'correct-horse-battery' });
  expect(statSync(join(home, 'secrets.json')).mode & 0o777).toBe(0o600);
});

test('a weak password, or one that a shell would read otherwise, is refused', () => {
  for (const password of ['short', 'with a space in it', 'quote"quote"quote', 'costs$HOMEdollars', 'back\\slash\\back'])
    expect(() => withChosenPassword(context(password)), password).toThrow(/GLYPHOXA_STUDIO_PASSWORD must have/);
});
