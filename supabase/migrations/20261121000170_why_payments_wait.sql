-- What people are told of their payments: why one failed, that a first one waits to be finished, and an end at Stripe whose
-- news is late.

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
  if v_subject = 'invoice_payment' then
    -- It names no customer; the invoice does, now or later.
    tenant := (
      select invoice.tenant_id from mgmt.invoices as invoice
      where invoice.stripe_invoice_id = private.stripe_id(v.payload #> '{data,object,invoice}')
    );
    if tenant is not null then
      perform private.lock_billing(tenant);
    end if;
    perform private.read_payment_event(event_id);
    if tenant is not null then
      perform private.link_refunds(tenant);
    end if;
    outcome := 'applied';
    return;
  end if;

  if private.is_of_purged_table(v) then
    outcome := 'ignored';
    return;
  end if;

  tenant := private.event_tenant(v);
  begin
    perform private.lock_billing(tenant);
  exception when foreign_key_violation then
    -- Purged while this waited for it.
    if not private.is_of_purged_table(v) then
      raise;
    end if;
    tenant := null;
    outcome := 'ignored';
    return;
  end;
  v := private.read_payment_event(event_id);
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
      perform private.explain_failures(tenant);
    when 'charge' then
      if not private.keep_charge(v.object_id, tenant) and (private.newest_charge(v.object_id)).event_id <> event_id then
        outcome := 'stale';
      end if;
      perform private.link_refunds(tenant);
      perform private.explain_failures(tenant);
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

create or replace function private.event_subject(type text) returns text
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
    when type in ('charge.refunded', 'charge.failed', 'reconcile.charge') then 'charge'
    when type = 'invoice_payment.paid' then 'invoice_payment'
    when type = 'checkout.session.completed' then 'checkout'
  end
$$;

create or replace function private.charge_facts(object jsonb) returns jsonb
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
    'receipt_url', object ->> 'receipt_url',
    'amount', case when object ->> 'status' = 'failed' then (object ->> 'amount')::int end,
    'failure', case when object ->> 'status' = 'failed' then left(coalesce(
      object ->> 'failure_message', object #>> '{outcome,seller_message}', object ->> 'failure_code', ''
    ), 300) end
  ))
$$;

alter table mgmt.payments add column failure_reason text;
comment on column mgmt.payments.failure_reason is 'What the bank said the last time, in Stripe''s words; null when it said nothing, or the payment came.';
create index payment_events_failed_charges on private.payment_events (customer_id, created) where type = 'charge.failed';

create function private.explain_failures(tenant text) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  update mgmt.payments as payment
  set failure_reason = found.reason
  from (
    select failed.id, case when failed.status = 'failed' then (
      -- A charge does not name its invoice, and what failed has no payment that would: amount and time have to tell.
      select nullif(event.facts ->> 'failure', '')
      from private.stripe_customers as customer
      join private.payment_events as event on event.customer_id = customer.stripe_customer_id
      where customer.tenant_id = explain_failures.tenant and event.type = 'charge.failed'
        and event.created >= invoice.issued_at
        and (event.facts ->> 'amount')::int = failed.amount_cents and event.facts ->> 'currency' = failed.currency
      order by event.created desc, event.stripe_event_id desc
      limit 1
    ) end as reason
    from mgmt.payments as failed
    join mgmt.invoices as invoice on invoice.id = failed.invoice_id
    where failed.tenant_id = explain_failures.tenant and failed.kind = 'payment'
      and (failed.status = 'failed' or failed.failure_reason is not null)
  ) as found
  where payment.id = found.id and payment.failure_reason is distinct from found.reason;
end
$$;
revoke execute on function private.explain_failures(text) from public;
comment on function private.explain_failures(text) is 'Writes what banks said onto a tenant''s failed payments, and takes it from those that came in the end.';

create or replace function private.replay_payment_events(tenant text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_before jsonb;
  v_after jsonb;
  v_object record;
  v_event text;
  v_events int := 0;
begin
  perform private.lock_billing(tenant);
  -- What the clock has made due is no difference from the log.
  if exists (
    select from mgmt.subscriptions as live
    where live.tenant_id = replay_payment_events.tenant and live.ended_at is null and private.settled(live) is distinct from live
  ) then
    perform private.project_billing(tenant);
  end if;
  v_before := private.billing_image(tenant);

  for v_event in
    select event.stripe_event_id from private.payment_events as event
    where event.tenant_id = replay_payment_events.tenant and event.outcome in ('applied', 'stale')
  loop
    perform private.read_payment_event(v_event);
    v_events := v_events + 1;
  end loop;

  -- What the log does not know is not true.
  delete from private.stripe_subscriptions as known
  where known.tenant_id = replay_payment_events.tenant and not exists (
    select from private.payment_events as event where event.object_id = known.stripe_subscription_id
  );
  delete from mgmt.payments as known
  where known.tenant_id = replay_payment_events.tenant and not exists (
    select from private.payment_events as event
    where event.object_id = coalesce(known.stripe_invoice_id, known.stripe_charge_id)
  );
  delete from mgmt.invoices as known
  where known.tenant_id = replay_payment_events.tenant and not exists (
    select from private.payment_events as event where event.object_id = known.stripe_invoice_id
  );

  for v_object in
    select distinct private.event_subject(event.type) as subject, event.object_id
    from private.payment_events as event
    where event.tenant_id = replay_payment_events.tenant and event.object_id is not null
    order by subject desc, event.object_id
  loop
    perform case v_object.subject
      when 'subscription' then private.keep_stripe_subscription(v_object.object_id, tenant)
      when 'invoice' then private.keep_invoice(v_object.object_id, tenant)
      when 'charge' then private.keep_charge(v_object.object_id, tenant)
    end;
  end loop;
  perform private.project_billing(tenant);
  perform private.link_refunds(tenant);
  perform private.explain_failures(tenant);
  v_after := private.billing_image(tenant);

  return jsonb_build_object('events', v_events) || (
    select jsonb_object_agg(kind, jsonb_build_object(
      'rows', (select count(*) from jsonb_object_keys(v_after -> kind)),
      'differed', coalesce((
        select jsonb_agg(jsonb_build_object(
          'row', key,
          'fields', case
            when was.value is null then '["missing"]'
            when become.value is null then '["unknown to Stripe"]'
            else (
              select jsonb_agg(field order by field) from jsonb_object_keys(become.value) as field
              where become.value -> field is distinct from was.value -> field
            )
          end
        ) order by key)
        from jsonb_each(v_before -> kind) as was
        full join jsonb_each(v_after -> kind) as become using (key)
        where was.value is distinct from become.value
      ), '[]')
    ))
    from unnest(array['subscriptions', 'invoices', 'payments']) as kind
  );
end
$$;

create or replace function private.settled(subscription mgmt.subscriptions) returns mgmt.subscriptions
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_now constant timestamptz := private.now();
  v mgmt.subscriptions := subscription;
begin
  if v.ended_at is not null then
    return v;
  end if;
  if v.status = 'trialing' and v.stripe_subscription_id is null and v.trial_end <= v_now then
    v.ended_at := v.trial_end;
    return v;
  end if;
  if v.status in ('past_due', 'suspended') and v.grace_period_end + interval '23 days' <= v_now then
    -- Day 30 after the payment that failed.
    v.status := 'canceled';
    v.ended_at := v.grace_period_end + interval '23 days';
    v.canceled_at := coalesce(v.canceled_at, v.ended_at);
    return v;
  end if;
  if v.status = 'past_due' and v.grace_period_end <= v_now then
    v.status := 'suspended';
  end if;
  if v.cancel_at_period_end and v.current_period_end <= v_now and v.status in ('active', 'past_due', 'trialing') then
    -- Stripe ends it; until its news are here, this row already says so.
    v.status := 'canceled';
  end if;
  -- A paid period is renewed by Stripe's word alone, but a change that was agreed on happens in time.
  if v.status in ('active', 'past_due', 'suspended') and v.current_period_end <= v_now and not v.cancel_at_period_end
    and (v.stripe_subscription_id is null or v.next_plan_id is not null)
  then
    v.period_anchor := coalesce(v.period_anchor, v.current_period_end);
    select month_start, month_end into v.current_period_start, v.current_period_end
    from private.month_window(v.period_anchor, v_now);
    v.plan_id := coalesce(v.next_plan_id, v.plan_id);
    v.billing_interval := coalesce(v.next_billing_interval, v.billing_interval);
    v.next_plan_id := null;
    v.next_billing_interval := null;
  end if;
  return v;
end
$$;

create or replace function private.due_tenants(job text) returns table (tenant_id text)
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
      live.current_period_end <= c_now and case
        when live.cancel_at_period_end then live.status in ('active', 'past_due', 'trialing')
        else live.status in ('active', 'past_due', 'suspended')
          and (live.stripe_subscription_id is null or live.next_plan_id is not null)
      end
  end;
end
$$;

comment on function private.roll_periods() is 'Rolls periods that nobody pays for, makes agreed downgrades true and shows agreed ends when Stripe''s news is late. Returns rows changed.';

create or replace function private.entitlement(tenant_id text) returns private.entitlement
language plpgsql stable security definer set search_path = '' set timezone = 'UTC'
as $$
declare
  v_now timestamptz := private.now();
  v private.entitlement;
  v_live mgmt.subscriptions;
  v_plan mgmt.subscription_plans;
  v_free_since timestamptz;
begin
  v.mode := private.deployment_mode();
  if v.mode <> 'managed' then
    v.plan_id := v.mode;
    v.plan_name := case v.mode when 'licensed' then 'Licensed' else 'Self-hosted' end;
    v.llm_tier := 'premium';
    v.voice_tier := 'premium';
    v.custom_voices := v.mode = 'licensed';
    v.knowledge_graph := true;
    v.priority_support := v.mode = 'licensed';
    v.period_start := date_trunc('month', v_now);
    v.period_end := v.period_start + interval '1 month';
    v.counted_from := v.period_start;
    return v;
  end if;

  select * into v_live
  from mgmt.subscriptions as subscription
  where subscription.tenant_id = entitlement.tenant_id and subscription.ended_at is null;
  if not found then
    v.status := 'none';
    return v;
  end if;
  v.subscription_id := v_live.id;
  v.status := v_live.status;
  v.plan_id := v_live.plan_id;

  -- Since when the tenant is on the free plan, although its row names another.
  v_free_since := case
    when v_live.status = 'trialing' and v_live.trial_end <= v_now then v_live.trial_end
    -- Day 30 after the payment that failed; the first seven were grace.
    when v_live.status in ('past_due', 'suspended') and v_live.grace_period_end + interval '23 days' <= v_now
      then v_live.grace_period_end + interval '23 days'
    -- Nothing was paid yet, or a trial at Stripe ended without a card.
    when v_live.status in ('incomplete', 'paused') then v_live.current_period_start
  end;

  if v.status = 'past_due' and v_live.grace_period_end <= v_now then
    v.status := 'suspended';
  end if;

  if v_free_since is not null then
    v.plan_id := 'apprentice';
    v.status := case when v_live.status in ('incomplete', 'paused') then v_live.status else 'active' end;
    select month_start, month_end into v.period_start, v.period_end from private.month_window(v_free_since, v_now);
  elsif v_now < v_live.current_period_end and v_live.billing_interval = 'monthly' then
    v.period_start := v_live.current_period_start;
    v.period_end := v_live.current_period_end;
  elsif v_now < v_live.current_period_end then
    -- The cap is per month also where payment is per year.
    select month_start, least(month_end, v_live.current_period_end) into v.period_start, v.period_end
    from private.month_window(v_live.current_period_start, v_now);
  else
    -- Free plans roll on by themselves; of paid ones the news may be on its way.
    select month_start, month_end into v.period_start, v.period_end
    from private.month_window(coalesce(v_live.period_anchor, v_live.current_period_end), v_now);
    if v_live.next_plan_id is not null then
      v.plan_id := v_live.next_plan_id;
    end if;
    if v_live.cancel_at_period_end and v.status in ('active', 'past_due', 'trialing') then
      v.status := 'canceled';
    end if;
  end if;
  if v.status = 'canceled' and v_now >= v_live.current_period_end then
    -- What it was stays readable, what it allows is nothing: sessions are refused.
    v.period_end := v_live.current_period_end;
  end if;
  v.counted_from := greatest(v.period_start, v_live.sessions_counted_from);

  v.trial_is_over := v.plan_id = 'apprentice' and exists (
    select from mgmt.subscriptions as subscription
    where subscription.tenant_id = entitlement.tenant_id
      and subscription.trial_end <= v_now and subscription.trial_end > v_now - interval '30 days'
  );

  select * into v_plan from mgmt.subscription_plans as plan where plan.id = v.plan_id;
  v.plan_name := v_plan.name;
  v.tier_order := v_plan.tier_order;
  v.session_cap := v_plan.session_cap;
  v.max_session_hours := v_plan.max_session_hours;
  v.max_npcs := v_plan.max_npcs;
  v.max_campaigns := v_plan.max_campaigns;
  v.max_seats := v_plan.max_seats;
  v.max_concurrent_sessions := v_plan.max_concurrent_sessions;
  v.llm_tier := v_plan.llm_tier;
  v.voice_tier := v_plan.voice_tier;
  v.custom_voices := v_plan.custom_voices;
  v.knowledge_graph := v_plan.knowledge_graph;
  v.priority_support := v_plan.priority_support;
  return v;
end
$$;

create or replace function mgmt.billing_context(plan_id text default null) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_tenant text := private.require_role('tenant_owner');
begin
  return jsonb_build_object(
    'mode', private.deployment_mode(),
    'tenant', (
      select jsonb_build_object('id', tenant.id, 'name', tenant.name, 'contact_email', nullif(tenant.contact_email, ''))
      from public.tenants as tenant where tenant.id = v_tenant
    ),
    'email', (select member.email from mgmt.users as member where member.id = auth.uid()),
    'subscription', (
      select jsonb_build_object(
        'plan_id', subscription.plan_id, 'next_plan_id', subscription.next_plan_id, 'status', subscription.status,
        'billing_interval', subscription.billing_interval,
        'stripe_subscription_id', subscription.stripe_subscription_id,
        'current_period_end', subscription.current_period_end,
        'cancel_at_period_end', subscription.cancel_at_period_end
      )
      from mgmt.subscriptions as subscription
      where subscription.tenant_id = v_tenant and subscription.ended_at is null
    ),
    'pending_payment', (
      select jsonb_build_object('plan_id', begun.plan_id, 'hosted_invoice_url', (
        select invoice.hosted_invoice_url
        from mgmt.invoices as invoice
        where invoice.stripe_subscription_id = begun.stripe_subscription_id and invoice.status = 'open'
        order by invoice.issued_at desc
        limit 1
      ))
      from private.stripe_subscriptions as begun
      -- Stripe lets a first payment wait for 23 hours.
      where begun.tenant_id = v_tenant and begun.status = 'incomplete' and begun.started_at > private.now() - interval '23 hours'
      order by begun.started_at desc
      limit 1
    ),
    'above_plan', private.above_plan(v_tenant, billing_context.plan_id)
  );
end
$$;
comment on function mgmt.billing_context(text) is 'For Owners and the edge function billing, as its caller: { mode, tenant: { id, name, contact_email }, email, subscription: the live row''s facts or null, pending_payment: { plan_id, hosted_invoice_url } of a first payment that waits to be finished, or null, above_plan: what exceeds the named plan, or null }. 403 forbidden for everybody but Owners.';
