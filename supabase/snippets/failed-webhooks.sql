-- What Stripe delivered and we could not apply, newest first. A delivery is applied again when Stripe repeats it, and by
-- `npm run billing:replay`; stripe.reconcile mends what it can by itself.
select
  event.received_at,
  event.type,
  event.stripe_event_id,
  event.source,
  event.tenant_id,
  event.customer_id,
  event.error
from private.payment_events as event
where event.outcome = 'failed'
order by event.received_at desc
limit 100;
