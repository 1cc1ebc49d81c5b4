-- Rebuilding everything about payments from the log, and reading the log faster.
--
-- A function in SQL is planned anew at each call, one in plpgsql once per connection; those that each event calls are
-- plpgsql from here on.

create or replace function private.price_plan(price jsonb) returns text
language plpgsql stable set search_path = ''
as $$
begin
  return (
    select plan.id
    from mgmt.subscription_plans as plan
    where price ->> 'lookup_key' in (plan.lookup_key_monthly, plan.lookup_key_yearly)
      or plan.id in (price #>> '{metadata,plan_id}', price #>> '{product,metadata,plan_id}')
    order by price ->> 'lookup_key' in (plan.lookup_key_monthly, plan.lookup_key_yearly) desc nulls last
    limit 1
  );
end
$$;

create or replace function private.subscription_facts(object jsonb) returns jsonb
language plpgsql stable set search_path = ''
as $$
begin
  return (
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
  );
end
$$;

create or replace function private.invoice_facts(object jsonb) returns jsonb
language plpgsql immutable set search_path = ''
as $$
begin
  return (
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
  );
end
$$;

create or replace function private.newest_invoice(invoice text) returns private.snapshot
language plpgsql stable security definer set search_path = ''
as $$
declare
  v private.snapshot;
begin
  select stripe_event_id, created, facts, true into v
  from private.payment_events
  where object_id = invoice and private.event_subject(type) = 'invoice'
  order by
    case facts ->> 'status' when 'draft' then 0 when 'open' then 1 when 'uncollectible' then 2 else 3 end desc,
    created desc, source = 'reconcile' desc, (facts ->> 'attempts')::int desc, stripe_event_id desc
  limit 1;
  return v;
end
$$;

create or replace function private.newest_charge(charge text) returns private.snapshot
language plpgsql stable security definer set search_path = ''
as $$
declare
  v private.snapshot;
begin
  select stripe_event_id, created, facts, true into v
  from private.payment_events
  where object_id = charge and private.event_subject(type) = 'charge'
  order by created desc, source = 'reconcile' desc, (facts ->> 'refunded')::int desc, stripe_event_id desc
  limit 1;
  return v;
end
$$;

create or replace function private.link_refunds(tenant text) returns void
language plpgsql security definer set search_path = ''
as $$
begin
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
  where refund.id = found.id and refund.invoice_id is distinct from found.invoice_id;
end
$$;

create or replace function private.event_tenant(event private.payment_events) returns text
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_named text := private.event_tenant_named(event.payload #> '{data,object}');
  v_linked text := (
    select tenant_id from private.stripe_customers where stripe_customer_id = event.customer_id
  );
begin
  if v_named <> v_linked then
    raise exception using detail = 'foreign_customer',
      message = format('Customer %s belongs to another table than %s.', event.customer_id, v_named);
  end if;
  if v_linked is not null then
    return v_linked;
  end if;
  if v_named is null then
    raise exception using detail = 'unknown_tenant', message = 'Neither the object nor its customer names a table.';
  end if;
  if not exists (select from public.tenants as tenant where tenant.id = v_named) then
    raise exception using detail = 'unknown_tenant', message = format('There is no table %s.', v_named);
  end if;
  return v_named;
end
$$;

create function private.read_payment_event(event_id text) returns private.payment_events
language plpgsql security definer set search_path = ''
as $$
declare
  v private.payment_events;
  v_known private.payment_events;
  v_object jsonb;
begin
  select * into v from private.payment_events where stripe_event_id = event_id;
  v_known := v;
  v_object := v.payload #> '{data,object}';
  v.object_id := case private.event_subject(v.type)
    -- What it is looked for by.
    when 'invoice_payment' then private.stripe_id(v_object #> '{payment,payment_intent}')
    else v_object ->> 'id'
  end;
  v.facts := private.event_facts(v.type, v_object);
  v.facts_before := case when v.type = 'customer.subscription.updated' then
    private.event_facts(v.type, private.jsonb_overlay(v_object, v.payload #> '{data,previous_attributes}'))
  end;
  if private.event_subject(v.type) = 'subscription' and (v.facts ->> 'plan' is null or v.facts ->> 'interval' is null) then
    raise exception using message = format('The price of subscription %s is none of ours.', v.object_id), detail = 'unknown_plan';
  end if;
  if v is distinct from v_known then
    update private.payment_events as event
    set object_id = v.object_id, facts = v.facts, facts_before = v.facts_before
    where event.stripe_event_id = event_id;
  end if;
  return v;
end
$$;
revoke execute on function private.read_payment_event(text) from public;
comment on function private.read_payment_event(text) is 'Reads what counts out of a recorded event; from then on it counts. Raises unknown_plan.';

create or replace function private.apply_payment_event(event_id text, out tenant text, out outcome text)
language plpgsql security definer set search_path = ''
as $$
declare
  v private.payment_events;
  v_subject text;
  v_other text;
begin
  select * into v from private.payment_events where stripe_event_id = event_id;
  v_subject := private.event_subject(v.type);
  if v_subject is null then
    outcome := 'ignored';
    return;
  end if;
  v := private.read_payment_event(event_id);
  if v_subject = 'invoice_payment' then
    -- It names no customer; the invoice does, now or later.
    tenant := (select invoice.tenant_id from mgmt.invoices as invoice where invoice.stripe_invoice_id = v.facts ->> 'invoice');
    if tenant is not null then
      perform private.lock_billing(tenant);
      perform private.link_refunds(tenant);
    end if;
    outcome := 'applied';
    return;
  end if;

  tenant := private.event_tenant(v);
  perform private.lock_billing(tenant);
  outcome := 'applied';
  case v_subject
    when 'subscription' then
      if not private.keep_stripe_subscription(v.object_id, tenant) and (
        select observed_by from private.stripe_subscriptions where stripe_subscription_id = v.object_id
      ) <> event_id then
        outcome := 'stale';
      end if;
      if not (select certain from private.stripe_subscriptions where stripe_subscription_id = v.object_id) then
        perform private.ask_stripe(v.object_id, tenant);
      end if;
    when 'invoice' then
      if not private.keep_invoice(v.object_id, tenant) and (private.newest_invoice(v.object_id)).event_id <> event_id then
        outcome := 'stale';
      end if;
      perform private.link_refunds(tenant);
    when 'charge' then
      if not private.keep_charge(v.object_id, tenant) and (private.newest_charge(v.object_id)).event_id <> event_id then
        outcome := 'stale';
      end if;
      perform private.link_refunds(tenant);
    when 'checkout' then
      null;
  end case;
  if v_subject in ('subscription', 'invoice') then
    perform private.project_billing(tenant);
  end if;

  -- What came before anybody could know whose customer it is.
  if v.customer_id is not null and private.link_customer(v.customer_id, tenant) then
    for v_other in
      select waiting.stripe_event_id from private.payment_events as waiting
      where waiting.customer_id = v.customer_id and waiting.outcome = 'failed' and waiting.stripe_event_id <> event_id
      order by waiting.created, waiting.stripe_event_id
    loop
      perform private.try_payment_event(v_other);
    end loop;
  end if;
end
$$;

create function private.billing_image(tenant text default null) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'subscriptions', coalesce((
      select jsonb_object_agg(
        concat_ws(' ', subscription.tenant_id, subscription.stripe_subscription_id, subscription.started_at),
        to_jsonb(subscription) - '{id,created_at,updated_at}'::text[]
      )
      from mgmt.subscriptions as subscription
      where billing_image.tenant is null or subscription.tenant_id = billing_image.tenant
    ), '{}'),
    'invoices', coalesce((
      select jsonb_object_agg(
        invoice.stripe_invoice_id,
        to_jsonb(invoice) - '{id,subscription_id,created_at,updated_at}'::text[]
          || jsonb_build_object('of', subscription.stripe_subscription_id)
      )
      from mgmt.invoices as invoice
      left join mgmt.subscriptions as subscription on subscription.id = invoice.subscription_id
      where billing_image.tenant is null or invoice.tenant_id = billing_image.tenant
    ), '{}'),
    'payments', coalesce((
      select jsonb_object_agg(
        coalesce(payment.stripe_invoice_id, payment.stripe_charge_id),
        to_jsonb(payment) - '{id,invoice_id,created_at,updated_at}'::text[]
          || jsonb_build_object('of', invoice.stripe_invoice_id)
      )
      from mgmt.payments as payment
      left join mgmt.invoices as invoice on invoice.id = payment.invoice_id
      where billing_image.tenant is null or payment.tenant_id = billing_image.tenant
    ), '{}')
  )
$$;
revoke execute on function private.billing_image(text) from public;
comment on function private.billing_image(text) is 'Everything about payments but ids and bookkeeping, to compare before and after; of one tenant or of all.';

create function private.replay_payment_events(tenant text default null) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_before jsonb;
  v_after jsonb;
  v_event record;
  v_events int := 0;
  v_failed int;
begin
  -- Webhooks that arrive meanwhile wait; those under way have ended.
  if tenant is null then
    lock table private.payment_events in share row exclusive mode;
  else
    perform private.lock_billing(tenant);
  end if;
  v_before := private.billing_image(tenant);

  for v_event in
    select event.stripe_event_id from private.payment_events as event
    where private.event_subject(event.type) is not null and event.outcome <> 'failed'
      and (replay_payment_events.tenant is null or event.tenant_id = replay_payment_events.tenant)
  loop
    perform private.read_payment_event(v_event.stripe_event_id);
    v_events := v_events + 1;
  end loop;

  delete from private.stripe_subscriptions as known
  where replay_payment_events.tenant is null or known.tenant_id = replay_payment_events.tenant;
  -- What the log does not know is not true.
  delete from mgmt.payments as known
  where (replay_payment_events.tenant is null or known.tenant_id = replay_payment_events.tenant) and not exists (
    select from private.payment_events as event
    where event.object_id = coalesce(known.stripe_invoice_id, known.stripe_charge_id)
  );
  delete from mgmt.invoices as known
  where (replay_payment_events.tenant is null or known.tenant_id = replay_payment_events.tenant) and not exists (
    select from private.payment_events as event where event.object_id = known.stripe_invoice_id
  );

  for v_event in
    select distinct event.tenant_id, private.event_subject(event.type) as subject, event.object_id
    from private.payment_events as event
    where event.object_id is not null and event.tenant_id in (select id from public.tenants)
      and (replay_payment_events.tenant is null or event.tenant_id = replay_payment_events.tenant)
    order by event.tenant_id, subject desc, event.object_id
  loop
    perform case v_event.subject
      when 'subscription' then private.keep_stripe_subscription(v_event.object_id, v_event.tenant_id)
      when 'invoice' then private.keep_invoice(v_event.object_id, v_event.tenant_id)
      when 'charge' then private.keep_charge(v_event.object_id, v_event.tenant_id)
    end;
  end loop;
  for v_event in
    select distinct event.tenant_id from private.payment_events as event
    where event.tenant_id in (select id from public.tenants)
      and (replay_payment_events.tenant is null or event.tenant_id = replay_payment_events.tenant)
    order by event.tenant_id
  loop
    perform private.project_billing(v_event.tenant_id);
    perform private.link_refunds(v_event.tenant_id);
  end loop;

  -- A reason to fail may be gone: a plan that is known by now, a mistake of ours that is mended.
  for v_event in
    select event.stripe_event_id from private.payment_events as event
    where event.outcome = 'failed'
      and (replay_payment_events.tenant is null or event.tenant_id = replay_payment_events.tenant
        or event.customer_id in (
          select stripe_customer_id from private.stripe_customers as linked where linked.tenant_id = replay_payment_events.tenant
        ))
    order by event.created, event.stripe_event_id
  loop
    perform private.try_payment_event(v_event.stripe_event_id);
    v_events := v_events + 1;
  end loop;
  select count(*) into v_failed from private.payment_events as event
  where event.outcome = 'failed' and (replay_payment_events.tenant is null or event.tenant_id = replay_payment_events.tenant);

  v_after := private.billing_image(tenant);
  return jsonb_build_object('events', v_events, 'failed', v_failed) || (
    select jsonb_object_agg(kind, jsonb_build_object(
      'rows', (select count(*) from jsonb_object_keys(v_after -> kind)),
      'differed', (
        select count(*)
        from jsonb_each(v_before -> kind) as was
        full join jsonb_each(v_after -> kind) as become using (key)
        where was.value is distinct from become.value
      )
    ))
    from unnest(array['subscriptions', 'invoices', 'payments']) as kind
  );
end
$$;
revoke execute on function private.replay_payment_events(text) from public;
comment on function private.replay_payment_events(text) is 'Rebuilds subscriptions, invoices and payments from the log, of one tenant or of all, and says how many rows differed from it. One transaction; safe while running. For operators.';

-- Whom a job is about, apart from the job: so that it can be asked for one tenant alone.
create function private.due_tenants(job text) returns table (tenant_id text)
language plpgsql stable security definer set search_path = ''
as $$
#variable_conflict use_column
declare
  c_now constant timestamptz := private.now();
begin
  return query
  select live.tenant_id
  from mgmt.subscriptions as live
  where live.ended_at is null and case due_tenants.job
    when 'expire_trials' then
      live.status = 'trialing' and live.trial_end <= c_now and live.stripe_subscription_id is null
    when 'suspend_overdue' then live.status = 'past_due' and live.grace_period_end <= c_now
    when 'finalize_unpaid' then
      live.status in ('past_due', 'suspended') and live.grace_period_end <= c_now - interval '23 days'
    when 'roll_periods' then
      live.current_period_end <= c_now and live.status in ('active', 'past_due', 'suspended')
      and not live.cancel_at_period_end and (live.stripe_subscription_id is null or live.next_plan_id is not null)
  end;
end
$$;
revoke execute on function private.due_tenants(text) from public;
comment on function private.due_tenants(text) is 'Tenants for whom expire_trials, suspend_overdue, finalize_unpaid or roll_periods has something to do.';

create or replace function private.expire_trials() returns int
language sql security definer set search_path = ''
as $$ select private.project_due(array(select private.due_tenants('expire_trials'))) $$;

create or replace function private.suspend_overdue() returns int
language sql security definer set search_path = ''
as $$ select private.project_due(array(select private.due_tenants('suspend_overdue'))) $$;

create or replace function private.finalize_unpaid() returns int
language sql security definer set search_path = ''
as $$ select private.project_due(array(select private.due_tenants('finalize_unpaid'))) $$;

create or replace function private.roll_periods() returns int
language sql security definer set search_path = ''
as $$ select private.project_due(array(select private.due_tenants('roll_periods'))) $$;
