import { type Context, Hono } from 'hono';
import { z } from 'zod';
import type { Account } from './account.ts';
import { faultSchema, type Faults } from './api/faults.ts';
import { keepNote, noteOf } from './billing/notes.ts';
import { runUntil } from './billing/time.ts';
import type { Courier } from './webhooks/courier.ts';
import type { Delivery } from './webhooks/delivery.ts';
import { forge, forgerySchema } from './webhooks/forge.ts';
import { shuffled } from './webhooks/shuffle.ts';

const secondsOf: Record<string, number> = { second: 1, minute: 60, hour: 3_600, day: 86_400, week: 604_800 };

const clockChange = z.union([
  z.strictObject({
    /** Such as `31 days`, `1 hour`. */
    advance: z.string().regex(/^\d+ (second|minute|hour|day|week)s?$/),
  }),
  z.strictObject({ to: z.union([z.iso.datetime({ offset: true }), z.int()]) }),
]);
const count = z.strictObject({ count: z.int().min(0).default(1) });
const release = z.union([
  z.strictObject({ order: z.enum(['given', 'reversed']).default('given') }),
  z.strictObject({ order: z.literal('shuffled'), seed: z.int() }),
  z.strictObject({ events: z.array(z.string()) }),
]);
const selection = z.strictObject({
  status: z.enum(['pending', 'held', 'dropped', 'delivered', 'failed']).optional(),
  events: z.array(z.string()).optional(),
  type: z.string().optional(),
});
const decline = z.strictObject({ customer: z.string(), code: z.string().nullable().default('generic_decline') });
const settings = z.strictObject({
  after_retries: z.enum(['past_due', 'unpaid', 'canceled']).optional(),
  retry_days: z.array(z.int().min(0)).optional(),
});
const waiting = z.strictObject({ timeout_ms: z.int().min(0).max(60_000).default(20_000) });

export interface Controlled {
  account: Account;
  courier: Courier;
  faults: Faults;
  reset: () => void;
}

/** For tests only: time, deliveries, declines and faults. Stripe has nothing like it. */
export function controlRoutes({ account, courier, faults, reset }: Controlled): Hono {
  const control = new Hono();
  control.get('/clock', (context) => context.json(clock(account)));
  control.post('/clock', async (context) => {
    const change = clockChange.parse(await body(context));
    const before = account.now();
    const target = 'advance' in change ? before + duration(change.advance) : moment(change.to);
    // Before the first customer nothing has happened that could come undone: a story may begin in the past.
    if (target < before && account.store.all('customer').length > 0)
      return context.json({ error: 'Time goes forward only; use reset.' }, 400);
    const happened = runUntil(account, target);
    account.clock.setOffset(account.clock.offset + target - before);
    saveOffset(account);
    return context.json({ ...clock(account), happened });
  });

  control.get('/deliveries', (context) => {
    const { status, type } = context.req.query();
    const found = courier
      .deliveries()
      .filter((one) => (status ?? one.status) === one.status && (type ?? one.type) === one.type);
    return context.json({ deliveries: found, holding: courier.holding });
  });
  control.post('/deliveries/hold', (context) => {
    courier.holding = true;
    return context.json({ holding: true });
  });
  control.post('/deliveries/release', async (context) => {
    const wanted = release.parse(await body(context));
    return context.json({ released: courier.release((held) => arranged(held, wanted)) });
  });
  control.post('/deliveries/duplicate', async (context) => {
    courier.duplicateNext(count.parse(await body(context)).count);
    return context.body(null, 204);
  });
  control.post('/deliveries/drop', async (context) => {
    courier.dropNext(count.parse(await body(context)).count);
    return context.body(null, 204);
  });
  control.post('/deliveries/redeliver', async (context) => {
    const { status, events, type } = selection.parse(await body(context));
    const again = (one: Delivery) =>
      (status ?? one.status) === one.status && (type ?? one.type) === one.type && (events?.includes(one.event) ?? true);
    return context.json({ redelivered: courier.redeliver(again) });
  });
  control.post('/deliveries/settle', async (context) => {
    const { timeout_ms: limit } = waiting.parse(await body(context));
    const settled = await courier.settle(limit);
    return context.json({ settled }, settled ? 200 : 504);
  });

  control.post('/forge', async (context) =>
    context.json(await forge(account, forgerySchema.parse(await body(context)))),
  );
  control.post('/decline', async (context) => {
    const { customer, code } = decline.parse(await body(context));
    const { declines: _, ...note } = noteOf(account, account.customer(customer).id);
    account.store.put('note', { ...note, ...(code !== null && { declines: code }) });
    account.store.flush();
    return context.body(null, 204);
  });
  control.post('/faults', async (context) => {
    faults.add(faultSchema.parse(await body(context)));
    return context.body(null, 204);
  });
  control.delete('/faults', (context) => {
    faults.clear();
    return context.body(null, 204);
  });
  control.post('/settings', async (context) => {
    const { after_retries: after, retry_days: days } = settings.parse(await body(context));
    if (after) account.settings.afterRetries = after;
    if (days) account.settings.retryDays = days;
    return context.json({ after_retries: account.settings.afterRetries, retry_days: account.settings.retryDays });
  });
  control.post('/reset', (context) => {
    reset();
    return context.body(null, 204);
  });
  return control;
}

/** Kept with the objects, so that a restart does not go back in time. */
export function saveOffset(account: Account): void {
  keepNote(account, 'clock', { offset: account.clock.offset });
  account.store.flush();
}

function clock(account: Account): object {
  const now = account.now();
  return { now, iso: new Date(now * 1_000).toISOString(), offset_seconds: account.clock.offset };
}

function duration(text: string): number {
  const [amount = '', unit = ''] = text.split(' ');
  return Number(amount) * secondsOf[unit.replace(/s$/, '')]!;
}

function moment(to: string | number): number {
  return typeof to === 'number' ? to : Math.floor(Date.parse(to) / 1_000);
}

function arranged(held: Delivery[], wanted: z.output<typeof release>): Delivery[] {
  if ('events' in wanted) {
    const { events } = wanted;
    const place = ({ event }: Delivery) => (events.includes(event) ? events.indexOf(event) : events.length);
    return held.toSorted((a, b) => place(a) - place(b));
  }
  if (wanted.order === 'reversed') return held.toReversed();
  return wanted.order === 'shuffled' ? shuffled(held, wanted.seed) : held;
}

/** An empty body stands for no wishes. */
async function body(context: Context): Promise<unknown> {
  const text = await context.req.text();
  return text === '' ? {} : JSON.parse(text);
}
