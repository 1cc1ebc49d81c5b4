import { afterEach, expect, test } from 'vitest';
import { overwriteGetLocale } from '#lib/paraglide/runtime.js';
import { bundleRefusal } from './refusal.ts';

afterEach(() => overwriteGetLocale(() => 'en'));

const long = 'Page 7, field title: longer than 200 characters. Nothing was imported.';

test('in English the sentence of the database stands', () => {
  overwriteGetLocale(() => 'en');
  expect(bundleRefusal(long)).toBe(long);
});

test('in German place and reason are said in German, and the field as the file calls it', () => {
  overwriteGetLocale(() => 'de');
  const said = (reason: string) => bundleRefusal(`${reason}. Nothing was imported.`);
  expect(bundleRefusal(long)).toBe('Seite 7, Feld title: länger als 200 Zeichen. Nichts wurde importiert.');
  expect(said('NPC 1, field personality: 2,140 of 2,000 characters')).toBe(
    'NSC 1, Feld personality: 2.140 von 2.000 Zeichen. Nichts wurde importiert.',
  );
  expect(said('Campaign, field language: must be one of "", "en"')).toBe(
    'Kampagne, Feld language: muss eines sein von "", "en". Nichts wurde importiert.',
  );
  expect(
    said('Page 7, field metadata, field tags: must be a list of at most 20 texts of at most 40 characters'),
  ).toMatch(/^Seite 7, Feld metadata, field tags: .*20.*40/);
  expect(said('Page 3: must be an object')).toBe('Seite 3: muss ein Objekt sein. Nichts wurde importiert.');
  expect(said('NPC 2, field name: There is a Greta here already')).toContain('Greta');
});

test('a reason that nobody translated stays as it was said', () => {
  overwriteGetLocale(() => 'de');
  expect(bundleRefusal('NPC 1, field x: is odd. Nothing was imported.')).toBe(
    'NSC 1, Feld x: is odd. Nichts wurde importiert.',
  );
  expect(bundleRefusal('Something else.')).toBe('Something else.');
});
