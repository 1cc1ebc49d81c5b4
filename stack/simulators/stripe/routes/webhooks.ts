import type Stripe from 'stripe';
import { z } from 'zod';
import { apiVersion } from '../account.ts';
import { invalid } from '../api/errors.ts';
import { page } from '../api/list.ts';
import { clearable, defined, expand, flag, mergeMetadata, metadata, paging, range, text } from '../api/parameters.ts';
import { route } from '../api/route.ts';
import { keepNote } from '../billing/notes.ts';
import { newId } from '../ids.ts';

export function webhookEndpoint(
  id: string,
  created: number,
  fields: Pick<Stripe.WebhookEndpoint, 'url' | 'enabled_events'> & Partial<Stripe.WebhookEndpoint>,
): Stripe.WebhookEndpoint {
  return {
    id,
    object: 'webhook_endpoint',
    api_version: null,
    application: null,
    created,
    description: null,
    livemode: false,
    metadata: {},
    status: 'enabled',
    ...fields,
  };
}

/** Endpoints and the events they get. */
export const webhookRoutes = [
  route(
    'POST',
    '/v1/webhook_endpoints',
    z.strictObject({
      url: text,
      enabled_events: z.array(text).min(1),
      description: clearable.optional(),
      metadata: metadata.optional(),
      api_version: text.optional(),
      expand,
    }),
    ({ account, parameters: given }) => {
      if (!URL.canParse(given.url))
        throw invalid('Invalid URL: An explicit scheme (such as https) must be provided.', {
          code: 'url_invalid',
          param: 'url',
        });
      if (given.api_version !== undefined && given.api_version !== apiVersion)
        throw invalid(`Invalid Stripe API version: ${given.api_version}. This simulator speaks ${apiVersion}.`, {
          param: 'api_version',
        });
      const secret = newId('whsec_', 32);
      const made = webhookEndpoint(account.newId('webhook_endpoint'), account.now(), {
        url: given.url,
        enabled_events: given.enabled_events,
        description: given.description ?? null,
        metadata: mergeMetadata({}, given.metadata),
        api_version: given.api_version ?? null,
      });
      account.create('webhook_endpoint', made);
      keepNote(account, made.id, { secret });
      // Told this once and never again.
      return { ...made, secret };
    },
  ),
  route('GET', '/v1/webhook_endpoints/:id', z.strictObject({ expand }), ({ account, path }) =>
    account.get('webhook_endpoint', path['id']!),
  ),
  route(
    'POST',
    '/v1/webhook_endpoints/:id',
    z.strictObject({
      url: text.optional(),
      enabled_events: z.array(text).min(1).optional(),
      disabled: flag.optional(),
      description: clearable.optional(),
      metadata: metadata.optional(),
      expand,
    }),
    ({ account, path, parameters: { expand: _, disabled, metadata: labels, ...fields } }) => {
      const endpoint = account.get('webhook_endpoint', path['id']!);
      return account.change('webhook_endpoint', endpoint.id, {
        ...defined(fields),
        ...(disabled !== undefined && { status: disabled ? 'disabled' : 'enabled' }),
        metadata: mergeMetadata(endpoint.metadata, labels),
      });
    },
  ),
  route('DELETE', '/v1/webhook_endpoints/:id', z.strictObject({}), ({ account, path }) => {
    const { id } = account.get('webhook_endpoint', path['id']!);
    account.store.remove('webhook_endpoint', id);
    return { id, object: 'webhook_endpoint', deleted: true };
  }),
  route('GET', '/v1/webhook_endpoints', z.strictObject(paging), ({ account, parameters }) =>
    page(account.store.all('webhook_endpoint'), parameters, '/v1/webhook_endpoints'),
  ),
  route('GET', '/v1/events/:id', z.strictObject({ expand }), ({ account, path }) => account.get('event', path['id']!)),
  route(
    'GET',
    '/v1/events',
    z.strictObject({
      ...paging,
      type: text.optional(),
      types: z.array(text).max(20).optional(),
      created: range.optional(),
      delivery_success: flag.optional(),
    }),
    ({ account, parameters }) => {
      const { type, types, delivery_success: delivered } = parameters;
      const wanted = types ?? (type === undefined ? undefined : [type]);
      const found = account.store
        .all('event')
        .filter(
          (event) =>
            (!wanted || wanted.some((one) => fits(one, event.type))) &&
            (delivered === undefined || delivered === (event.pending_webhooks === 0)),
        );
      return page(found, parameters, '/v1/events');
    },
  ),
];

/** `*` and `customer.subscription.*` are patterns. */
export function fits(pattern: string, type: string): boolean {
  return pattern === '*' || pattern === type || (pattern.endsWith('.*') && type.startsWith(pattern.slice(0, -1)));
}
