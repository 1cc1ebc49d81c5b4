import Stripe from 'stripe';
import { expect, test } from 'vitest';
import { stripeApiVersion } from './client.ts';
import { readEvent, webhookSecrets } from './webhook.ts';

const expected = { secrets: ['whsec_new', 'whsec_old'], liveMode: false };
const now = () => Math.floor(Date.now() / 1000);

const event = {
  id: 'evt_1',
  object: 'event',
  type: 'invoice.paid',
  created: 1_800_000_000,
  livemode: false,
  api_version: stripeApiVersion,
  data: { object: { id: 'in_1', object: 'invoice' } },
};

function sign(body: string, secret = 'whsec_new', timestamp = now()): Promise<string> {
  return Stripe.webhooks.generateTestHeaderStringAsync({ payload: body, secret, timestamp });
}

async function take(fields: Record<string, unknown>) {
  const body = JSON.stringify({ ...event, ...fields });
  return readEvent(body, await sign(body), expected);
}

test('a signed event is read, under either secret', async () => {
  const body = JSON.stringify(event);
  for (const secret of expected.secrets) {
    expect(await readEvent(body, await sign(body, secret), expected)).toEqual(event);
  }
});

test('missing, forged, foreign and old signatures are refused', async () => {
  const body = JSON.stringify(event);
  const signed = await sign(body);
  const headers = {
    missing: null,
    empty: '',
    garbage: 'v1=abc',
    foreign: await sign(body, 'whsec_other'),
    otherBody: await sign(`${body} `),
    old: await sign(body, 'whsec_new', now() - 301),
    older: await sign(body, 'whsec_old', now() - 301),
    cut: signed.slice(0, -1),
  };
  for (const [name, header] of Object.entries(headers)) {
    const refusal = await readEvent(body, header, expected).catch((thrown: unknown) => thrown);
    expect({ name, refusal }).toMatchObject({ name, refusal: { code: 'webhook_signature' } });
  }
  expect(await readEvent(body, await sign(body, 'whsec_new', now() - 290), expected)).toEqual(event);
});

test('live events, other API versions and other shapes are refused although they are signed', async () => {
  const wrong = [
    { livemode: true },
    { account: 'acct_connected' },
    { api_version: '2024-06-20' },
    { api_version: '2025-03-31.basil' },
    { api_version: null },
    { object: 'v2.core.event' },
    { object: 'list' },
    { id: 'reconcile_sub_1_1' },
    { created: 'yesterday' },
    { data: {} },
  ];
  for (const fields of wrong) {
    const refusal = await take(fields).catch((thrown: unknown) => thrown);
    expect({ fields, refusal }).toMatchObject({ fields, refusal: { code: 'webhook_event' } });
  }
  for (const body of ['[]', 'null', '{']) {
    await expect(readEvent(body, await sign(body), expected)).rejects.toMatchObject({ code: 'webhook_event' });
  }
});

test('a later month of the same release is understood', async () => {
  const [, release] = stripeApiVersion.split('.');
  expect((await take({ api_version: `2027-01-27.${release}` })).id).toBe('evt_1');
});

test('secrets are separated by commas', () => {
  expect(webhookSecrets(' whsec_a , whsec_b,')).toEqual(['whsec_a', 'whsec_b']);
  expect(webhookSecrets('')).toEqual([]);
});
