import type { Account } from '../account.ts';
import { invalid } from './errors.ts';
import { type Kind, prefixes } from '../kinds.ts';
import { rendered } from './render.ts';

type Hash = Record<string, unknown>;

const deepest = 4;

/** The answer as the caller sees it: hidden fields left out, and the objects of `expand` in place of their ids. */
export function answer(account: Account, object: object, expand: string[] = []): object {
  const shown = copyOf(account, object);
  for (const path of expand) {
    const segments = path.split('.');
    if (segments.filter((segment) => segment !== 'data').length > deepest)
      throw invalid(`You cannot expand more than ${deepest} levels of a property: ${path}.`, { param: 'expand' });
    grow(account, [shown], segments, path);
  }
  return shown;
}

/** A shown copy, which may be changed; members of lists are shown too. */
function copyOf(account: Account, object: object): Hash {
  const shown = structuredClone(rendered(object));
  const isList = shown['object'] === 'list' || shown['object'] === 'search_result';
  if (isList) shown['data'] = (shown['data'] as object[]).map((member) => copyOf(account, member));
  return shown;
}

function grow(account: Account, owners: Hash[], [segment = '', ...rest]: string[], path: string): void {
  const next: Hash[] = [];
  for (const owner of owners) {
    const grown = member(account, owner, segment, path);
    if (grown === null || grown === undefined) continue;
    owner[segment] = grown;
    next.push(...((Array.isArray(grown) ? grown : [grown]) as Hash[]));
  }
  if (rest.length > 0) grow(account, next, rest, path);
}

function member(account: Account, owner: Hash, name: string, path: string): unknown {
  const value = owner[name];
  if (value === undefined) {
    const included = include(account, owner, name);
    if (included) return copyOf(account, included);
    // Parts of a payment or a parent exist only for one of its types.
    if (!('object' in owner)) return undefined;
    throw invalid(`This property cannot be expanded (${path}).`, { param: 'expand' });
  }
  if (typeof value === 'string') return expanded(account, value, path);
  if (Array.isArray(value))
    return value.map((item: unknown) => (typeof item === 'string' ? expanded(account, item, path) : item));
  return value;
}

function expanded(account: Account, id: string, path: string): Hash {
  const kind = kindOf(id);
  const object = kind && account.store.find(kind, id);
  if (!object) throw invalid(`This property cannot be expanded (${path}).`, { param: 'expand' });
  return copyOf(account, object);
}

/** Of two prefixes that fit the longer one is meant: a schedule's id begins like a subscription's. */
function kindOf(id: string): Kind | undefined {
  const fitting = Object.entries(prefixes).filter(([, prefix]) => id.startsWith(prefix));
  return fitting.sort(([, a], [, b]) => b.length - a.length)[0]?.[0] as Kind | undefined;
}

/** Fields that exist only for those who ask. */
function include(account: Account, owner: Hash, name: string): object | undefined {
  const id = String(owner['id']);
  const list = (data: object[], url: string) => ({ object: 'list', data, has_more: false, url });
  switch (`${String(owner['object'])} ${name}`) {
    case 'checkout.session line_items':
      return account.store.find('checkout.session', id)?.line_items;
    case 'invoice payments':
      return list(
        account.store.all('invoice_payment').filter(({ invoice }) => invoice === id),
        '/v1/invoice_payments',
      );
    case 'invoice confirmation_secret': {
      const payment = account.store.all('invoice_payment').find(({ invoice }) => invoice === id);
      const intent = account.store.find('payment_intent', payment && String(payment.payment.payment_intent));
      return intent && { client_secret: intent.client_secret, type: 'payment_intent' };
    }
    case 'customer subscriptions':
      return list(
        account.store.all('subscription').filter(({ customer, status }) => customer === id && status !== 'canceled'),
        `/v1/customers/${id}/subscriptions`,
      );
    case 'charge refunds':
      return list(
        account.store.all('refund').filter(({ charge }) => charge === id),
        `/v1/charges/${id}/refunds`,
      );
    case 'customer tax':
      return { automatic_tax: 'supported', ip_address: null, location: null };
    default:
      return undefined;
  }
}
