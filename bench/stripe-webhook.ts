// Deliveries of Stripe per second: correctly signed events straight to the function `stripe-webhook`, each a new state of one of
// twenty subscriptions, recorded and applied. The baseline is the same SQL call without HTTP, signature and function.
import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import Stripe from 'stripe';
import { milliseconds, percentile, printTable } from './lib/figures.ts';
import { newOwner } from './lib/owner.ts';

const seconds = 5;
const connections = 10;
const tables = 20;
const day = 86_400;

interface Subscriber {
  tenant: string;
  subscription: string;
  customer: string;
  /** Seconds; each event is newer than the one before. */
  clock: number;
}

async function newSubscriber(): Promise<Subscriber> {
  const { data, error } = await (await newOwner()).client.rpc('me');
  if (error) throw new Error(error.message);
  const id = randomUUID().replaceAll('-', '');
  const clock = Math.floor(Date.now() / 1000) - day;
  return { tenant: data.tenant.id, subscription: `sub_${id}`, customer: `cus_${id}`, clock };
}

function nextEvent(of: Subscriber): string {
  const created = of.clock++;
  const start = of.clock - (of.clock % day);
  const price = { lookup_key: 'glyphoxa_adventurer_monthly', recurring: { interval: 'month' }, metadata: {} };
  return JSON.stringify({
    id: `evt_${randomUUID().replaceAll('-', '')}`,
    object: 'event',
    type: 'customer.subscription.updated',
    api_version: Stripe.API_VERSION,
    livemode: false,
    created,
    data: {
      object: {
        id: of.subscription,
        object: 'subscription',
        customer: of.customer,
        status: 'active',
        created: start,
        start_date: start,
        cancel_at_period_end: created % 2 === 0,
        metadata: { tenant_id: of.tenant },
        items: { data: [{ price, current_period_start: start, current_period_end: start + 30 * day }] },
      },
      previous_attributes: { cancel_at_period_end: created % 2 !== 0 },
    },
  });
}

interface Round {
  perSecond: number;
  samples: number[];
}

/** As many senders as connections; each takes the next subscriber in turn, so that no two events of one overtake each other. */
async function round(subscribers: Subscriber[], send: (event: string) => Promise<void>): Promise<Round> {
  const samples: number[] = [];
  const started = performance.now();
  const until = started + seconds * 1000;
  const sender = async (place: number) => {
    const own = subscribers.filter((_, index) => index % connections === place);
    for (let turn = 0; performance.now() < until; turn++) {
      const event = nextEvent(own[turn % own.length]!);
      const before = performance.now();
      await send(event);
      samples.push(performance.now() - before);
    }
  };
  await Promise.all(Array.from({ length: connections }, (_, place) => sender(place)));
  return { perSecond: samples.length / ((performance.now() - started) / 1000), samples };
}

async function deliver(event: string): Promise<void> {
  const secret = process.env['STRIPE_WEBHOOK_SECRET']!;
  const signature = await Stripe.webhooks.generateTestHeaderStringAsync({ payload: event, secret });
  const answer = await fetch(`${process.env['SUPABASE_URL']}/functions/v1/stripe-webhook`, {
    method: 'POST',
    headers: { 'stripe-signature': signature, 'content-type': 'application/json' },
    body: event,
  });
  const { outcome } = (await answer.json()) as { outcome?: string };
  if (outcome !== 'applied') throw new Error(`Answered ${answer.status} ${outcome}`);
}

export async function run(): Promise<void> {
  const subscribers = await Promise.all(Array.from({ length: tables }, newSubscriber));
  const sql = postgres(process.env['DATABASE_URL']!, { max: connections, onnotice: () => undefined });
  const record = async (event: string) => {
    const [row] = await sql`select mgmt.record_stripe_event(${event}::text::jsonb) ->> 'outcome' as outcome`;
    if (row?.['outcome'] !== 'applied') throw new Error(`Recorded as ${row?.['outcome']}`);
  };
  try {
    for (const subscriber of subscribers) await deliver(nextEvent(subscriber));
    const ways = [
      ['function', await round(subscribers, deliver)],
      ['SQL call (baseline)', await round(subscribers, record)],
    ] as const;
    printTable(
      `Stripe deliveries, signed, recorded and applied, ${connections} at once, ${tables} tables`,
      ['way', 'deliveries/s', 'p50', 'p99'],
      ways.map(([way, { perSecond, samples }]) => [
        way,
        perSecond.toFixed(0),
        milliseconds(percentile(samples, 0.5)),
        milliseconds(percentile(samples, 0.99)),
      ]),
    );
  } finally {
    await sql.end();
  }
}
