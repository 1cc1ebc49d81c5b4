import { z } from 'zod';
import type { Account } from '../account.ts';
import { invalid } from '../api/errors.ts';
import { page } from '../api/list.ts';
import { expand, flag, ignored, integer, mergeMetadata, metadata, paging, range, text } from '../api/parameters.ts';
import { route } from '../api/route.ts';
import { productName } from '../billing/lines.ts';
import { keepNote } from '../billing/notes.ts';
import { recurringPrice } from '../billing/subscribe.ts';
import { newId } from '../ids.ts';
import { checkoutSession, lineItem } from '../objects/checkout-session.ts';

const openSeconds = 24 * 3_600;
const shortestSeconds = 30 * 60;

const missingPaymentMethod = z.strictObject({
  end_behavior: z.strictObject({ missing_payment_method: z.enum(['cancel', 'create_invoice', 'pause']) }),
});

const creation = z.strictObject({
  mode: z.literal('subscription'),
  line_items: z
    .array(z.strictObject({ price: text, quantity: integer.optional() }))
    .min(1)
    .max(20),
  success_url: text,
  cancel_url: text.optional(),
  customer: text.optional(),
  customer_email: text.optional(),
  client_reference_id: text.optional(),
  metadata: metadata.optional(),
  automatic_tax: z.strictObject({ enabled: flag }).optional(),
  allow_promotion_codes: flag.optional(),
  subscription_data: z
    .strictObject({
      metadata: metadata.optional(),
      trial_end: integer.optional(),
      trial_period_days: integer.optional(),
      trial_settings: missingPaymentMethod.optional(),
      description: text.optional(),
      billing_mode: ignored.optional(),
    })
    .optional(),
  customer_update: z
    .strictObject({
      address: z.enum(['auto', 'never']).optional(),
      name: z.enum(['auto', 'never']).optional(),
      shipping: text.optional(),
    })
    .optional(),
  payment_method_collection: z.enum(['always', 'if_required']).optional(),
  expires_at: integer.optional(),
  locale: text.optional(),
  ui_mode: z.literal('hosted_page').optional(),
  billing_address_collection: ignored.optional(),
  tax_id_collection: ignored.optional(),
  payment_method_types: ignored.optional(),
  phone_number_collection: ignored.optional(),
  saved_payment_method_options: ignored.optional(),
  consent_collection: ignored.optional(),
  custom_text: ignored.optional(),
  branding_settings: ignored.optional(),
  integration_identifier: ignored.optional(),
  expand,
});

function create(account: Account, given: z.output<typeof creation>): object {
  const customer = given.customer === undefined ? undefined : account.customer(given.customer, 'customer');
  if (customer && given.customer_email !== undefined)
    throw invalid('You may only specify one of these parameters: customer, customer_email.');
  if (!customer && given.customer_update)
    throw invalid('`customer_update` can only be used with `customer`.', { param: 'customer_update' });
  const automaticTax = given.automatic_tax?.enabled ?? false;
  if (automaticTax && customer && !customer.address?.country && given.customer_update?.address !== 'auto')
    throw invalid(
      'Automatic tax calculation in Checkout requires a valid address on the Customer. Add a valid address to the Customer or set either `customer_update[address]` to `auto` or `customer_update[shipping]` to `auto` to save the address entered in Checkout to the Customer.',
      { code: 'customer_tax_location_invalid' },
    );
  const lineItems = given.line_items.map(({ price: id, quantity }, index) => {
    const price = recurringPrice(account, id, `line_items[${index}][price]`);
    if (quantity === undefined)
      throw invalid(`Missing required param: line_items[${index}][quantity].`, { code: 'parameter_missing' });
    return lineItem(newId('li_'), price, quantity, productName(account, price));
  });
  const now = account.now();
  const expiresAt = given.expires_at ?? now + openSeconds;
  if (expiresAt < now + shortestSeconds || expiresAt > now + openSeconds + 60)
    throw invalid(
      'The `expires_at` timestamp must be at least 30 minutes and less than 24 hours from Checkout Session creation.',
      {
        param: 'expires_at',
      },
    );
  const wishes = given.subscription_data;
  const trial = wishes?.trial_end !== undefined || wishes?.trial_period_days !== undefined;
  const id = account.newId('checkout.session');
  keepNote(account, id, {
    checkout: {
      metadata: mergeMetadata({}, wishes?.metadata),
      ...(wishes?.trial_end !== undefined && { trial_end: wishes.trial_end }),
      ...(wishes?.trial_period_days !== undefined && { trial_period_days: wishes.trial_period_days }),
      ...(wishes?.trial_settings && {
        missing_payment_method: wishes.trial_settings.end_behavior.missing_payment_method,
      }),
      ...(wishes?.description !== undefined && { description: wishes.description }),
      save_address: !customer || given.customer_update?.address === 'auto',
      save_name: !customer || given.customer_update?.name === 'auto',
    },
  });
  return account.create(
    'checkout.session',
    checkoutSession({
      id,
      created: now,
      expiresAt,
      url: `${account.settings.baseUrl}/c/pay/${id}`,
      successUrl: given.success_url,
      cancelUrl: given.cancel_url ?? null,
      mode: given.mode,
      currency: lineItems[0]!.currency,
      customer: customer?.id ?? null,
      customerEmail: customer?.email ?? given.customer_email ?? null,
      clientReferenceId: given.client_reference_id ?? null,
      metadata: mergeMetadata({}, given.metadata),
      allowPromotionCodes: given.allow_promotion_codes ?? null,
      automaticTax,
      locale: given.locale ?? null,
      amount: trial ? 0 : lineItems.reduce((sum, item) => sum + item.amount_total, 0),
      lineItems,
      paymentMethodCollection: given.payment_method_collection ?? 'always',
    }),
  );
}

export const checkoutRoutes = [
  route('POST', '/v1/checkout/sessions', creation, ({ account, parameters }) => create(account, parameters)),
  route('GET', '/v1/checkout/sessions/:id', z.strictObject({ expand }), ({ account, path }) =>
    account.get('checkout.session', path['id']!),
  ),
  route(
    'POST',
    '/v1/checkout/sessions/:id',
    z.strictObject({ metadata: metadata.optional(), expand }),
    ({ account, path, parameters }) => {
      const session = account.get('checkout.session', path['id']!);
      return account.change('checkout.session', session.id, {
        metadata: mergeMetadata(session.metadata, parameters.metadata),
      });
    },
  ),
  route('POST', '/v1/checkout/sessions/:id/expire', z.strictObject({ expand }), ({ account, path }) => {
    const session = account.get('checkout.session', path['id']!);
    if (session.status !== 'open')
      throw invalid(
        `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of ${session.status}.`,
      );
    return account.change('checkout.session', session.id, { status: 'expired', url: null }, 'checkout.session.expired');
  }),
  route('GET', '/v1/checkout/sessions/:id/line_items', z.strictObject(paging), ({ account, path, parameters }) => {
    const session = account.get('checkout.session', path['id']!);
    return page(
      [...(session.line_items?.data ?? [])].reverse(),
      parameters,
      `/v1/checkout/sessions/${session.id}/line_items`,
    );
  }),
  route(
    'GET',
    '/v1/checkout/sessions',
    z.strictObject({
      ...paging,
      customer: text.optional(),
      subscription: text.optional(),
      status: z.enum(['open', 'complete', 'expired']).optional(),
      created: range.optional(),
    }),
    ({ account, parameters }) => {
      const { customer, subscription, status } = parameters;
      const found = account.store
        .all('checkout.session')
        .filter(
          (session) =>
            (customer ?? session.customer) === session.customer &&
            (subscription ?? session.subscription) === session.subscription &&
            (status ?? session.status) === session.status,
        );
      return page(found, parameters, '/v1/checkout/sessions');
    },
  ),
];
