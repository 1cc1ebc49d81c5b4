// A Stripe of a test's own: its clock can be moved, and what it tells goes where the test wants it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Stripe from 'stripe';
import { baseUrl, bodyOf } from './http.ts';

const main = join(import.meta.dirname, '../../stack/simulators/stripe/main.ts');
const secretKey = 'sk_test_of_the_workers';

/** What is done with an event; Stripe sends it again when it fails. */
type Receive = (event: string) => Promise<unknown>;

export interface Bought {
  customer: string;
  subscription: string;
}

export class OwnStripe {
  readonly url: string;
  readonly client: Stripe;
  readonly #process: ChildProcess;
  readonly #sink: Server;
  readonly #folder: string;
  readonly #prices = new Map<string, Promise<string>>();

  private constructor(url: string, process: ChildProcess, sink: Server, folder: string) {
    this.url = url;
    this.#process = process;
    this.#sink = sink;
    this.#folder = folder;
    const { hostname, port } = new URL(url);
    this.client = new Stripe(secretKey, { host: hostname, port, protocol: 'http', telemetry: false });
  }

  static async start(receive: Receive = () => Promise.resolve()): Promise<OwnStripe> {
    const sink = createServer((request, response) => {
      bodyOf(request)
        .then((body) => receive(body.toString()))
        .then(
          () => response.writeHead(200).end(),
          (thrown: unknown) => response.writeHead(500).end(String(thrown)),
        );
    }).listen(0, '127.0.0.1');
    await once(sink, 'listening');
    const folder = mkdtempSync(join(tmpdir(), 'glyphoxa-stripe-'));
    const child = spawn('node', [main], {
      env: {
        PATH: process.env.PATH,
        // Any free one.
        PORT: '0',
        STRIPE_SECRET_KEY: secretKey,
        STRIPE_WEBHOOK_SECRET: 'whsec_of_the_workers',
        STRIPE_WEBHOOK_URL: baseUrl(sink),
        STRIPE_SIMULATOR_FILE: join(folder, 'stripe.sqlite'),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const url = await new Promise<string>((resolve, reject) => {
      const read = (chunk: Buffer) => {
        output += chunk.toString();
        const ready = /on (http:\S+)/.exec(output)?.[1];
        if (ready) resolve(ready);
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.once('close', () => reject(new Error(`The Stripe simulator ended:\n${output}`)));
    });
    return new OwnStripe(url, child, sink, folder);
  }

  /** What a worker needs to reach it, perhaps through something in between. */
  workerEnv(url = this.url): Record<string, string> {
    return { STRIPE_SECRET_KEY: secretKey, STRIPE_API_URL: url };
  }

  async control<T = unknown>(path: string, body?: object): Promise<T> {
    const answer = await fetch(`${this.url}/_control${path}`, body && { method: 'POST', body: JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
    return (text ? JSON.parse(text) : undefined) as T;
  }

  /** A tenant's paid subscription to the price of this lookup key, monthly. */
  async buy(tenant: string, lookupKey: string, cents: number): Promise<Bought> {
    const customer = await this.client.customers.create({ metadata: { tenant_id: tenant } });
    const card = await this.client.paymentMethods.attach('pm_card_visa', { customer: customer.id });
    const subscription = await this.client.subscriptions.create({
      customer: customer.id,
      default_payment_method: card.id,
      items: [{ price: await this.#price(lookupKey, cents) }],
      metadata: { tenant_id: tenant },
    });
    return { customer: customer.id, subscription: subscription.id };
  }

  /** How many times Stripe told that this subscription ended: as often as it was canceled. */
  async ends(subscription: string): Promise<number> {
    const told = await this.client.events.list({ type: 'customer.subscription.deleted', limit: 100 });
    return told.data.filter((event) => (event.data.object as Stripe.Subscription).id === subscription).length;
  }

  async end(): Promise<void> {
    const ended = once(this.#process, 'close');
    this.#process.kill('SIGTERM');
    await ended;
    this.#sink.closeAllConnections();
    this.#sink.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #price(lookupKey: string, cents: number): Promise<string> {
    let price = this.#prices.get(lookupKey);
    if (!price) {
      price = this.#makePrice(lookupKey, cents);
      this.#prices.set(lookupKey, price);
    }
    return price;
  }

  async #makePrice(lookupKey: string, cents: number): Promise<string> {
    const product = await this.client.products.create({ name: lookupKey });
    const price = await this.client.prices.create({
      product: product.id,
      currency: 'usd',
      unit_amount: cents,
      recurring: { interval: 'month' },
      lookup_key: lookupKey,
    });
    return price.id;
  }
}
