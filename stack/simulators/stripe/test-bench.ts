// What the simulator's tests share: one in this process, a client of the real SDK, and an endpoint that takes webhooks.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Stripe from 'stripe';
import { type Simulator, type SimulatorOptions, startSimulator } from './simulator.ts';

export interface Received {
  event: Stripe.Event;
  payload: string;
  signature: string;
}

export interface Bench {
  simulator: Simulator;
  stripe: Stripe;
  prices: Record<'adventurerMonthly' | 'adventurerYearly' | 'masterMonthly' | 'masterYearly', string>;
  received: Received[];
  /** How the endpoint answers the coming webhooks; 200 when empty. */
  answers: number[];
  /** Sends the form of a checkout, as a browser would. */
  pay: (url: string, fields?: Record<string, string>) => Promise<Response>;
  control: (path: string, body?: object, method?: string) => Promise<unknown>;
  /** Lets time pass. */
  advance: (by: string) => Promise<void>;
  /** All webhooks have arrived. */
  settle: () => Promise<void>;
  /** A customer whose default card is the named test card. */
  customer: (card?: string) => Promise<Stripe.Customer>;
  close: () => Promise<void>;
}

export const webhookSecret = 'whsec_of_the_test_bench';
export const secretKey = 'sk_test_of_the_test_bench';

export function clientOf(simulator: Simulator, key = secretKey): Stripe {
  return new Stripe(key, { host: '127.0.0.1', port: simulator.port, protocol: 'http', maxNetworkRetries: 0 });
}

export async function openBench(options: Partial<SimulatorOptions> = {}): Promise<Bench> {
  const received: Received[] = [];
  const answers: number[] = [];
  const endpoint = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const payload = Buffer.concat(chunks).toString('utf8');
      const status = answers.shift() ?? 200;
      const signature = String(request.headers['stripe-signature']);
      if (status === 200) received.push({ event: JSON.parse(payload) as Stripe.Event, payload, signature });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve));
  const simulator = await startSimulator({
    port: 0,
    secretKey,
    webhook: { url: `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/`, secret: webhookSecret },
    ...options,
  });
  const stripe = clientOf(simulator);
  const control = async (path: string, body?: object, method = 'POST') => {
    const answer = await fetch(`${simulator.url}/_control${path}`, {
      method,
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.status === 204 ? undefined : ((await answer.json()) as unknown);
  };
  return {
    simulator,
    stripe,
    prices: await makePrices(stripe),
    received,
    answers,
    control,
    pay: (url, fields) => pay(url, fields),
    advance: async (by) => void (await control('/clock', { advance: by })),
    settle: async () => void (await control('/deliveries/settle')),
    customer: async (card = 'pm_card_visa') => {
      const { id } = await stripe.customers.create({ email: 'someone@example.com', metadata: { tenant_id: 't' } });
      const method = await stripe.paymentMethods.attach(card, { customer: id });
      return stripe.customers.update(id, { invoice_settings: { default_payment_method: method.id } });
    },
    close: async () => {
      await simulator.close();
      endpoint.closeAllConnections();
      await new Promise((resolve) => endpoint.close(resolve));
    },
  };
}

export const form = {
  email: 'a@example.com',
  number: '4242 4242 4242 4242',
  expiry: '12/40',
  cvc: '123',
  name: 'Ada Example',
  country: 'DE',
  postal_code: '20095',
};

function pay(url: string, fields: Record<string, string> = {}): Promise<Response> {
  return fetch(url, { method: 'POST', body: new URLSearchParams({ ...form, ...fields }), redirect: 'manual' });
}

async function makePrices(stripe: Stripe): Promise<Bench['prices']> {
  const price = async (product: string, amount: number, interval: 'month' | 'year', key: string) =>
    (
      await stripe.prices.create({
        product,
        unit_amount: amount,
        currency: 'eur',
        recurring: { interval },
        lookup_key: key,
        transfer_lookup_key: true,
      })
    ).id;
  const adventurer = await stripe.products.create({ name: 'Adventurer' });
  const master = await stripe.products.create({ name: 'Dungeon Master' });
  return {
    adventurerMonthly: await price(adventurer.id, 900, 'month', 'adventurer_monthly'),
    adventurerYearly: await price(adventurer.id, 9_000, 'year', 'adventurer_yearly'),
    masterMonthly: await price(master.id, 1_900, 'month', 'master_monthly'),
    masterYearly: await price(master.id, 19_000, 'year', 'master_yearly'),
  };
}
