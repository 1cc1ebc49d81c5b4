import type { Stripe } from '../../domain/stripe/client.ts';
import type { Call } from '../_shared/http.ts';
import type { MgmtClient } from '../_shared/supabase.ts';

export interface BillingDeps {
  /** Throws when Stripe is not set up. */
  stripe: () => Stripe;
  /** Where people come back to. */
  appUrl: string;
  userClient: (call: Call) => MgmtClient;
  /** `call`: whom the write is made for. */
  serviceClient: (call?: Call) => MgmtClient;
}
