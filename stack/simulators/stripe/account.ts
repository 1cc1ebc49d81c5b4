import Stripe from 'stripe';
import { missing } from './api/errors.ts';
import { Clock } from './clock.ts';
import { newId } from './ids.ts';
import { type Kind, type Kinds, type KeptEvent, prefixes } from './kinds.ts';
import { differences, rendered } from './api/render.ts';
import { Store } from './store.ts';

export const apiVersion = Stripe.API_VERSION;

/** What the Dashboard of a real account would hold. */
export interface AccountSettings {
  secretKey: string;
  /** Where checkout, portal and invoice pages are reached, without a slash at the end. */
  baseUrl: string;
  /** What happens to a subscription whose payment failed for the last time. */
  afterRetries: 'past_due' | 'unpaid' | 'canceled';
  /** Days after the first failure on which a payment is tried again. */
  retryDays: number[];
}

export interface RequestOrigin {
  id: string | null;
  idempotencyKey: string | null;
}

const nobody: RequestOrigin = { id: null, idempotencyKey: null };

/** One Stripe account: its objects, its time, and the events it tells. */
export class Account {
  readonly store: Store;
  readonly clock: Clock;
  readonly settings: AccountSettings;
  /** Called for each event that is to be delivered. */
  onEvent: (event: KeptEvent) => void = () => undefined;
  #origin = nobody;
  #previewing = false;

  constructor(settings: AccountSettings, store = new Store(), clock = new Clock()) {
    this.settings = settings;
    this.store = store;
    this.clock = clock;
  }

  now(): number {
    return this.clock.now();
  }

  newId<K extends keyof typeof prefixes>(kind: K): string {
    return newId(
      prefixes[kind],
      kind === 'checkout.session' ? 58 : kind === 'customer' || kind === 'product' ? 14 : 24,
    );
  }

  /** True while an invoice is only asked about: nobody is charged, nothing is told. */
  get previewing(): boolean {
    return this.#previewing;
  }

  /** An object that a request names in its path, or in `param`. */
  get<K extends Kind>(kind: K, id: string, param?: string): Kinds[K] {
    const object = this.store.find(kind, id);
    if (!object) throw missing(kind, id, param, param === undefined ? 404 : 400);
    return object;
  }

  /** A customer that still exists. */
  customer(id: string, param?: string): Stripe.Customer {
    const customer = this.get('customer', id, param);
    if (customer.deleted) throw missing('customer', id, param, param === undefined ? 404 : 400);
    return customer;
  }

  create<K extends Kind>(kind: K, object: Kinds[K], event?: string): Kinds[K] {
    this.store.put(kind, object);
    if (event) this.tell(event, object);
    return object;
  }

  /** Replaces fields, and tells `event` with what they were before, when any of them really changed. */
  change<K extends Kind>(kind: K, id: string, fields: Partial<Kinds[K]>, event?: string): Kinds[K] {
    const before = this.store.find(kind, id)!;
    const after = { ...before, ...fields };
    const previous = differences(before, after);
    if (Object.keys(previous).length === 0) return before;
    this.store.put(kind, after);
    if (event) this.tell(event, after, previous);
    return after;
  }

  /** Keeps an event with the object as it is now, and sends it to those who listen. */
  tell(type: string, object: object, previous?: Record<string, unknown>): void {
    if (this.#previewing) return;
    const event: KeptEvent = {
      id: newId('evt_'),
      object: 'event',
      api_version: apiVersion,
      created: this.now(),
      data: {
        object: structuredClone(rendered(object)),
        ...(previous && { previous_attributes: structuredClone(previous) }),
      },
      livemode: false,
      pending_webhooks: 0,
      request: { id: this.#origin.id, idempotency_key: this.#origin.idempotencyKey },
      type,
    };
    this.store.put('event', event);
    this.onEvent(event);
  }

  /** Runs `act` for a request, so that its events name it. */
  asRequest<Result>(origin: RequestOrigin, act: () => Result): Result {
    this.#origin = origin;
    try {
      return act();
    } finally {
      this.#origin = nobody;
    }
  }

  /** What `act` would answer; nothing is charged, told or kept. */
  preview<Result>(act: () => Result): Result {
    const before = this.#previewing;
    this.#previewing = true;
    try {
      return this.store.preview(act);
    } finally {
      this.#previewing = before;
    }
  }
}
