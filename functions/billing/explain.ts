import Stripe from 'stripe';
import { AppError } from '../_shared/app-error.ts';

const { errors } = Stripe;

const confirmationCodes = new Set([
  'authentication_required',
  'subscription_payment_intent_requires_action',
  'invoice_payment_intent_requires_action',
]);

/** Words for what Stripe refused. Everything else is passed on as it is. */
export function explainStripe(thrown: unknown): unknown {
  if (!(thrown instanceof errors.StripeError)) return thrown;
  if (needsConfirmation(thrown)) {
    return new AppError('payment_action_required', 'Your bank wants you to confirm this payment.', {
      hint: 'Undo the planned change of your plan first, then try again.',
      cause: cause(thrown),
    });
  }
  if (thrown instanceof errors.StripeCardError || isWithoutCard(thrown)) {
    return new AppError('payment_declined', declined(thrown), {
      hint: 'Nothing was changed. Update your payment method, or ask your bank, and try again.',
      cause: cause(thrown),
    });
  }
  if (
    thrown instanceof errors.StripeConnectionError ||
    thrown instanceof errors.StripeAPIError ||
    thrown instanceof errors.StripeRateLimitError
  ) {
    return new AppError('stripe_unavailable', 'Stripe, which takes the payments, does not answer as it should.', {
      hint: 'Try again in a minute. Nothing is done or paid twice.',
      cause: cause(thrown),
    });
  }
  if (thrown instanceof errors.StripeAuthenticationError || thrown instanceof errors.StripePermissionError) {
    return new AppError('billing_not_configured', 'Payments are not set up correctly here.', {
      hint: 'Ask the operator to check STRIPE_SECRET_KEY.',
      cause: cause(thrown),
    });
  }
  if (thrown instanceof errors.StripeIdempotencyError) {
    return new AppError('conflict', 'The same request is under way with other content.', {
      hint: 'Load the page again.',
      cause: cause(thrown),
    });
  }
  return new AppError('internal', 'Stripe did not accept what we asked of it.', {
    hint: 'Try again. If it happens again, tell support the request id.',
    cause: cause(thrown),
  });
}

/** The bank wants the person to confirm (3-D Secure); a charge without them is refused until then. */
export function needsConfirmation(thrown: unknown): boolean {
  if (!(thrown instanceof errors.StripeError)) return false;
  const { code, decline_code: reason } = thrown;
  return reason === 'authentication_required' || (code !== undefined && confirmationCodes.has(code));
}

/** What was to be changed is not any more as it was when it was read: somebody was faster. */
export function isOvertaken(thrown: unknown): boolean {
  return thrown instanceof errors.StripeInvalidRequestError && !isWithoutCard(thrown);
}

function isWithoutCard({ type, code, message }: Stripe.errors.StripeError): boolean {
  return (
    type === 'StripeInvalidRequestError' && code === 'resource_missing' && /payment (source|method)/i.test(message)
  );
}

function declined({ code, decline_code: reason }: Stripe.errors.StripeError): string {
  if (reason === 'insufficient_funds') return 'Your card has not enough money for this payment.';
  if (code === 'expired_card' || reason === 'expired_card') return 'Your card has expired.';
  if (code === 'resource_missing') return 'There is no payment method to charge.';
  return 'Your card was declined.';
}

/** Enough to find it in Stripe's log; the error itself can carry the whole payment. */
function cause({
  type,
  code,
  decline_code: reason,
  statusCode,
  requestId,
  message,
}: Stripe.errors.StripeError): string {
  const facts = [type, statusCode, code, reason, requestId].filter(Boolean).join(' ');
  return `${facts}: ${message}`;
}
