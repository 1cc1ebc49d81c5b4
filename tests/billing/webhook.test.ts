// What the function `stripe-webhook` takes from outside, and that whatever order, repetition or loss there was ends in Stripe's state.
import { randomUUID } from 'node:crypto';
import Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { asRoot } from '../lib/database.ts';
import { stackVariable } from '../lib/environment.ts';
import { type Answer, type ErrorBody, request } from '../lib/requests.ts';
import { until } from '../sessions/table.ts';

const apiVersion = '2026-10-28.endive';

interface Taken {
  event_id: string;
  outcome: string;
}

function newEvent(fields: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: `evt_${randomUUID().replaceAll('-', '')}`,
    object: 'event',
    type: 'customer.created',
    created: Math.floor(Date.now() / 1000),
    livemode: false,
    api_version: apiVersion,
    data: { object: { id: `cus_${randomUUID()}`, object: 'customer' } },
    ...fields,
  };
}

function sign(body: string, { secret = stackVariable('STRIPE_WEBHOOK_SECRET'), age = 0 } = {}): Promise<string> {
  const timestamp = Math.floor(Date.now() / 1000) - age;
  return Stripe.webhooks.generateTestHeaderStringAsync({ payload: body, secret, timestamp });
}

function deliver<T = ErrorBody>(body: BodyInit, signature?: string, method = 'POST'): Promise<Answer<T>> {
  const headers = { 'content-type': 'application/json', ...(signature && { 'stripe-signature': signature }) };
  // Stripe has no key of ours.
  return request<T>('/functions/v1/stripe-webhook', {
    method,
    headers,
    key: null,
    ...(method === 'POST' && { body, duplex: 'half' }),
  } as RequestInit & { key: null });
}

async function recorded(id: unknown): Promise<{ payload: unknown; outcome: string } | undefined> {
  const [row] = await asRoot<{ payload: unknown; outcome: string }>(
    'select payload, outcome from private.payment_events where stripe_event_id = $1',
    [id],
  );
  return row;
}

describe('a delivery', () => {
  test('that is signed is recorded word for word, and a second time is none', async () => {
    const event = newEvent({ more: { nested: [1, 'ä', null] } });
    const body = JSON.stringify(event);
    const first = await deliver<Taken>(body, await sign(body));
    expect({ status: first.status, body: first.body }).toEqual({
      status: 200,
      body: { event_id: event['id'], outcome: 'ignored' },
    });
    expect(await recorded(event['id'])).toMatchObject({ payload: event, outcome: 'ignored' });
    const second = await deliver<Taken>(body, await sign(body));
    expect({ status: second.status, outcome: second.body.outcome }).toEqual({ status: 200, outcome: 'duplicate' });
  });

  test('by five at once is recorded once', async () => {
    const event = newEvent();
    const body = JSON.stringify(event);
    const signature = await sign(body);
    const answers = await Promise.all(Array.from({ length: 5 }, () => deliver<Taken>(body, signature)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(answers.map(({ body: { outcome } }) => outcome).sort()).toEqual([
      ...Array.from({ length: 4 }, () => 'duplicate'),
      'ignored',
    ]);
  });

  test('that is forged, foreign, old or unsigned is refused, and nothing is recorded', async () => {
    const event = newEvent();
    const body = JSON.stringify(event);
    const signatures = {
      missing: undefined,
      garbage: 'garbage',
      foreign: await sign(body, { secret: 'whsec_of_somebody_else' }),
      otherBody: await sign(`${body} `),
      old: await sign(body, { age: 301 }),
    };
    for (const [name, signature] of Object.entries(signatures)) {
      const { status, body: answer } = await deliver(body, signature);
      expect({ name, status, code: answer.code }).toEqual({ name, status: 400, code: 'webhook_signature' });
    }
    expect(await recorded(event['id'])).toBeUndefined();
  });

  test.each([
    ['of real money', { livemode: true }],
    ['in the shape of another API version', { api_version: '2024-06-20' }],
    ['that is no event', { object: 'customer' }],
    ['without its object', { data: {} }],
    ['that calls itself a look at Stripe', { id: `reconcile_sub_1_${Date.now()}` }],
  ])('%s is refused although it is signed', async (_, fields) => {
    const event = newEvent(fields);
    const body = JSON.stringify(event);
    const { status, body: answer } = await deliver(body, await sign(body));
    expect({ status, code: answer.code }).toEqual({ status: 400, code: 'webhook_event' });
    expect(await recorded(event['id'])).toBeUndefined();
  });

  test('that is no JSON is refused although it is signed', async () => {
    const { status, body } = await deliver('{', await sign('{'));
    expect({ status, code: body.code }).toEqual({ status: 400, code: 'webhook_event' });
  });

  test('that is oversized is refused, with and without its length', async () => {
    const body = JSON.stringify(newEvent({ padding: 'x'.repeat(600 * 1024) }));
    for (const sent of [body, new Blob([body]).stream()]) {
      const answer = await deliver(sent, await sign(body));
      expect({ status: answer.status, code: answer.body.code }).toEqual({ status: 413, code: 'body_too_large' });
    }
  });

  test('by another method is refused', async () => {
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const { status, body, headers } = await deliver('', undefined, method);
      expect({ status, code: body.code, allow: headers.get('allow') }).toEqual({
        status: 405,
        code: 'method_not_allowed',
        allow: 'POST',
      });
    }
  });

  test('that cannot be applied is recorded with its failure, and accepted', async () => {
    const event = newEvent({
      type: 'customer.subscription.updated',
      data: {
        object: { id: `sub_${randomUUID()}`, object: 'subscription', customer: `cus_${randomUUID()}`, metadata: {} },
      },
    });
    const body = JSON.stringify(event);
    const answer = await deliver<Taken>(body, await sign(body));
    expect({ status: answer.status, outcome: answer.body.outcome }).toEqual({ status: 200, outcome: 'failed' });
    expect(await recorded(event['id'])).toMatchObject({ outcome: 'failed' });
  });

  test('that the database cannot record is answered 5xx, so that it comes again', async () => {
    const event = newEvent();
    const body = JSON.stringify(event);
    await asRoot('revoke execute on function mgmt.record_stripe_event(jsonb, text) from service_role');
    try {
      expect((await deliver(body, await sign(body))).status).toBeGreaterThanOrEqual(500);
    } finally {
      await asRoot('grant execute on function mgmt.record_stripe_event(jsonb, text) to service_role');
    }
    await until(async () => (await deliver(body, await sign(body))).status === 200);
    expect(await recorded(event['id'])).toMatchObject({ outcome: 'ignored' });
  });
});
