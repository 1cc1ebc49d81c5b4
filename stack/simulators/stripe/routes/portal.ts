import type Stripe from 'stripe';
import { z } from 'zod';
import type { Account } from '../account.ts';
import { page } from '../api/list.ts';
import { clearable, expand, flag, ignored, mergeMetadata, metadata, paging, text } from '../api/parameters.ts';
import { route } from '../api/route.ts';
import { newId } from '../ids.ts';
import { portalConfiguration, portalSession } from '../objects/portal.ts';

const toggle = z.looseObject({ enabled: flag });
const features = z.strictObject({
  customer_update: toggle.optional(),
  invoice_history: toggle.optional(),
  payment_method_update: toggle.optional(),
  subscription_cancel: toggle.optional(),
  subscription_pause: toggle.optional(),
  subscription_update: toggle.optional(),
});
const configuration = z.strictObject({
  features: features.optional(),
  business_profile: z
    .strictObject({
      headline: clearable.optional(),
      privacy_policy_url: text.optional(),
      terms_of_service_url: text.optional(),
    })
    .optional(),
  default_return_url: clearable.optional(),
  active: flag.optional(),
  name: clearable.optional(),
  metadata: metadata.optional(),
  login_page: ignored.optional(),
  expand,
});

/** The configuration that the Dashboard would have made. */
export function defaultConfiguration(account: Account): Stripe.BillingPortal.Configuration {
  const known = account.store.all('billing_portal.configuration').find((one) => one.is_default);
  if (known) return known;
  const made = portalConfiguration(account.newId('billing_portal.configuration'), account.now());
  return account.create('billing_portal.configuration', made);
}

function fieldsOf(
  before: Stripe.BillingPortal.Configuration,
  given: z.output<typeof configuration>,
): Partial<Stripe.BillingPortal.Configuration> {
  const switched = Object.entries(given.features ?? {}).map(([name, feature]) => {
    const old = before.features[name as keyof typeof before.features];
    return [name, { ...old, ...structured(feature) }];
  });
  return {
    features: { ...before.features, ...(Object.fromEntries(switched) as object) },
    business_profile: {
      ...before.business_profile,
      ...given.business_profile,
    } as Stripe.BillingPortal.Configuration.BusinessProfile,
    ...(given.default_return_url !== undefined && { default_return_url: given.default_return_url }),
    ...(given.active !== undefined && { active: given.active }),
    ...(given.name !== undefined && { name: given.name }),
    metadata: mergeMetadata(before.metadata, given.metadata),
  };
}

/** Text of a form as what it stands for: here only flags need it. */
function structured(value: unknown): object {
  return JSON.parse(JSON.stringify(value), (_key, inner: unknown) =>
    inner === 'true' ? true : inner === 'false' ? false : inner,
  ) as object;
}

export const portalRoutes = [
  route(
    'POST',
    '/v1/billing_portal/sessions',
    z.strictObject({
      customer: text,
      return_url: text.optional(),
      configuration: text.optional(),
      locale: text.optional(),
      expand,
    }),
    ({ account, parameters: given }) => {
      const customer = account.customer(given.customer, 'customer');
      const chosen = given.configuration
        ? account.get('billing_portal.configuration', given.configuration, 'configuration')
        : defaultConfiguration(account);
      const id = account.newId('billing_portal.session');
      const made = portalSession({
        id,
        created: account.now(),
        configuration: chosen.id,
        customer: customer.id,
        returnUrl: given.return_url ?? chosen.default_return_url,
        locale: given.locale ?? null,
        url: `${account.settings.baseUrl}/p/session/${id}`,
      });
      return account.create('billing_portal.session', made, 'billing_portal.session.created');
    },
  ),
  route('POST', '/v1/billing_portal/configurations', configuration, ({ account, parameters }) => {
    const id = newId('bpc_');
    const blank = portalConfiguration(id, account.now(), { is_default: false });
    return account.create(
      'billing_portal.configuration',
      { ...blank, ...fieldsOf(blank, parameters) },
      'billing_portal.configuration.created',
    );
  }),
  route('GET', '/v1/billing_portal/configurations/:id', z.strictObject({ expand }), ({ account, path }) =>
    account.get('billing_portal.configuration', path['id']!),
  ),
  route('POST', '/v1/billing_portal/configurations/:id', configuration, ({ account, path, parameters }) => {
    const before = account.get('billing_portal.configuration', path['id']!);
    return account.change(
      'billing_portal.configuration',
      before.id,
      { ...fieldsOf(before, parameters), updated: account.now() },
      'billing_portal.configuration.updated',
    );
  }),
  route(
    'GET',
    '/v1/billing_portal/configurations',
    z.strictObject({ ...paging, active: flag.optional(), is_default: flag.optional() }),
    ({ account, parameters }) => {
      defaultConfiguration(account);
      const found = account.store
        .all('billing_portal.configuration')
        .filter(
          (one) =>
            (parameters.active ?? one.active) === one.active &&
            (parameters.is_default ?? one.is_default) === one.is_default,
        );
      return page(found, parameters, '/v1/billing_portal/configurations');
    },
  ),
];
