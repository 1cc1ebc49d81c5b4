import { describe, expect, test } from 'vitest';
import { composeMail, composeMessage } from './compose.ts';
import type { Notice } from './notice.ts';
import { de } from './texts.de.ts';
import { en } from './texts.en.ts';

const notice = (fields: Partial<Notice> = {}): Notice => ({
  id: '00000000-0000-4000-8000-000000000000',
  tenant_id: 'rabenheim',
  kind: 'payment_failed',
  subject_id: 'in_1',
  data: { amount_cents: 900, currency: 'eur', grace_period_end: '2026-05-10T00:00:00Z' },
  name: 'Mara',
  table: 'Rabenrunde',
  language: 'en',
  email: 'mara@example.com',
  email_verified: true,
  discord_id: null,
  bot_token: null,
  ...fields,
});

test('English and German tell of the same kinds', () => {
  expect(Object.keys(de).sort()).toEqual(Object.keys(en).sort());
});

describe.each(['en', 'de'])('in %s', (language) => {
  test.each(Object.keys(en))('%s reads well with all of its facts and with none', (kind) => {
    for (const data of [{}, notice().data, { campaign: 'C', name: 'N', error: 'E', title: 'T', plan: 'P' }]) {
      const mail = composeMail(notice({ kind, data, language }), 'https://play.example');
      for (const text of [mail.subject, mail.text, mail.html]) {
        expect(text).not.toMatch(/undefined|null|NaN|Invalid|\[object| {2}\S/);
      }
      expect(mail.text).toContain('https://play.example/');
    }
  });
});

test('amounts and days are written as the reader writes them', () => {
  expect(composeMail(notice(), '').text).toContain('€9.00');
  expect(composeMail(notice({ language: 'de' }), '').text).toMatch(/9,00\s€.*10\. Mai 2026/s);
  expect(composeMail(notice({ language: 'fr' }), '').language).toBe('en');
});

test('the day on which a license ends is told', () => {
  const data = { expires_at: '2026-05-10T00:00:00Z', features_end_at: '2026-06-09T00:00:00Z' };
  expect(composeMail(notice({ kind: 'license_ending', data }), '').text).toContain('May 10, 2026');
  expect(composeMail(notice({ kind: 'license_ending', data, language: 'de' }), '').text).toContain('10. Mai 2026');
});

test('a message on Discord mentions nobody and marks nothing up', () => {
  const text = composeMessage(notice({ kind: 'session_lost', data: { campaign: '@everyone **x** <@1>' } }), '');
  expect(text).toContain('\\@everyone \\*\\*x\\*\\* \\<\\@1\\>');
});
