-- Reading what Stripe sends (API 2025-03-31 and later, older shapes where they differ): only what counts, in one flat
-- object per event, so that two states can be compared.

create function private.stripe_time(seconds text) returns timestamptz
language sql immutable set search_path = '' as $$ select to_timestamp(seconds::double precision) $$;
revoke execute on function private.stripe_time(text) from public;

create function private.stripe_id(reference jsonb) returns text
language sql immutable set search_path = ''
as $$ select case jsonb_typeof(reference) when 'object' then reference ->> 'id' else reference #>> '{}' end $$;
revoke execute on function private.stripe_id(jsonb) from public;
comment on function private.stripe_id(jsonb) is 'Stripe sends a reference as an id, or as the object itself where it was expanded.';

create function private.jsonb_overlay(base jsonb, patch jsonb) returns jsonb
language plpgsql immutable set search_path = ''
as $$
declare
  v jsonb := base;
  v_key text;
  v_value jsonb;
begin
  for v_key, v_value in select key, value from jsonb_each(patch) loop
    if jsonb_typeof(v_value) = 'object' and jsonb_typeof(v -> v_key) = 'object' then
      v_value := private.jsonb_overlay(v -> v_key, v_value);
    end if;
    v := v || jsonb_build_object(v_key, v_value);
  end loop;
  return v;
end
$$;
revoke execute on function private.jsonb_overlay(jsonb, jsonb) from public;
comment on function private.jsonb_overlay(jsonb, jsonb) is 'base with the fields of patch, objects field by field: previous_attributes laid over an object give it as it was.';

create function private.stripe_interval(word text) returns text
language sql immutable set search_path = ''
as $$ select case when word in ('month', 'monthly') then 'monthly' when word in ('year', 'yearly') then 'yearly' end $$;
revoke execute on function private.stripe_interval(text) from public;

create function private.price_plan(price jsonb) returns text
language sql stable set search_path = ''
as $$
  select plan.id
  from mgmt.subscription_plans as plan
  where price ->> 'lookup_key' in (plan.lookup_key_monthly, plan.lookup_key_yearly)
    or plan.id in (price #>> '{metadata,plan_id}', price #>> '{product,metadata,plan_id}')
  order by price ->> 'lookup_key' in (plan.lookup_key_monthly, plan.lookup_key_yearly) desc nulls last
  limit 1
$$;
revoke execute on function private.price_plan(jsonb) from public;
comment on function private.price_plan(jsonb) is 'By lookup key; a price that lost it to its successor is known by metadata.plan_id of the price or its product.';

create function private.subscription_facts(object jsonb) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_strip_nulls(jsonb_build_object(
    'status', object ->> 'status',
    'customer', private.stripe_id(object -> 'customer'),
    'plan', item.plan,
    'interval', item.interval,
    'next_plan', next.plan,
    'next_interval', case when next.plan is not null then next.interval end,
    'period_start', item.period_start,
    'period_end', item.period_end,
    'trial_end', object -> 'trial_end',
    'cancel', coalesce(
      (object ->> 'cancel_at_period_end')::boolean
        or (object ->> 'cancel_at')::numeric <= (item.period_end #>> '{}')::numeric,
      false
    ),
    'canceled_at', object -> 'canceled_at',
    'ended_at', object -> 'ended_at',
    'started_at', coalesce(object -> 'start_date', object -> 'created'),
    'latest_invoice', private.stripe_id(object -> 'latest_invoice'),
    'pending_update', coalesce(jsonb_typeof(object -> 'pending_update') = 'object', false)
  ))
  from (select) as one
  left join lateral (
    select
      private.price_plan(entry -> 'price') as plan,
      private.stripe_interval(entry #>> '{price,recurring,interval}') as interval,
      coalesce(entry -> 'current_period_start', object -> 'current_period_start') as period_start,
      coalesce(entry -> 'current_period_end', object -> 'current_period_end') as period_end
    from jsonb_array_elements(object #> '{items,data}') with ordinality as listed (entry, place)
    order by private.price_plan(entry -> 'price') is null, place
    limit 1
  ) as item on true
  left join lateral (
    select plan.id as plan, coalesce(private.stripe_interval(object #>> '{metadata,next_interval}'), item.interval) as interval
    from mgmt.subscription_plans as plan
    where plan.id = object #>> '{metadata,next_plan}'
      -- Once the change has happened the note is only a leftover.
      and (plan.id, coalesce(private.stripe_interval(object #>> '{metadata,next_interval}'), item.interval))
        is distinct from (item.plan, item.interval)
  ) as next on true
$$;
revoke execute on function private.subscription_facts(jsonb) from public;
comment on function private.subscription_facts(jsonb) is 'What counts of a subscription: two objects with equal facts are the same state to us.';

create function private.invoice_facts(object jsonb) returns jsonb
language sql immutable set search_path = ''
as $$
  select jsonb_strip_nulls(jsonb_build_object(
    'status', coalesce(object ->> 'status', 'draft'),
    'customer', private.stripe_id(object -> 'customer'),
    'subscription', coalesce(
      private.stripe_id(object #> '{parent,subscription_details,subscription}'), private.stripe_id(object -> 'subscription')
    ),
    'payment_intent', coalesce(
      (
        select private.stripe_id(paid #> '{payment,payment_intent}')
        from jsonb_array_elements(object #> '{payments,data}') as paid
        order by paid ->> 'status' = 'paid' desc
        limit 1
      ),
      private.stripe_id(object -> 'payment_intent')
    ),
    'number', object ->> 'number',
    'billing_reason', object ->> 'billing_reason',
    'currency', object ->> 'currency',
    'subtotal', coalesce((object ->> 'subtotal')::int, 0),
    'tax', coalesce(
      (select sum((tax ->> 'amount')::int) from jsonb_array_elements(
        case jsonb_typeof(object -> 'total_taxes') when 'array' then object -> 'total_taxes' end
      ) as tax),
      (object ->> 'tax')::int, 0
    ),
    'total', coalesce((object ->> 'total')::int, 0),
    'amount_due', coalesce((object ->> 'amount_due')::int, 0),
    'amount_paid', coalesce((object ->> 'amount_paid')::int, 0),
    'attempts', case when coalesce((object ->> 'attempted')::boolean, true) then coalesce((object ->> 'attempt_count')::int, 0) else 0 end,
    'period_start', coalesce(line.period_start, (object ->> 'period_start')::numeric),
    'period_end', coalesce(line.period_end, (object ->> 'period_end')::numeric),
    'issued_at', coalesce(object #>> '{status_transitions,finalized_at}', object ->> 'created'),
    'created', object -> 'created',
    'due_date', object -> 'due_date',
    'next_payment_attempt', object -> 'next_payment_attempt',
    'paid_at', object #> '{status_transitions,paid_at}',
    'hosted_invoice_url', object ->> 'hosted_invoice_url',
    'pdf_url', object ->> 'invoice_pdf',
    'lines', line.items
  ))
  from (
    select
      min((entry #>> '{period,start}')::numeric) as period_start,
      max((entry #>> '{period,end}')::numeric) as period_end,
      jsonb_agg(
        jsonb_build_object(
          'description', coalesce(entry ->> 'description', ''),
          'amount_cents', coalesce((entry ->> 'amount')::int, 0),
          'quantity', coalesce((entry ->> 'quantity')::numeric, 1)
        ) order by place
      ) as items
    from jsonb_array_elements(object #> '{lines,data}') with ordinality as listed (entry, place)
  ) as line
$$;
revoke execute on function private.invoice_facts(jsonb) from public;
comment on function private.invoice_facts(jsonb) is 'What counts of an invoice. Its period is that of its lines: Stripe''s own field looks back.';

create function private.charge_facts(object jsonb) returns jsonb
language sql immutable set search_path = ''
as $$
  select jsonb_strip_nulls(jsonb_build_object(
    'customer', private.stripe_id(object -> 'customer'),
    'payment_intent', private.stripe_id(object -> 'payment_intent'),
    'invoice', private.stripe_id(object -> 'invoice'),
    'refunded', coalesce((object ->> 'amount_refunded')::int, 0),
    'refunded_at', (
      select max((refund ->> 'created')::numeric) from jsonb_array_elements(object #> '{refunds,data}') as refund
    ),
    'currency', object ->> 'currency',
    'receipt_url', object ->> 'receipt_url'
  ))
$$;
revoke execute on function private.charge_facts(jsonb) from public;

-- The kinds of things we derive state for, by type of event. What is not here is recorded and left alone.
create function private.event_subject(type text) returns text
language sql immutable set search_path = ''
as $$
  select case
    when type in (
      'customer.subscription.created', 'customer.subscription.updated', 'customer.subscription.deleted',
      'customer.subscription.trial_will_end', 'customer.subscription.paused', 'customer.subscription.resumed',
      'reconcile.subscription'
    ) then 'subscription'
    when type in (
      'invoice.finalized', 'invoice.paid', 'invoice.payment_failed', 'invoice.voided', 'invoice.marked_uncollectible',
      'reconcile.invoice'
    ) then 'invoice'
    when type in ('charge.refunded', 'reconcile.charge') then 'charge'
    when type = 'invoice_payment.paid' then 'invoice_payment'
    when type = 'checkout.session.completed' then 'checkout'
  end
$$;
revoke execute on function private.event_subject(text) from public;

create function private.event_facts(type text, object jsonb) returns jsonb
language sql stable set search_path = ''
as $$
  select case private.event_subject(type)
    when 'subscription' then private.subscription_facts(object)
    when 'invoice' then private.invoice_facts(object)
    when 'charge' then private.charge_facts(object)
    when 'invoice_payment' then jsonb_build_object(
      'invoice', private.stripe_id(object -> 'invoice'),
      'payment_intent', private.stripe_id(object #> '{payment,payment_intent}')
    )
  end
$$;
revoke execute on function private.event_facts(text, jsonb) from public;

create function private.event_tenant_named(object jsonb) returns text
language sql immutable set search_path = ''
as $$
  select nullif(coalesce(
    object #>> '{metadata,tenant_id}',
    object #>> '{parent,subscription_details,metadata,tenant_id}',
    object #>> '{subscription_details,metadata,tenant_id}',
    object ->> 'client_reference_id'
  ), '')
$$;
revoke execute on function private.event_tenant_named(jsonb) from public;
comment on function private.event_tenant_named(jsonb) is 'The tenant that our own functions wrote onto the object at Stripe.';
