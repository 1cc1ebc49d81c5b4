// A small Stripe: keeps one tenant's customer, subscriptions, invoices and charges, and says what happened as Stripe does:
// events with the object as it was then, `created` in whole seconds, several in the same one. Amounts in cents.
import { randomUUID } from 'node:crypto';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

export interface StripeEvent {
  id: string;
  object: 'event';
  type: string;
  created: number;
  data: { object: JsonObject; previous_attributes?: JsonObject };
}

/** An object as fetched from Stripe, and the second in which the look began. */
export interface Observation {
  created: number;
  data: { object: JsonObject };
}

export type Plan = 'adventurer' | 'dungeon_master' | 'guild';
export type Interval = 'monthly' | 'yearly';

const prices: Record<Plan, Record<Interval, number>> = {
  adventurer: { monthly: 900, yearly: 9000 },
  dungeon_master: { monthly: 1900, yearly: 19_000 },
  guild: { monthly: 2900, yearly: 29_000 },
};
export const plans: readonly Plan[] = ['adventurer', 'dungeon_master', 'guild'];
const rank = (plan: Plan): number => plans.indexOf(plan);

interface Subscription {
  id: string;
  status: 'incomplete' | 'incomplete_expired' | 'active' | 'past_due' | 'unpaid' | 'canceled' | 'paused';
  plan: Plan;
  interval: Interval;
  next: { plan: Plan; interval: Interval } | null;
  periodStart: number;
  periodEnd: number;
  anchor: number;
  periods: number;
  cancelAtPeriodEnd: boolean;
  canceledAt: number | null;
  endedAt: number | null;
  startDate: number;
  latestInvoice: string | null;
}

interface Invoice {
  id: string;
  number: string;
  subscription: string;
  status: 'open' | 'paid' | 'void';
  reason: string;
  total: number;
  paid: number;
  attempts: number;
  issuedAt: number;
  paidAt: number | null;
  periodStart: number;
  periodEnd: number;
  paymentIntent: string;
}

interface Charge {
  id: string;
  invoice: string;
  paymentIntent: string;
  amount: number;
  refunded: number;
}

/** What our tables must say at the end. Times in seconds. */
export interface Expected {
  plan: string;
  status: string;
  interval: string;
  nextPlan: string | null;
  nextInterval: string | null;
  periodStart: number | null;
  periodEnd: number | null;
  cancelAtPeriodEnd: boolean;
  graceEnd: number | null;
  stripeSubscription: string | null;
  ended: { id: string; startedAt: number; endedAt: number }[];
  invoices: { id: string; number: string; status: string; total: number; paid: number; attempts: number }[];
  payments: { invoice: string; status: string; amount: number }[];
  refunds: { charge: string; invoice: string; amount: number }[];
}

const day = 86_400;

function addMonths(anchor: number, months: number): number {
  const date = new Date(anchor * 1000);
  const target = new Date(date);
  target.setUTCDate(1);
  target.setUTCMonth(target.getUTCMonth() + months);
  const last = new Date(Date.UTC(target.getUTCFullYear(), target.getUTCMonth() + 1, 0)).getUTCDate();
  target.setUTCDate(Math.min(date.getUTCDate(), last));
  return target.getTime() / 1000;
}

/** What changed, as Stripe writes it: the values before, objects field by field, lists whole, null for what was not there. */
export function previousAttributes(before: JsonObject, after: JsonObject): JsonObject {
  const previous: JsonObject = {};
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const old = before[key] ?? null;
    const now = after[key] ?? null;
    if (JSON.stringify(old) === JSON.stringify(now)) continue;
    previous[key] = isObject(old) && isObject(now) ? previousAttributes(old, now) : old;
  }
  return previous;
}

const isObject = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export class StripeModel {
  readonly tenant: string;
  readonly customer: string;
  readonly events: StripeEvent[] = [];
  readonly subscriptions: Subscription[] = [];
  readonly invoices: Invoice[] = [];
  readonly charges: Charge[] = [];
  now: number;

  constructor(tenant: string, start: number) {
    this.tenant = tenant;
    this.now = start;
    this.customer = `cus_${randomUUID()}`;
  }

  /** The subscription that runs, if any. */
  get current(): Subscription | undefined {
    return this.subscriptions.find(({ status }) => !['canceled', 'incomplete', 'incomplete_expired'].includes(status));
  }

  get unpaid(): Invoice | undefined {
    const { current } = this;
    return this.invoices.findLast(({ subscription, status }) => subscription === current?.id && status === 'open');
  }

  /** Time goes by, but not past the end of a period: what Stripe does then is asked for with `renew`. */
  advance(seconds: number): void {
    this.now = Math.max(this.now, Math.min(this.now + seconds, (this.current?.periodEnd ?? Infinity) - 1));
  }

  checkout(plan: Plan, interval: Interval): void {
    if (this.current) return;
    const subscription: Subscription = {
      id: `sub_${randomUUID()}`,
      status: 'incomplete',
      plan,
      interval,
      next: null,
      periodStart: this.now,
      periodEnd: addMonths(this.now, interval === 'monthly' ? 1 : 12),
      anchor: this.now,
      periods: 1,
      cancelAtPeriodEnd: false,
      canceledAt: null,
      endedAt: null,
      startDate: this.now,
      latestInvoice: null,
    };
    this.subscriptions.push(subscription);
    const invoice = this.#bill(subscription, 'subscription_create', prices[plan][interval]);
    subscription.latestInvoice = invoice.id;
    this.#emit('customer.subscription.created', this.subscriptionObject(subscription));
    this.#emit('invoice.finalized', this.invoiceObject(invoice));
    this.#pay(invoice);
    this.#change(subscription, () => (subscription.status = 'active'));
    this.#emit('checkout.session.completed', {
      id: `cs_${randomUUID()}`,
      object: 'checkout.session',
      client_reference_id: this.tenant,
      customer: this.customer,
      subscription: subscription.id,
      metadata: { tenant_id: this.tenant },
    });
  }

  /** At once, with the difference billed at once. */
  upgrade(plan: Plan): void {
    const { current } = this;
    if (current?.status !== 'active' || rank(plan) <= rank(current.plan)) return;
    const difference = prices[plan][current.interval] - prices[current.plan][current.interval];
    const invoice = this.#bill(current, 'subscription_update', difference);
    this.#change(current, () => {
      current.plan = plan;
      current.next = null;
      current.latestInvoice = invoice.id;
    });
    this.#emit('invoice.finalized', this.invoiceObject(invoice));
    this.#pay(invoice);
  }

  /** By a schedule, which leaves a note on the subscription. */
  downgrade(plan: Plan, interval: Interval): void {
    const { current } = this;
    if (!current || current.cancelAtPeriodEnd || (rank(plan) >= rank(current.plan) && interval === current.interval))
      return;
    this.#change(current, () => (current.next = { plan, interval }));
    this.#emit('subscription_schedule.updated', { id: `sub_sched_${current.id}`, object: 'subscription_schedule' });
  }

  /** The period ends: canceled, or renewed (perhaps in the lower plan) and billed. */
  renew(paid: boolean): void {
    const { current } = this;
    if (!current || (paid && current.status !== 'active')) return;
    this.now = Math.max(this.now, current.periodEnd);
    if (current.cancelAtPeriodEnd) {
      this.#end(current);
      return;
    }
    this.#change(current, () => {
      if (current.next) {
        if (current.next.interval !== current.interval) {
          current.anchor = current.periodEnd;
          current.periods = 0;
        }
        current.plan = current.next.plan;
        current.interval = current.next.interval;
        current.next = null;
      }
      current.periods += 1;
      current.periodStart = current.periodEnd;
      current.periodEnd = addMonths(current.anchor, current.periods * (current.interval === 'monthly' ? 1 : 12));
    });
    const invoice = this.#bill(current, 'subscription_cycle', prices[current.plan][current.interval]);
    this.#change(current, () => (current.latestInvoice = invoice.id));
    this.#emit('invoice.finalized', this.invoiceObject(invoice));
    if (paid) this.#pay(invoice);
    else this.#failPayment(invoice, current);
  }

  /** Another try for what is unpaid. */
  retry(paid: boolean): void {
    const { current, unpaid } = this;
    if (!current || !unpaid) return;
    if (!paid) {
      this.#failPayment(unpaid, current);
      return;
    }
    this.#pay(unpaid);
    this.#change(current, () => (current.status = 'active'));
  }

  cancel(): void {
    const { current } = this;
    if (!current || current.cancelAtPeriodEnd) return;
    this.#change(current, () => {
      current.cancelAtPeriodEnd = true;
      current.canceledAt = this.now;
      current.next = null;
    });
  }

  reactivate(): void {
    const { current } = this;
    if (!current?.cancelAtPeriodEnd) return;
    this.#change(current, () => {
      current.cancelAtPeriodEnd = false;
      current.canceledAt = null;
    });
  }

  deleteNow(): void {
    if (this.current) this.#end(this.current);
  }

  /** Part of the newest charge that has something left to give back. */
  refund(share: number): void {
    const charge = this.charges.findLast(({ amount, refunded }) => refunded < amount);
    if (!charge) return;
    charge.refunded += Math.max(1, Math.floor((charge.amount - charge.refunded) * share));
    this.#emit('charge.refunded', this.chargeObject(charge));
  }

  /** Things that Stripe also sends and that change nothing. */
  chatter(): void {
    const { current } = this;
    this.#emit('customer.updated', { id: this.customer, object: 'customer' });
    if (current) this.#emit('customer.subscription.trial_will_end', this.subscriptionObject(current));
  }

  /** What a look at Stripe brings now: every object as it is, as reconcile hands it over. */
  observations(): Observation[] {
    return [
      ...this.subscriptions.map((subscription) => this.subscriptionObject(subscription)),
      ...this.invoices.map((invoice) => this.invoiceObject(invoice)),
      ...this.charges.map((charge) => this.chargeObject(charge)),
    ].map((object) => ({ created: this.now, data: { object } }));
  }

  /** What our tables must say when the clock shows `now`. */
  expected(now = this.now): Expected {
    const { current } = this;
    const graceEnd = this.#graceEnd();
    const unpaidTooLong = graceEnd !== null && graceEnd + 23 * day <= now;
    const live = unpaidTooLong ? undefined : current;
    const overdue = graceEnd !== null && graceEnd <= now;
    const isOver = live?.cancelAtPeriodEnd && live.periodEnd <= now && live.status !== 'paused';
    const status = isOver ? 'canceled' : (live?.status ?? 'active');
    return {
      plan: live?.plan ?? 'apprentice',
      status: overdue && live ? 'suspended' : status,
      interval: live?.interval ?? 'monthly',
      nextPlan: live?.next?.plan ?? null,
      nextInterval: live?.next?.interval ?? null,
      periodStart: live?.periodStart ?? null,
      periodEnd: live?.periodEnd ?? null,
      cancelAtPeriodEnd: live?.cancelAtPeriodEnd ?? false,
      graceEnd: live ? graceEnd : null,
      stripeSubscription: live?.id ?? null,
      ended: this.subscriptions
        .filter((subscription) => subscription !== live)
        .map(({ id, startDate, endedAt }) => ({ id, startedAt: startDate, endedAt: endedAt ?? graceEnd! + 23 * day }))
        .sort((a, b) => (a.id < b.id ? -1 : 1)),
      invoices: this.invoices.map(({ id, number, status, total, paid, attempts }) => ({
        id,
        number,
        status,
        total,
        paid,
        attempts,
      })),
      payments: this.invoices.map(({ id, status, total }) => ({
        invoice: id,
        status: status === 'paid' ? 'succeeded' : 'failed',
        amount: total,
      })),
      refunds: this.charges
        .filter(({ refunded }) => refunded > 0)
        .map(({ id, invoice, refunded }) => ({ charge: id, invoice, amount: refunded })),
    };
  }

  /** Seven days from the first invoice that was not paid since the last one that was. */
  #graceEnd(): number | null {
    const { current } = this;
    if (current?.status !== 'past_due') return null;
    const own = this.invoices.filter(({ subscription }) => subscription === current.id);
    const lastPaid = Math.max(0, ...own.filter(({ status }) => status === 'paid').map(({ issuedAt }) => issuedAt));
    return Math.min(...own.filter(({ issuedAt }) => issuedAt > lastPaid).map(({ issuedAt }) => issuedAt)) + 7 * day;
  }

  subscriptionObject(subscription: Subscription): JsonObject {
    const { id, plan, interval, next } = subscription;
    return {
      id,
      object: 'subscription',
      status: subscription.status,
      customer: this.customer,
      metadata: { tenant_id: this.tenant, ...(next && { next_plan: next.plan, next_interval: next.interval }) },
      items: {
        object: 'list',
        data: [
          {
            id: `si_${id}`,
            object: 'subscription_item',
            current_period_start: subscription.periodStart,
            current_period_end: subscription.periodEnd,
            price: {
              id: `price_${plan}_${interval}`,
              lookup_key: `glyphoxa_${plan}_${interval}`,
              currency: 'usd',
              unit_amount: prices[plan][interval],
              recurring: { interval: interval === 'monthly' ? 'month' : 'year' },
            },
          },
        ],
      },
      cancel_at: subscription.cancelAtPeriodEnd ? subscription.periodEnd : null,
      cancel_at_period_end: subscription.cancelAtPeriodEnd,
      canceled_at: subscription.canceledAt,
      ended_at: subscription.endedAt,
      start_date: subscription.startDate,
      created: subscription.startDate,
      trial_end: null,
      latest_invoice: subscription.latestInvoice,
      pending_update: null,
      schedule: next ? `sub_sched_${id}` : null,
    };
  }

  invoiceObject(invoice: Invoice): JsonObject {
    return {
      id: invoice.id,
      object: 'invoice',
      number: invoice.number,
      status: invoice.status,
      customer: this.customer,
      metadata: {},
      parent: {
        type: 'subscription_details',
        subscription_details: { subscription: invoice.subscription, metadata: { tenant_id: this.tenant } },
      },
      billing_reason: invoice.reason,
      currency: 'usd',
      subtotal: invoice.total,
      total: invoice.total,
      total_taxes: [],
      amount_due: invoice.total,
      amount_paid: invoice.paid,
      attempted: invoice.attempts > 0,
      attempt_count: invoice.attempts,
      created: invoice.issuedAt,
      period_start: invoice.issuedAt,
      period_end: invoice.issuedAt,
      due_date: null,
      next_payment_attempt: null,
      status_transitions: {
        finalized_at: invoice.issuedAt,
        paid_at: invoice.paidAt,
        voided_at: null,
        marked_uncollectible_at: null,
      },
      hosted_invoice_url: `https://invoice.stripe.com/i/${invoice.id}`,
      invoice_pdf: `https://pay.stripe.com/invoice/${invoice.id}/pdf`,
      lines: {
        object: 'list',
        data: [
          {
            description: 'Plan',
            amount: invoice.total,
            quantity: 1,
            period: { start: invoice.periodStart, end: invoice.periodEnd },
          },
        ],
      },
      payments: {
        object: 'list',
        data: [{ status: 'paid', payment: { type: 'payment_intent', payment_intent: invoice.paymentIntent } }],
      },
    };
  }

  chargeObject(charge: Charge): JsonObject {
    return {
      id: charge.id,
      object: 'charge',
      customer: this.customer,
      metadata: {},
      payment_intent: charge.paymentIntent,
      amount: charge.amount,
      amount_refunded: charge.refunded,
      refunded: charge.refunded === charge.amount,
      currency: 'usd',
      receipt_url: null,
    };
  }

  #bill(subscription: Subscription, reason: string, total: number): Invoice {
    const invoice: Invoice = {
      id: `in_${randomUUID()}`,
      number: `${this.customer.slice(4, 12).toUpperCase()}-${String(this.invoices.length + 1).padStart(4, '0')}`,
      subscription: subscription.id,
      status: 'open',
      reason,
      total,
      paid: 0,
      attempts: 0,
      issuedAt: this.now,
      paidAt: null,
      periodStart: subscription.periodStart,
      periodEnd: subscription.periodEnd,
      paymentIntent: `pi_${randomUUID()}`,
    };
    this.invoices.push(invoice);
    return invoice;
  }

  #pay(invoice: Invoice): void {
    invoice.status = 'paid';
    invoice.paid = invoice.total;
    invoice.attempts += 1;
    invoice.paidAt = this.now;
    this.charges.push({
      id: `ch_${randomUUID()}`,
      invoice: invoice.id,
      paymentIntent: invoice.paymentIntent,
      amount: invoice.total,
      refunded: 0,
    });
    this.#emit('invoice.paid', this.invoiceObject(invoice));
    this.#emit('invoice.payment_succeeded', this.invoiceObject(invoice));
  }

  #failPayment(invoice: Invoice, subscription: Subscription): void {
    invoice.attempts += 1;
    this.#emit('invoice.payment_failed', this.invoiceObject(invoice));
    this.#change(subscription, () => (subscription.status = 'past_due'));
  }

  #end(subscription: Subscription): void {
    subscription.status = 'canceled';
    subscription.endedAt = this.now;
    subscription.canceledAt ??= this.now;
    this.#emit('customer.subscription.deleted', this.subscriptionObject(subscription));
  }

  #change(subscription: Subscription, work: () => void): void {
    const before = this.subscriptionObject(subscription);
    work();
    const after = this.subscriptionObject(subscription);
    const previous = previousAttributes(before, after);
    if (Object.keys(previous).length > 0) this.#emit('customer.subscription.updated', after, previous);
  }

  #emit(type: string, object: JsonObject, previous?: JsonObject): void {
    this.events.push({
      id: `evt_${randomUUID()}`,
      object: 'event',
      type,
      created: this.now,
      data: { object: structuredClone(object), ...(previous && { previous_attributes: previous }) },
    });
  }
}
