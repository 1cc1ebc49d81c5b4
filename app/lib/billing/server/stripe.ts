import type { RequestEvent } from '@sveltejs/kit';
import type { AbovePlan } from '#lib/server/account.ts';
import { callFunction } from '#lib/server/functions.ts';
import type { Interval } from '../plan.ts';

/** What a change would mean, of `POST /billing/preview` (docs/architecture.md). */
export interface Preview {
  action: 'checkout' | 'change';
  kind: 'first' | 'upgrade' | 'downgrade' | 'cancel' | 'undo';
  due_now_cents: number;
  currency: string;
  next_amount_cents: number;
  next_date: string | null;
  effective: 'now' | 'period_end';
  effective_at: string | null;
  above_plan: AbovePlan | null;
}

export interface Choice {
  plan_id: string;
  interval: Interval;
  idempotency_key?: string;
}

/** The edge function `billing`, as the Owner who asks. */
function ask<T>(event: RequestEvent, route: string, body: object): Promise<T> {
  return callFunction<T>(event, `billing/${route}`, { method: 'POST', body, late: 'stripe_unavailable' });
}

export const askStripe = {
  preview: (event: RequestEvent, choice: Choice) => ask<Preview>(event, 'preview', choice),
  checkout: (event: RequestEvent, choice: Choice) => ask<{ url: string }>(event, 'checkout', choice),
  portal: (event: RequestEvent) => ask<{ url: string }>(event, 'portal', {}),
  change: (event: RequestEvent, choice: Choice) => ask<{ effective: 'now' | 'period_end' }>(event, 'change', choice),
  cancel: (event: RequestEvent, why: { reason?: string; comment?: string }) =>
    ask<{ cancel_at: string }>(event, 'cancel', why),
  reactivate: (event: RequestEvent) => ask<{ renews_at: string }>(event, 'reactivate', {}),
};
