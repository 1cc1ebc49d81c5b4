import type { Stripe } from './client.ts';

/** Which customer of Stripe is which tenant, as the database keeps it. */
export interface CustomerRegister {
  /** The tenant's customer, or null. */
  find(tenantId: string): Promise<string | null>;
  /** Links the customer to the tenant unless another was faster; `find` tells who won. */
  link(tenantId: string, customerId: string): Promise<void>;
}

export interface CustomerFacts {
  tenantId: string;
  name: string;
  email: string | null;
}

/**
 * The tenant's customer, made when there is none. Found by our link or by metadata, never by email. However many ask at once, one
 * customer results: Stripe answers the same idempotency key with the same customer, and the database's link has the last word.
 */
export async function ensureCustomer(
  stripe: Stripe,
  register: CustomerRegister,
  { tenantId, name, email }: CustomerFacts,
): Promise<string> {
  const known = await register.find(tenantId);
  if (known) return known;
  const found = await stripe.customers.search({ query: `metadata['tenant_id']:'${tenantId}'`, limit: 1 });
  // Nothing else goes in here: under one key Stripe wants the same words each time, and a name can change in between.
  const customer =
    found.data[0] ??
    (await stripe.customers.create({ metadata: { tenant_id: tenantId } }, { idempotencyKey: `customer:${tenantId}` }));
  await register.link(tenantId, customer.id);
  const winner = (await register.find(tenantId)) ?? customer.id;
  if (winner === customer.id && !found.data[0]) {
    await stripe.customers.update(winner, { name, ...(email !== null && { email }) });
  }
  return winner;
}
