// Compares what Stripe has with what the database knows, and records what differs as a look at Stripe: whatever a lost webhook left
// behind is mended by the same rules that apply events.
import { idOf, type Stripe } from './client.ts';

/** An object as Stripe gave it. */
export type Seen = Stripe.Subscription | Stripe.Invoice | Stripe.Charge;

/** What is recorded of a look. `created`: Stripe's time when it began, in seconds. `id` ends in this machine's, in milliseconds. */
export interface Look {
  id: string;
  type: `reconcile.${Seen['object']}`;
  created: number;
  data: { object: Seen };
}

export interface ReconcileStore {
  /** Ids of those that are our tenants' and that the database knows differently, or not at all. */
  news(objects: Seen[]): Promise<string[]>;
  /** Records and applies one; the outcome as of `mgmt.record_stripe_event`. */
  record(look: Look): Promise<string>;
  /** Tries recorded events again that could not be applied; how many could now. */
  retryFailed(): Promise<number>;
}

/** One subscription with its invoices, or everything with the invoices and refunds of the last days. */
export type Scope = { subscription: string } | { days: number };

export interface Reconciled {
  seen: number;
  /** Differed and were recorded. */
  mended: number;
  /** Recorded, and could not be applied. */
  failed: number;
  retried: number;
}

const pageSize = 100;

/** Looks first and writes last, so that whoever does it in one transaction holds no lock while Stripe is asked. */
export async function reconcile(
  stripe: Stripe,
  store: ReconcileStore,
  scope: Scope,
  signal?: AbortSignal,
): Promise<Reconciled> {
  const looks: Look[] = [];
  let seen = 0;
  // Taken before each look, so that nothing that happens meanwhile counts as older than what was seen.
  let began = await stripeTime(stripe);
  for await (const objects of 'subscription' in scope ? one(stripe, scope.subscription) : all(stripe, scope.days)) {
    signal?.throwIfAborted();
    const news = new Set(objects.length > 0 ? await store.news(objects) : []);
    looks.push(...objects.filter(({ id }) => news.has(id)).map((object) => lookAt(object, began)));
    seen += objects.length;
    began = await stripeTime(stripe);
  }
  const outcomes: string[] = [];
  for (const look of looks) outcomes.push(await store.record(look));
  const failed = outcomes.filter((outcome) => outcome === 'failed').length;
  return { seen, mended: looks.length - failed, failed, retried: await store.retryFailed() };
}

function lookAt(object: Seen, began: number): Look {
  return {
    id: `reconcile_${object.id}_${Date.now()}`,
    type: `reconcile.${object.object}`,
    created: began,
    data: { object },
  };
}

/** Stripe's clock, as far as it matters: when the newest thing happened there. With no event at all, this machine's. */
async function stripeTime(stripe: Stripe): Promise<number> {
  const { data } = await stripe.events.list({ limit: 1 });
  return data[0]?.created ?? Math.floor(Date.now() / 1000);
}

async function* one(stripe: Stripe, id: string): AsyncGenerator<Seen[]> {
  yield [await stripe.subscriptions.retrieve(id)];
  yield* invoices(stripe, { subscription: id });
}

async function* all(stripe: Stripe, days: number): AsyncGenerator<Seen[]> {
  yield* pages((page) => stripe.subscriptions.list({ status: 'all', ...page }));
  const created = { gte: Math.floor(Date.now() / 1000) - days * 86_400 };
  yield* invoices(stripe, { created });
  for await (const refunds of pages((page) => stripe.refunds.list({ created, ...page }))) {
    const charges = new Set(refunds.flatMap(({ charge }) => idOf(charge) ?? []));
    const seen: Seen[] = [];
    for (const id of charges) seen.push(await stripe.charges.retrieve(id, { expand: ['refunds'] }));
    yield seen;
  }
}

/** Without drafts, which are nobody's business yet. The payments tell which charge paid the invoice. */
async function* invoices(stripe: Stripe, of: Stripe.InvoiceListParams): AsyncGenerator<Seen[]> {
  const list = (page: Page) => stripe.invoices.list({ ...of, ...page, expand: ['data.payments'] });
  for await (const page of pages(list)) yield page.filter(({ status }) => status !== 'draft');
}

interface Page {
  limit: number;
  starting_after?: string;
}

/** Page by page, each fetched when it is asked for. */
async function* pages<Item extends { id: string }>(
  list: (page: Page) => Promise<Stripe.ApiList<Item>>,
): AsyncGenerator<Item[]> {
  let after: string | undefined;
  do {
    const { data, has_more: more } = await list({ limit: pageSize, ...(after && { starting_after: after }) });
    yield data;
    after = more ? data.at(-1)?.id : undefined;
  } while (after);
}

/** SQL as pg's client and pool run it. */
export type Query = <Row extends object>(sql: string, values: unknown[]) => Promise<Row[]>;

/** The database as a role that may execute the functions, such as the worker's. */
export function reconcileStore(query: Query): ReconcileStore {
  return {
    news: async (objects) => {
      const rows = await query<{ id: string }>('select id from private.stripe_news($1) as id', [
        JSON.stringify(objects),
      ]);
      return rows.map(({ id }) => id);
    },
    record: async (look) => {
      const sql = `select mgmt.record_stripe_event($1, 'reconcile') ->> 'outcome' as outcome`;
      const [row] = await query<{ outcome: string }>(sql, [JSON.stringify(look)]);
      return row?.outcome ?? 'failed';
    },
    retryFailed: async () => {
      const [row] = await query<{ applied: number }>('select private.retry_payment_events() as applied', []);
      return row?.applied ?? 0;
    },
  };
}
