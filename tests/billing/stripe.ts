// Stripe as the tests meet it: through its own client and its pages, and by the simulator's controls.
import type pg from 'pg';
import Stripe from 'stripe';
import { afterEach, beforeEach } from 'vitest';
import { asRoot, connectAs } from '../lib/database.ts';
import { stackVariable } from '../lib/environment.ts';
import type { SignedIn } from '../lib/people.ts';
import type { Answer, ErrorBody } from '../lib/requests.ts';
import { call, newOwner, ok, tenantOf, until } from '../sessions/table.ts';

export const cards = {
  good: '4242424242424242',
  declined: '4000000000000002',
  /** Can be kept; every charge of it fails. */
  failsLater: '4000000000000341',
  asksEachTime: '4000002760003184',
};

export function stripe(): Stripe {
  const url = new URL(stackVariable('STRIPE_API_URL'));
  return new Stripe(stackVariable('STRIPE_SECRET_KEY'), {
    host: url.hostname,
    port: url.port,
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
  });
}

/** The simulator's own routes, which Stripe has not. */
export async function control<T = unknown>(
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<T> {
  const answer = await fetch(`${stackVariable('STRIPE_SIMULATOR_URL')}/_control${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`The Stripe simulator answered ${answer.status} to ${path}: ${text}`);
  return (text ? JSON.parse(text) : undefined) as T;
}

/**
 * Every test of the calling file waits for its turn at the one simulator: `alone` for those that move its clock, lose deliveries or
 * make it fail, `together` for those that only need it to work.
 */
export function takeTurns(manner: 'alone' | 'together'): void {
  const suffix = manner === 'alone' ? '' : '_shared';
  let client: pg.Client;
  beforeEach(async () => {
    client = await connectAs('DATABASE_URL');
    await client.query(`select pg_advisory_lock${suffix}(hashtext('the Stripe simulator'))`);
  }, 120_000);
  afterEach(() => client.end());
}

export interface Payer {
  owner: SignedIn;
  tenant: string;
  campaign: string;
}

export async function newPayer(name = 'alice'): Promise<Payer> {
  const owner = await newOwner(name);
  return { owner, ...(await tenantOf(owner)) };
}

/** Calls the function `billing`. */
export function billing<T = BillingError>(who: SignedIn | null, route: string, body: unknown = {}): Promise<Answer<T>> {
  return call<T>(who, 'POST', `/billing/${route}`, body);
}

export interface BillingError extends ErrorBody {
  field?: string;
  url?: string;
}

export async function refusal(answered: Promise<Answer<BillingError>>): Promise<{ status: number; code: string }> {
  const { status, body } = await answered;
  return { status, code: body.code };
}

/** What the page at `url` answers when its form is sent. */
export async function submitCard(url: string, number: string, confirmation?: 'complete' | 'fail'): Promise<Response> {
  const form = {
    email: 'payer@example.com',
    name: 'Alice Payer',
    country: 'DE',
    postal_code: '10115',
    number,
    expiry: '12/45',
    cvc: '123',
    ...(confirmation && { confirmation }),
  };
  return fetch(url, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' });
}

export async function checkoutUrl(payer: Payer, plan: string, interval = 'monthly'): Promise<string> {
  const { body } = await ok(billing<{ url: string }>(payer.owner, 'checkout', { plan_id: plan, interval }));
  return body.url;
}

/** Buys a plan on the checkout page, and waits until the database has it. */
export async function buy(payer: Payer, plan: string, interval = 'monthly', card = cards.good): Promise<Row> {
  const url = await checkoutUrl(payer, plan, interval);
  let answer = await submitCard(url, card);
  if (answer.status === 200) answer = await submitCard(url, card, 'complete');
  if (answer.status !== 303) throw new Error(`The checkout answered ${answer.status}: ${await answer.text()}`);
  return untilRow(payer, { plan_id: plan, status: 'active', billing_interval: interval });
}

export interface Row {
  [column: string]: unknown;
  plan_id: string;
  next_plan_id: string | null;
  status: string;
  stripe_subscription_id: string | null;
}

/** The live subscription in the database. */
export async function rowOf({ tenant }: Payer): Promise<Row> {
  const [row] = await asRoot<Row>('select * from mgmt.subscriptions where tenant_id = $1 and ended_at is null', [
    tenant,
  ]);
  return row!;
}

/** Waits until the live subscription has these values. */
export async function untilRow(payer: Payer, expected: Partial<Row>): Promise<Row> {
  let row: Row | undefined;
  await until(async () => {
    const now = (row = await rowOf(payer));
    return now !== undefined && Object.entries(expected).every(([column, value]) => now[column] === value);
  }).catch((thrown: unknown) => {
    throw new Error(`Waited for ${JSON.stringify(expected)}, got ${JSON.stringify(row)}`, { cause: thrown });
  });
  return row!;
}

export async function customerOf({ tenant }: Payer): Promise<string | null> {
  const [row] = await asRoot<{ id: string | null }>('select mgmt.stripe_customer($1) as id', [tenant]);
  return row!.id;
}

export async function subscriptionsOf(payer: Payer): Promise<Stripe.Subscription[]> {
  const customer = await customerOf(payer);
  if (!customer) return [];
  return (await stripe().subscriptions.list({ customer, status: 'all', limit: 100 })).data;
}
