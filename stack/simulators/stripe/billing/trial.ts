import type { Account } from '../account.ts';
import { endSubscription } from './ending.ts';
import { keepNote, noteOf } from './notes.ts';
import { day } from './periods.ts';

/** The trial's end is announced three days before, or at once when it is nearer. */
const announceSeconds = 3 * day;

/** When the end of this trial is to be announced, unless it was. */
export function reminderDue(account: Account, id: string): number | undefined {
  const { status, trial_end: end } = account.get('subscription', id);
  if (status !== 'trialing' || end === null || noteOf(account, id).trial_reminder_for === end) return undefined;
  return end - announceSeconds;
}

export function remindOfTrialEnd(account: Account, id: string): void {
  const due = reminderDue(account, id);
  if (due === undefined || due > account.now()) return;
  const subscription = account.get('subscription', id);
  keepNote(account, id, { trial_reminder_for: subscription.trial_end! });
  account.tell('customer.subscription.trial_will_end', subscription);
}

/** Without a card a trial may be set to end in cancellation or a pause. Returns whether the subscription goes on. */
export function survivesTrial(account: Account, id: string): boolean {
  const subscription = account.get('subscription', id);
  const customer = account.customer(String(subscription.customer));
  if (subscription.default_payment_method ?? customer.invoice_settings.default_payment_method) return true;
  switch (subscription.trial_settings?.end_behavior.missing_payment_method) {
    case 'cancel':
      endSubscription(account, id, { reason: 'cancellation_requested' });
      return false;
    case 'pause':
      account.change('subscription', id, { status: 'paused' });
      account.tell('customer.subscription.paused', account.get('subscription', id));
      return false;
    default:
      return true;
  }
}
