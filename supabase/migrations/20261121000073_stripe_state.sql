-- The newest state of a thing at Stripe, from all that was heard of it, whatever order it came in.
-- docs/decisions/billing-events.md says why it is decided this way.

create type private.snapshot as (event_id text, created timestamptz, facts jsonb, certain boolean);

-- A change is an edge from the state before (facts_before) to the state after (facts). The changes of one second make a
-- path, in whatever order they are told; its end is the state that is entered once more often than it is left.
create function private.subscription_at(subscription text, until timestamptz) returns private.snapshot
language plpgsql stable security definer set search_path = ''
as $$
declare
  v private.snapshot;
  v_seen private.snapshot;
  v_second timestamptz;
  v_others int;
begin
  -- Nothing follows an end.
  select stripe_event_id, created, facts, true into v
  from private.payment_events
  where object_id = subscription and created <= until and private.event_subject(type) = 'subscription'
    and facts ->> 'status' in ('canceled', 'incomplete_expired')
  order by created desc, source = 'reconcile' desc, stripe_event_id desc
  limit 1;
  if found then
    return v;
  end if;

  -- A look at Stripe outdoes whatever had happened until then.
  select stripe_event_id, created, facts, true into v_seen
  from private.payment_events
  where object_id = subscription and created <= until and type = 'reconcile.subscription'
  order by created desc, stripe_event_id desc
  limit 1;

  select max(created) into v_second
  from private.payment_events
  where object_id = subscription and created <= until and source = 'webhook'
    and private.event_subject(type) = 'subscription'
    and created >= coalesce(v_seen.created, '-infinity');
  if v_second is null then
    return v_seen;
  end if;

  with told as (
    select stripe_event_id, created, type, facts, facts_before
    from private.payment_events
    where object_id = subscription and created = v_second and source = 'webhook'
      and private.event_subject(type) = 'subscription'
  ),
  changes as (
    select * from told where facts_before <> facts and type = 'customer.subscription.updated'
  ),
  balances as (
    select facts, sum(step) as balance
    from (
      select facts, 1 as step from changes
      union all
      select facts_before, -1 from changes
    ) as ends
    group by facts
  ),
  candidates as (
    select told.*, balances.balance from told join balances using (facts) where balances.balance > 0
    union all
    -- No change among them: each tells a state, and the first state only if nothing else does.
    select told.*, 1 from told
    where not exists (select from changes)
      and (type <> 'customer.subscription.created' or not exists (select from told where type <> 'customer.subscription.created'))
  )
  select
    (array_agg(stripe_event_id order by stripe_event_id desc))[1], v_second,
    (array_agg(facts order by stripe_event_id desc))[1],
    count(distinct facts) = 1 and max(balance) = 1
      and not exists (
        select from told
        where exists (select from changes) and facts not in (select facts from balances)
      )
  into v
  from candidates;

  if v.event_id is null then
    -- The changes of this second lead back to where they began.
    with told as (
      select stripe_event_id, type, facts, facts_before
      from private.payment_events
      where object_id = subscription and created = v_second and source = 'webhook'
        and private.event_subject(type) = 'subscription'
    )
    select stripe_event_id, v_second, told.facts, true into v
    from told
    where told.facts = coalesce(
      (select born.facts from told as born where born.type = 'customer.subscription.created'),
      (private.subscription_at(subscription, v_second - interval '1 second')).facts
    )
    order by stripe_event_id desc
    limit 1;
    if not found then
      select stripe_event_id, v_second, facts, false into v
      from private.payment_events
      where object_id = subscription and created = v_second and type = 'customer.subscription.updated'
      order by stripe_event_id desc
      limit 1;
    end if;
  end if;

  if v_seen.created = v_second then
    -- Heard and seen within one second: what was seen holds, and another look settles what differs.
    select count(*) into v_others
    from private.payment_events
    where object_id = subscription and created = v_second and type = 'reconcile.subscription' and facts <> v_seen.facts;
    v_seen.certain := v.facts = v_seen.facts and v_others = 0;
    return v_seen;
  end if;
  return v;
end
$$;
revoke execute on function private.subscription_at(text, timestamptz) from public;
comment on function private.subscription_at(text, timestamptz) is 'The last known state of a subscription at that second; certain is false where the events leave it open.';

create function private.derive_stripe_subscription(subscription text) returns private.stripe_subscriptions
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_last private.snapshot := private.subscription_at(subscription, 'infinity');
  v private.stripe_subscriptions;
  f constant jsonb := v_last.facts;
begin
  if f is null then
    return null;
  end if;
  if f ->> 'plan' is null or f ->> 'interval' is null then
    raise exception using message = format('The price of subscription %s is none of ours.', subscription), detail = 'unknown_plan';
  end if;
  v.stripe_subscription_id := subscription;
  v.stripe_customer_id := f ->> 'customer';
  v.status := f ->> 'status';
  v.plan_id := f ->> 'plan';
  v.billing_interval := f ->> 'interval';
  v.next_plan_id := f ->> 'next_plan';
  v.next_billing_interval := f ->> 'next_interval';
  v.period_start := private.stripe_time(f ->> 'period_start');
  v.period_end := private.stripe_time(f ->> 'period_end');
  v.trial_end := private.stripe_time(f ->> 'trial_end');
  v.cancel_at_period_end := (f ->> 'cancel')::boolean;
  v.canceled_at := private.stripe_time(f ->> 'canceled_at');
  v.started_at := private.stripe_time(f ->> 'started_at');
  v.ended_at := case when v.status in ('canceled', 'incomplete_expired')
    then coalesce(private.stripe_time(f ->> 'ended_at'), v_last.created) end;
  v.latest_invoice := f ->> 'latest_invoice';
  v.pending_update := (f ->> 'pending_update')::boolean;
  v.observed_at := v_last.created;
  v.observed_by := v_last.event_id;
  v.certain := v_last.certain;

  with told as (
    select
      event.created, event.source, event.type, event.facts ->> 'status' as status,
      now_on.tier_order as tier, before.tier_order as tier_before,
      lag(now_on.tier_order) over (order by event.created, event.source = 'reconcile', event.stripe_event_id) as tier_known
    from private.payment_events as event
    left join mgmt.subscription_plans as now_on on now_on.id = event.facts ->> 'plan'
    left join mgmt.subscription_plans as before on before.id = event.facts_before ->> 'plan'
    where event.object_id = subscription and private.event_subject(event.type) = 'subscription'
  )
  select
    bool_or(status not in ('incomplete', 'incomplete_expired')),
    max(created) filter (
      where tier > tier_before and type = 'customer.subscription.updated'
        or source = 'reconcile' and tier > tier_known
    ),
    min(created) filter (
      where status in ('past_due', 'unpaid')
        and created > coalesce((select max(earlier.created) from told as earlier where earlier.status not in ('past_due', 'unpaid')), '-infinity')
    )
  into v.has_run, v.upgraded_at, v.unpaid_since
  from told;
  return v;
end
$$;
revoke execute on function private.derive_stripe_subscription(text) from public;
comment on function private.derive_stripe_subscription(text) is 'A subscription''s newest state from the log alone; null when the log knows nothing of it.';

-- Invoices only move forward, so the furthest state is the newest; within one, the latest word counts.
create function private.newest_invoice(invoice text) returns private.snapshot
language sql stable security definer set search_path = ''
as $$
  select stripe_event_id, created, facts, true
  from private.payment_events
  where object_id = invoice and private.event_subject(type) = 'invoice'
  order by
    case facts ->> 'status' when 'draft' then 0 when 'open' then 1 when 'uncollectible' then 2 else 3 end desc,
    created desc, source = 'reconcile' desc, (facts ->> 'attempts')::int desc, stripe_event_id desc
  limit 1
$$;
revoke execute on function private.newest_invoice(text) from public;

create function private.newest_charge(charge text) returns private.snapshot
language sql stable security definer set search_path = ''
as $$
  select stripe_event_id, created, facts, true
  from private.payment_events
  where object_id = charge and private.event_subject(type) = 'charge'
  order by created desc, source = 'reconcile' desc, (facts ->> 'refunded')::int desc, stripe_event_id desc
  limit 1
$$;
revoke execute on function private.newest_charge(text) from public;

-- Keeping what is derived. Each writes only what differs, and says whether anything did.

create function private.keep_stripe_subscription(subscription text, tenant text) returns boolean
language plpgsql security definer set search_path = ''
as $$
declare
  v private.stripe_subscriptions := private.derive_stripe_subscription(subscription);
begin
  v.tenant_id := tenant;
  if exists (
    select from private.stripe_subscriptions as known
    where known.stripe_subscription_id = subscription and known is not distinct from v
  ) then
    return false;
  end if;
  delete from private.stripe_subscriptions where stripe_subscription_id = subscription;
  insert into private.stripe_subscriptions select v.*;
  return true;
end
$$;
revoke execute on function private.keep_stripe_subscription(text, text) from public;

create function private.keep_invoice(invoice text, tenant text) returns boolean
language plpgsql security definer set search_path = ''
as $$
declare
  v_last private.snapshot := private.newest_invoice(invoice);
  f constant jsonb := v_last.facts;
  v_known mgmt.invoices;
  v mgmt.invoices;
begin
  -- Drafts still change, and nobody owes anything by them.
  if f ->> 'status' = 'draft' then
    return false;
  end if;
  select * into v_known from mgmt.invoices where stripe_invoice_id = invoice;
  v.id := coalesce(v_known.id, gen_random_uuid());
  v.created_at := coalesce(v_known.created_at, now());
  v.updated_at := coalesce(v_known.updated_at, now());
  v.tenant_id := tenant;
  v.subscription_id := (select id from mgmt.subscriptions where stripe_subscription_id = f ->> 'subscription');
  v.stripe_invoice_id := invoice;
  v.stripe_subscription_id := f ->> 'subscription';
  v.number := f ->> 'number';
  v.status := f ->> 'status';
  v.billing_reason := f ->> 'billing_reason';
  v.currency := f ->> 'currency';
  v.subtotal_cents := (f ->> 'subtotal')::int;
  v.tax_cents := (f ->> 'tax')::int;
  v.total_cents := (f ->> 'total')::int;
  v.amount_due_cents := (f ->> 'amount_due')::int;
  v.amount_paid_cents := (f ->> 'amount_paid')::int;
  v.attempts := (f ->> 'attempts')::int;
  v.period_start := private.stripe_time(f ->> 'period_start');
  v.period_end := private.stripe_time(f ->> 'period_end');
  v.issued_at := private.stripe_time(f ->> 'issued_at');
  v.due_date := private.stripe_time(f ->> 'due_date');
  v.next_payment_attempt := private.stripe_time(f ->> 'next_payment_attempt');
  v.paid_at := private.stripe_time(f ->> 'paid_at');
  v.hosted_invoice_url := f ->> 'hosted_invoice_url';
  v.pdf_url := f ->> 'pdf_url';
  v.line_items := coalesce(f -> 'lines', '[]');
  v.observed_at := v_last.created;
  v.observed_by := v_last.event_id;
  if v_known.id is null then
    insert into mgmt.invoices select v.*;
  elsif v is distinct from v_known then
    update mgmt.invoices set
      tenant_id = v.tenant_id, subscription_id = v.subscription_id, stripe_subscription_id = v.stripe_subscription_id,
      number = v.number, status = v.status, billing_reason = v.billing_reason, currency = v.currency,
      subtotal_cents = v.subtotal_cents, tax_cents = v.tax_cents, total_cents = v.total_cents,
      amount_due_cents = v.amount_due_cents, amount_paid_cents = v.amount_paid_cents, attempts = v.attempts,
      period_start = v.period_start, period_end = v.period_end, issued_at = v.issued_at, due_date = v.due_date,
      next_payment_attempt = v.next_payment_attempt, paid_at = v.paid_at, hosted_invoice_url = v.hosted_invoice_url,
      pdf_url = v.pdf_url, line_items = v.line_items, observed_at = v.observed_at, observed_by = v.observed_by
    where id = v.id;
  end if;
  return private.keep_payment(v, f ->> 'payment_intent') or v is distinct from v_known;
end
$$;
revoke execute on function private.keep_invoice(text, text) from public;

create function private.keep_payment(invoice mgmt.invoices, payment_intent text) returns boolean
language plpgsql security definer set search_path = ''
as $$
declare
  v_paid constant boolean := invoice.status = 'paid';
begin
  if (case when v_paid then invoice.amount_paid_cents = 0 else invoice.attempts = 0 end) then
    delete from mgmt.payments where stripe_invoice_id = invoice.stripe_invoice_id;
    return found;
  end if;
  insert into mgmt.payments as known (
    tenant_id, invoice_id, kind, status, amount_cents, currency, occurred_at, stripe_invoice_id, stripe_payment_intent_id
  ) values (
    invoice.tenant_id, invoice.id, 'payment', case when v_paid then 'succeeded' else 'failed' end,
    case when v_paid then invoice.amount_paid_cents else invoice.amount_due_cents end, invoice.currency,
    case when v_paid then coalesce(invoice.paid_at, invoice.issued_at) else invoice.issued_at end,
    invoice.stripe_invoice_id, payment_intent
  )
  on conflict (stripe_invoice_id) do update set
    tenant_id = excluded.tenant_id, invoice_id = excluded.invoice_id, status = excluded.status,
    amount_cents = excluded.amount_cents, currency = excluded.currency, occurred_at = excluded.occurred_at,
    stripe_payment_intent_id = excluded.stripe_payment_intent_id
  where (known.tenant_id, known.invoice_id, known.status, known.amount_cents, known.currency, known.occurred_at, known.stripe_payment_intent_id)
    is distinct from (excluded.tenant_id, excluded.invoice_id, excluded.status, excluded.amount_cents,
      excluded.currency, excluded.occurred_at, excluded.stripe_payment_intent_id);
  return found;
end
$$;
revoke execute on function private.keep_payment(mgmt.invoices, text) from public;
comment on function private.keep_payment(mgmt.invoices, text) is 'The payment for an invoice. One that failed is dated by its invoice, so that a retry does not move it.';

create function private.keep_charge(charge text, tenant text) returns boolean
language plpgsql security definer set search_path = ''
as $$
declare
  v_last private.snapshot := private.newest_charge(charge);
  f constant jsonb := v_last.facts;
begin
  if (f ->> 'refunded')::int = 0 then
    delete from mgmt.payments where stripe_charge_id = charge;
    return found;
  end if;
  insert into mgmt.payments as known (
    tenant_id, kind, status, amount_cents, currency, occurred_at, stripe_charge_id, stripe_payment_intent_id, receipt_url
  ) values (
    tenant, 'refund', 'succeeded', (f ->> 'refunded')::int, f ->> 'currency',
    coalesce(private.stripe_time(f ->> 'refunded_at'), v_last.created), charge, f ->> 'payment_intent', f ->> 'receipt_url'
  )
  on conflict (stripe_charge_id) do update set
    tenant_id = excluded.tenant_id, amount_cents = excluded.amount_cents, currency = excluded.currency,
    occurred_at = excluded.occurred_at, stripe_payment_intent_id = excluded.stripe_payment_intent_id,
    receipt_url = excluded.receipt_url
  where (known.tenant_id, known.amount_cents, known.currency, known.occurred_at, known.stripe_payment_intent_id, known.receipt_url)
    is distinct from (excluded.tenant_id, excluded.amount_cents, excluded.currency, excluded.occurred_at,
      excluded.stripe_payment_intent_id, excluded.receipt_url);
  return found;
end
$$;
revoke execute on function private.keep_charge(text, text) from public;

create function private.link_refunds(tenant text) returns void
language sql security definer set search_path = ''
as $$
  update mgmt.payments as refund
  set invoice_id = found.invoice_id
  from (
    select known.id, (
      select invoice.id
      from mgmt.invoices as invoice
      where invoice.tenant_id = link_refunds.tenant and invoice.stripe_invoice_id in (
        select payment.stripe_invoice_id
        from mgmt.payments as payment
        where payment.stripe_payment_intent_id = known.stripe_payment_intent_id and payment.kind = 'payment'
        union all
        select event.facts ->> 'invoice'
        from private.payment_events as event
        where event.object_id = known.stripe_payment_intent_id and event.type = 'invoice_payment.paid'
        union all
        select event.facts ->> 'invoice'
        from private.payment_events as event
        where event.object_id = known.stripe_charge_id and private.event_subject(event.type) = 'charge'
      )
      order by invoice.stripe_invoice_id
      limit 1
    ) as invoice_id
    from mgmt.payments as known
    where known.tenant_id = link_refunds.tenant and known.kind = 'refund'
  ) as found
  where refund.id = found.id and refund.invoice_id is distinct from found.invoice_id
$$;
revoke execute on function private.link_refunds(text) from public;
comment on function private.link_refunds(text) is 'A charge no longer names its invoice; the payment intent that both share does.';
