import { setTimeout as delay } from 'node:timers/promises';
import Stripe from 'stripe';
import type { Account } from '../account.ts';
import { noteOf } from '../billing/notes.ts';
import { newId } from '../ids.ts';
import type { KeptEvent } from '../kinds.ts';
import { fits } from '../routes/webhooks.ts';
import type { Delivery } from './delivery.ts';

const answerMs = 15_000;
const firstPauseMs = 250;
const longestPauseMs = 5_000;
const mostAttempts = 200;

/** Brings events to the endpoints, one after the other, again and again until each is answered with 2xx. */
export class Courier {
  /** While true, new deliveries wait for `release`. */
  holding = false;
  readonly #account: Account;
  readonly #stripe: Stripe;
  readonly #notBefore = new Map<string, number>();
  /** Ids of what is on its way; a request that failed may leave some here that do not exist. */
  readonly #pending = new Set<string>();
  #duplicateNext = 0;
  #dropNext = 0;
  #order = 0;
  #timer: NodeJS.Timeout | undefined;
  #busy = false;
  #closed = false;
  readonly #stop = new AbortController();

  constructor(account: Account) {
    this.#account = account;
    this.#stripe = new Stripe(account.settings.secretKey);
    for (const { id, order, status } of account.store.all('delivery')) {
      this.#order = Math.max(this.#order, order);
      if (status === 'pending') this.#pending.add(id);
    }
    account.onEvent = (event) => this.#enqueue(event);
    this.#wake();
  }

  /** The next `count` events arrive twice. */
  duplicateNext(count: number): void {
    this.#duplicateNext = count;
  }

  /** The next `count` events are lost, until they are redelivered. */
  dropNext(count: number): void {
    this.#dropNext = count;
  }

  /** Lets held deliveries go, in the given order of event ids, backwards, or shuffled; as they came by default. */
  release(arrange: (held: Delivery[]) => Delivery[] = (held) => held): Delivery[] {
    this.holding = false;
    const held = arrange(this.deliveries().filter(({ status }) => status === 'held'));
    for (const { id } of held) this.#change(id, { status: 'pending', order: (this.#order += 1) });
    this.#wake();
    return held;
  }

  /** Sends events once more, also those that arrived or were dropped. */
  redeliver(wanted: (delivery: Delivery) => boolean): number {
    const again = this.deliveries().filter(wanted);
    for (const { id } of again) this.#change(id, { status: 'pending', order: (this.#order += 1) });
    this.#wake();
    return again.length;
  }

  deliveries(): Delivery[] {
    return this.#account.store.all('delivery').sort((a, b) => a.order - b.order);
  }

  /** True when nothing is on its way. */
  get settled(): boolean {
    return !this.#busy && this.#onTheirWay().length === 0;
  }

  /** Resolves to true once nothing is on its way, or to false when that takes longer. */
  async settle(milliseconds: number): Promise<boolean> {
    const until = Date.now() + milliseconds;
    while (!this.settled && Date.now() < until && !this.#closed) await delay(10);
    return this.settled;
  }

  forget(): void {
    this.#notBefore.clear();
    this.#pending.clear();
    this.holding = false;
    this.#duplicateNext = 0;
    this.#dropNext = 0;
  }

  close(): void {
    this.#closed = true;
    this.#stop.abort();
    clearTimeout(this.#timer);
  }

  #enqueue(event: KeptEvent): void {
    const dropped = this.#dropNext > 0;
    if (dropped) this.#dropNext -= 1;
    const copies = !dropped && this.#duplicateNext > 0 ? 2 : 1;
    if (copies === 2) this.#duplicateNext -= 1;
    const { store } = this.#account;
    const listening = store
      .all('webhook_endpoint')
      .filter((one) => one.status === 'enabled' && one.enabled_events.some((pattern) => fits(pattern, event.type)));
    for (const { id: endpoint } of listening) {
      for (let copy = 0; copy < copies; copy += 1) {
        const id = newId('dlv_');
        const status = dropped ? 'dropped' : this.holding ? 'held' : 'pending';
        this.#order += 1;
        store.put('delivery', {
          id,
          event: event.id,
          type: event.type,
          endpoint,
          order: this.#order,
          status,
          attempts: [],
        });
        if (status === 'pending') this.#pending.add(id);
      }
    }
    store.put('event', { ...event, pending_webhooks: listening.length });
    this.#wake();
  }

  #change(id: string, fields: Partial<Delivery>): void {
    const delivery = this.#account.store.find('delivery', id);
    if (!delivery) return;
    this.#account.store.put('delivery', { ...delivery, ...fields });
    if (fields.status === 'pending') this.#pending.add(id);
    else if (fields.status) this.#pending.delete(id);
  }

  #wake(milliseconds = 0): void {
    if (this.#closed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#work(), milliseconds);
  }

  async #work(): Promise<void> {
    if (this.#busy || this.#closed) return;
    this.#busy = true;
    try {
      for (let next = this.#next(); next && !this.#closed; next = this.#next()) await this.#deliver(next);
    } finally {
      this.#busy = false;
    }
    if (!this.#closed) this.#account.store.flush();
    const waits = this.#onTheirWay().map(({ id }) => (this.#notBefore.get(id) ?? 0) - Date.now());
    if (waits.length > 0) this.#wake(Math.max(0, Math.min(...waits)));
  }

  #next(): Delivery | undefined {
    const now = Date.now();
    let first: Delivery | undefined;
    for (const delivery of this.#onTheirWay())
      if ((this.#notBefore.get(delivery.id) ?? 0) <= now && (!first || delivery.order < first.order)) first = delivery;
    return first;
  }

  #onTheirWay(): Delivery[] {
    return [...this.#pending].flatMap((id) => this.#account.store.find('delivery', id) ?? []);
  }

  async #deliver(delivery: Delivery): Promise<void> {
    const { store } = this.#account;
    const endpoint = store.find('webhook_endpoint', delivery.endpoint);
    const event = store.find('event', delivery.event);
    if (!endpoint || !event) {
      this.#change(delivery.id, { status: 'failed' });
      return;
    }
    const started = performance.now();
    const at = new Date().toISOString();
    const { status, error } = await this.#post(endpoint.url, noteOf(this.#account, endpoint.id).secret ?? '', event);
    // Reset in the meantime.
    const current = store.find('delivery', delivery.id);
    if (!current) return;
    const milliseconds = Math.round(performance.now() - started);
    const attempts = [...current.attempts, { at, status, error, milliseconds }];
    const arrived = status !== null && status >= 200 && status < 300;
    this.#change(delivery.id, {
      attempts,
      status: arrived ? 'delivered' : attempts.length >= mostAttempts ? 'failed' : 'pending',
    });
    const failures = attempts.length;
    if (!arrived)
      this.#notBefore.set(delivery.id, Date.now() + Math.min(longestPauseMs, firstPauseMs * 2 ** (failures - 1)));
    else {
      this.#notBefore.delete(delivery.id);
      store.put('event', { ...event, pending_webhooks: Math.max(0, event.pending_webhooks - 1) });
    }
  }

  async #post(url: string, secret: string, event: KeptEvent): Promise<{ status: number | null; error: string | null }> {
    const payload = JSON.stringify(event, undefined, 2);
    const signature = await this.#stripe.webhooks.generateTestHeaderStringAsync({ payload, secret });
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'stripe-signature': signature,
          'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
        },
        body: payload,
        redirect: 'manual',
        signal: AbortSignal.any([AbortSignal.timeout(answerMs), this.#stop.signal]),
      });
      const text = await answer.text();
      return { status: answer.status, error: answer.ok ? null : text.slice(0, 300) };
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : undefined;
      return { status: null, error: cause ?? (error as Error).message };
    }
  }
}
