// Makes at Stripe what we sell: products and prices from the plans of the database, the customer portal, the webhook endpoint. Looks
// first, and so can run again at any time; every write carries a key, so that two at once make one.
import { idOf, type Stripe, stripeApiVersion, stripeEvents } from './client.ts';
import { amountCents, type Interval, intervals, lookupKey, type Plan } from './plans.ts';

export interface SetupStep {
  what: string;
  done: 'made' | 'changed' | 'kept';
}

export type Report = (step: SetupStep) => void;

const marker = { glyphoxa: 'billing' };

/** Products and prices of every plan that costs something. A changed amount gets a new price, and the lookup key moves to it. */
export async function setUpCatalogue(stripe: Stripe, plans: readonly Plan[], report: Report): Promise<void> {
  for (const plan of plans) {
    const sold = intervals.filter((interval) => lookupKey(plan, interval) !== null);
    if (sold.length === 0) continue;
    const product = await setUpProduct(stripe, plan, report);
    for (const interval of sold) await setUpPrice(stripe, plan, interval, product, report);
  }
}

async function setUpProduct(stripe: Stripe, plan: Plan, report: Report): Promise<string> {
  const id = `glyphoxa_${plan.id}`;
  const what = `product ${id}`;
  const name = `Glyphoxa ${plan.name}`;
  const { data } = await stripe.products.list({ ids: [id] });
  const [known] = data;
  if (!known) {
    await stripe.products.create(
      { id, name, metadata: { plan_id: plan.id } },
      { idempotencyKey: `product:${id}:${name}` },
    );
    report({ what, done: 'made' });
  } else if (known.name !== name || !known.active || known.metadata['plan_id'] !== plan.id) {
    await stripe.products.update(id, { name, active: true, metadata: { plan_id: plan.id } });
    report({ what, done: 'changed' });
  } else report({ what, done: 'kept' });
  return id;
}

async function setUpPrice(
  stripe: Stripe,
  plan: Plan,
  interval: Interval,
  product: string,
  report: Report,
): Promise<void> {
  const key = lookupKey(plan, interval) ?? '';
  const amount = amountCents(plan, interval) ?? 0;
  const what = `price ${key}, ${amount / 100} ${plan.currency}`;
  const metadata = { plan_id: plan.id, interval };
  const { data } = await stripe.prices.list({ lookup_keys: [key], limit: 1 });
  const [known] = data;
  const fits =
    known?.active === true &&
    known.unit_amount === amount &&
    known.currency === plan.currency &&
    known.recurring?.interval === (interval === 'yearly' ? 'year' : 'month') &&
    idOf(known.product) === product;
  if (known && fits) {
    const isMarked = known.metadata['plan_id'] === plan.id && known.metadata['interval'] === interval;
    if (!isMarked) await stripe.prices.update(known.id, { metadata });
    report({ what, done: isMarked ? 'kept' : 'changed' });
    return;
  }
  await stripe.prices.create(
    {
      product,
      currency: plan.currency,
      unit_amount: amount,
      recurring: { interval: interval === 'yearly' ? 'year' : 'month' },
      lookup_key: key,
      transfer_lookup_key: true,
      // The price list names amounts before tax.
      tax_behavior: 'exclusive',
      // By this a price is still known once its lookup key has moved on.
      metadata,
    },
    { idempotencyKey: `price:${key}:${amount}:${plan.currency}:after:${known?.id ?? 'none'}` },
  );
  // Who pays the old price goes on paying it; nobody buys it any more.
  if (known?.active) await stripe.prices.update(known.id, { active: false, metadata });
  report({ what, done: known ? 'changed' : 'made' });
}

/** What people may do on Stripe's own pages: plans are changed with us, where the effect on their table is told. */
const portalFeatures: Stripe.BillingPortal.ConfigurationCreateParams.Features = {
  customer_update: { enabled: true, allowed_updates: ['name', 'email', 'address', 'tax_id'] },
  invoice_history: { enabled: true },
  payment_method_update: { enabled: true },
  subscription_cancel: { enabled: true, mode: 'at_period_end' },
  subscription_update: { enabled: false, default_allowed_updates: [], products: [] },
};

/** The portal's configuration that the set-up made; undefined means Stripe's default one. */
export async function findPortalConfiguration(stripe: Stripe): Promise<string | undefined> {
  const { data } = await stripe.billingPortal.configurations.list({ active: true, limit: 100 });
  return data.find(({ metadata }) => metadata?.['glyphoxa'] === marker.glyphoxa)?.id;
}

export async function setUpPortal(stripe: Stripe, returnUrl: string | undefined, report: Report): Promise<void> {
  const id = await findPortalConfiguration(stripe);
  const settings = { features: portalFeatures, ...(returnUrl && { default_return_url: returnUrl }) };
  if (id) await stripe.billingPortal.configurations.update(id, settings);
  else
    await stripe.billingPortal.configurations.create({ ...settings, metadata: marker }, { idempotencyKey: 'portal' });
  report({ what: 'customer portal', done: id ? 'kept' : 'made' });
}

/** Registers the endpoint for exactly the events that the database applies. Its secret when it was made: Stripe tells it this once. */
export async function setUpWebhook(stripe: Stripe, url: string, report: Report): Promise<string | undefined> {
  const what = `webhook endpoint ${url}`;
  for await (const endpoint of stripe.webhookEndpoints.list({ limit: 100 })) {
    if (endpoint.url !== url || endpoint.metadata['glyphoxa'] !== marker.glyphoxa) continue;
    const fits = endpoint.enabled_events.toSorted().join() === stripeEvents.toSorted().join();
    if (!fits || endpoint.status !== 'enabled') {
      await stripe.webhookEndpoints.update(endpoint.id, { enabled_events: [...stripeEvents], disabled: false });
    }
    report({ what, done: fits ? 'kept' : 'changed' });
    return undefined;
  }
  const made = await stripe.webhookEndpoints.create({
    url,
    enabled_events: [...stripeEvents],
    api_version: stripeApiVersion,
    metadata: marker,
  });
  report({ what, done: 'made' });
  return made.secret;
}
