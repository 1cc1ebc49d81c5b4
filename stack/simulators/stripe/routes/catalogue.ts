import type Stripe from 'stripe';
import { z } from 'zod';
import type { Account } from '../account.ts';
import { invalid } from '../api/errors.ts';
import { page } from '../api/list.ts';
import {
  clearable,
  defined,
  expand,
  flag,
  ignored,
  integer,
  mergeMetadata,
  metadata,
  paging,
  range,
  text,
} from '../api/parameters.ts';
import { route } from '../api/route.ts';
import { decimal } from '../objects/invoice.ts';

const productFields = {
  name: text,
  active: flag.optional(),
  description: clearable.optional(),
  metadata: metadata.optional(),
  tax_code: clearable.optional(),
  unit_label: clearable.optional(),
  statement_descriptor: clearable.optional(),
  url: clearable.optional(),
  images: ignored.optional(),
  marketing_features: z.array(z.strictObject({ name: text })).optional(),
  shippable: flag.optional(),
  expand,
};

const recurring = z.strictObject({
  interval: z.enum(['day', 'week', 'month', 'year']),
  interval_count: integer.optional(),
  usage_type: z.literal('licensed').optional(),
});

const taxBehavior = z.enum(['inclusive', 'exclusive', 'unspecified']);

/** Products and prices. */
export const catalogueRoutes = [
  route(
    'POST',
    '/v1/products',
    z.strictObject({ ...productFields, id: text.optional() }),
    ({ account, parameters: given }) => {
      const id = given.id ?? account.newId('product');
      if (account.store.find('product', id))
        throw invalid(`Product already exists: ${id}`, { code: 'resource_already_exists' });
      const now = account.now();
      const product: Stripe.Product = {
        id,
        object: 'product',
        active: given.active ?? true,
        created: now,
        default_price: null,
        description: given.description ?? null,
        images: [],
        livemode: false,
        marketing_features: given.marketing_features ?? [],
        metadata: mergeMetadata({}, given.metadata),
        name: given.name,
        package_dimensions: null,
        shippable: given.shippable ?? null,
        statement_descriptor: given.statement_descriptor ?? null,
        tax_code: given.tax_code ?? null,
        tax_details: null,
        type: 'service',
        unit_label: given.unit_label ?? null,
        updated: now,
        url: given.url ?? null,
      };
      return account.create('product', product, 'product.created');
    },
  ),
  route('GET', '/v1/products/:id', z.strictObject({ expand }), ({ account, path }) =>
    account.get('product', path['id']!),
  ),
  route(
    'POST',
    '/v1/products/:id',
    z.strictObject({ ...productFields, name: text.optional(), default_price: text.optional() }),
    ({ account, path, parameters: { expand: _, images: _images, metadata: given, ...fields } }) => {
      const product = account.get('product', path['id']!);
      return account.change(
        'product',
        product.id,
        {
          ...defined(fields),
          metadata: mergeMetadata(product.metadata, given),
          updated: account.now(),
        },
        'product.updated',
      );
    },
  ),
  route(
    'GET',
    '/v1/products',
    z.strictObject({ ...paging, active: flag.optional(), created: range.optional(), ids: z.array(text).optional() }),
    ({ account, parameters }) => {
      const { active, ids } = parameters;
      const found = account.store
        .all('product')
        .filter((product) => (active ?? product.active) === product.active && (ids?.includes(product.id) ?? true));
      return page(found, parameters, '/v1/products');
    },
  ),
  route(
    'POST',
    '/v1/prices',
    z.strictObject({
      currency: text,
      product: text,
      unit_amount: integer,
      recurring: recurring.optional(),
      lookup_key: text.optional(),
      transfer_lookup_key: flag.optional(),
      nickname: text.optional(),
      metadata: metadata.optional(),
      active: flag.optional(),
      tax_behavior: taxBehavior.optional(),
      billing_scheme: z.literal('per_unit').optional(),
      expand,
    }),
    ({ account, parameters: given }) => {
      const product = account.get('product', given.product, 'product');
      claimLookupKey(account, given.lookup_key, given.transfer_lookup_key);
      const price: Stripe.Price = {
        id: account.newId('price'),
        object: 'price',
        active: given.active ?? true,
        billing_scheme: 'per_unit',
        created: account.now(),
        currency: given.currency.toLowerCase(),
        custom_unit_amount: null,
        livemode: false,
        lookup_key: given.lookup_key ?? null,
        metadata: mergeMetadata({}, given.metadata),
        nickname: given.nickname ?? null,
        product: product.id,
        recurring: given.recurring
          ? {
              interval: given.recurring.interval,
              interval_count: given.recurring.interval_count ?? 1,
              meter: null,
              trial_period_days: null,
              usage_type: 'licensed',
            }
          : null,
        tax_behavior: given.tax_behavior ?? 'unspecified',
        tiers_mode: null,
        transform_quantity: null,
        type: given.recurring ? 'recurring' : 'one_time',
        unit_amount: given.unit_amount,
        unit_amount_decimal: decimal(given.unit_amount),
      };
      return account.create('price', price, 'price.created');
    },
  ),
  route('GET', '/v1/prices/:id', z.strictObject({ expand }), ({ account, path }) => account.get('price', path['id']!)),
  route(
    'POST',
    '/v1/prices/:id',
    z.strictObject({
      active: flag.optional(),
      lookup_key: text.optional(),
      transfer_lookup_key: flag.optional(),
      nickname: clearable.optional(),
      metadata: metadata.optional(),
      tax_behavior: taxBehavior.optional(),
      expand,
    }),
    ({ account, path, parameters: { expand: _, metadata: given, transfer_lookup_key: transfer, ...fields } }) => {
      const price = account.get('price', path['id']!);
      if (fields.lookup_key !== price.lookup_key) claimLookupKey(account, fields.lookup_key, transfer);
      return account.change(
        'price',
        price.id,
        { ...defined(fields), metadata: mergeMetadata(price.metadata, given) },
        'price.updated',
      );
    },
  ),
  route(
    'GET',
    '/v1/prices',
    z.strictObject({
      ...paging,
      active: flag.optional(),
      created: range.optional(),
      currency: text.optional(),
      lookup_keys: z.array(text).max(10).optional(),
      product: text.optional(),
      type: z.enum(['one_time', 'recurring']).optional(),
      recurring: z.strictObject({ interval: text.optional(), usage_type: text.optional() }).optional(),
    }),
    ({ account, parameters }) => {
      const { active, currency, lookup_keys: keys, product, type, recurring: cycle } = parameters;
      const found = account.store
        .all('price')
        .filter(
          (price) =>
            (active ?? price.active) === price.active &&
            (currency ?? price.currency) === price.currency &&
            (product ?? price.product) === price.product &&
            (type ?? price.type) === price.type &&
            (cycle?.interval === undefined || cycle.interval === price.recurring?.interval) &&
            (!keys || (price.lookup_key !== null && keys.includes(price.lookup_key))),
        );
      return page(found, parameters, '/v1/prices');
    },
  ),
];

/** A lookup key names one price; another one gets it only by `transfer_lookup_key`. */
function claimLookupKey(account: Account, key: string | undefined, transfer: boolean | undefined): void {
  const holder = key === undefined ? undefined : account.store.all('price').find((price) => price.lookup_key === key);
  if (!holder) return;
  if (!transfer)
    throw invalid(
      `A price (\`${holder.id}\`) already uses that lookup key. You may transfer the lookup key from that price to this one by setting \`transfer_lookup_key=true\`.`,
      { param: 'lookup_key' },
    );
  account.change('price', holder.id, { lookup_key: null }, 'price.updated');
}
