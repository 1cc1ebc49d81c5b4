/** Fields that Stripe gives only to those who ask by `expand`. */
const hidden: Record<string, string[]> = {
  'checkout.session': ['line_items'],
  customer: ['subscriptions', 'sources', 'tax_ids', 'tax', 'cash_balance'],
  invoice: ['payments', 'confirmation_secret'],
  charge: ['refunds'],
};

/** An object as an answer or event shows it, without what must be asked for. */
export function rendered(object: object): Record<string, unknown> {
  const leftOut = hidden[String(Reflect.get(object, 'object'))] ?? [];
  return Object.fromEntries(Object.entries(object).filter(([name]) => !leftOut.includes(name)));
}

/** Earlier values of the fields that differ, as `previous_attributes` has them: nested hashes by key, lists whole. */
export function differences(before: object, after: object): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const old: unknown = Reflect.get(before, name);
    const now: unknown = Reflect.get(after, name);
    if (JSON.stringify(old) === JSON.stringify(now)) continue;
    if (isHash(old) && isHash(now) && Reflect.get(old, 'object') !== 'list') found[name] = differences(old, now);
    else found[name] = old ?? null;
  }
  return found;
}

function isHash(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
