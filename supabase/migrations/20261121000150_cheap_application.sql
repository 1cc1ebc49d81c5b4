-- The cost of an event may not grow with what was heard of its object before: each question to the log has an index that
-- answers it with a row or two, and what is unchanged is not written again.
--
-- Ids of Stripe are unique across its kinds of objects, and only what was read has an object_id: so the object alone
-- says what the events are about.

create index payment_events_ends on private.payment_events (object_id, created)
  where facts ->> 'status' in ('canceled', 'incomplete_expired');
create index payment_events_looks on private.payment_events (object_id, created) where source = 'reconcile';
-- The subscription again, so that the planner has no other index to choose.
alter table private.payment_events add column upgrade_of text;
create index payment_events_upgrades on private.payment_events (upgrade_of, created) where upgrade_of is not null;
comment on column private.payment_events.upgrade_of is 'The subscription whose plan this change raised.';

create function private.raised_plan(facts_before jsonb, facts jsonb) returns boolean
language plpgsql stable set search_path = ''
as $$
begin
  return facts_before ->> 'plan' <> facts ->> 'plan' and (
    select now_on.tier_order > before.tier_order
    from mgmt.subscription_plans as now_on, mgmt.subscription_plans as before
    where now_on.id = facts ->> 'plan' and before.id = facts_before ->> 'plan'
  );
end
$$;
revoke execute on function private.raised_plan(jsonb, jsonb) from public;
comment on function private.raised_plan(jsonb, jsonb) is 'Whether a subscription went to a higher plan between two states.';

update private.payment_events set upgrade_of = object_id
where type = 'customer.subscription.updated' and private.raised_plan(facts_before, facts);

create or replace function private.subscription_at(subscription text, until timestamptz) returns private.snapshot
language plpgsql stable security definer set search_path = ''
as $$
declare
  v private.snapshot;
  v_seen private.snapshot;
  v_second timestamptz;
begin
  -- Nothing follows an end.
  select stripe_event_id, created, facts, true into v
  from private.payment_events
  where object_id = subscription and created <= until and facts ->> 'status' in ('canceled', 'incomplete_expired')
  order by created desc, source = 'reconcile' desc, stripe_event_id desc
  limit 1;
  if found then
    return v;
  end if;

  -- A look at Stripe outdoes whatever had happened until then.
  select stripe_event_id, created, facts, true into v_seen
  from private.payment_events
  where object_id = subscription and created <= until and source = 'reconcile'
  order by created desc, stripe_event_id desc
  limit 1;

  select created into v_second
  from private.payment_events
  where object_id = subscription and created <= until and source = 'webhook'
    and created >= coalesce(v_seen.created, '-infinity')
  order by created desc
  limit 1;
  if v_second is null then
    return v_seen;
  end if;

  with told as (
    select stripe_event_id, created, type, facts, facts_before
    from private.payment_events
    where object_id = subscription and created = v_second and source = 'webhook'
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
    -- Heard and seen within one second: what was seen holds. If it is not what was heard, another look must say the same.
    select
      v.facts = v_seen.facts and bool_and(facts = v_seen.facts) or count(*) filter (where facts = v_seen.facts) >= 2
    into v_seen.certain
    from private.payment_events
    where object_id = subscription and created = v_second and source = 'reconcile';
    return v_seen;
  end if;
  return v;
end
$$;

create or replace function private.derive_stripe_subscription(subscription text) returns private.stripe_subscriptions
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

  -- Nearly every event answers this, so the first one found does.
  v.has_run := exists (
    select from private.payment_events
    where object_id = subscription and facts ->> 'status' not in ('incomplete', 'incomplete_expired')
  );
  v.upgraded_at := greatest(
    (
      select max(created) from private.payment_events where upgrade_of = subscription
    ),
    -- An upgrade that nobody told of, but a look at Stripe saw.
    (
      select max(look.created)
      from private.payment_events as look
      cross join lateral (
        select event.facts
        from private.payment_events as event
        where event.object_id = subscription and event.created <= look.created
          and (event.created, event.source = 'reconcile', event.stripe_event_id) < (look.created, true, look.stripe_event_id)
        order by event.created desc, event.source = 'reconcile' desc, event.stripe_event_id desc
        limit 1
      ) as known
      where look.object_id = subscription and look.source = 'reconcile' and private.raised_plan(known.facts, look.facts)
    )
  );
  if v.status in ('past_due', 'unpaid') then
    v.unpaid_since := (
      select event.created
      from private.payment_events as event
      where event.object_id = subscription and event.created > coalesce(
        (
          select earlier.created
          from private.payment_events as earlier
          where earlier.object_id = subscription and earlier.facts ->> 'status' not in ('past_due', 'unpaid')
          order by earlier.created desc
          limit 1
        ),
        '-infinity'
      )
      order by event.created
      limit 1
    );
  end if;
  return v;
end
$$;

create or replace function private.keep_stripe_subscription(subscription text, tenant text) returns boolean
language plpgsql security definer set search_path = ''
as $$
declare
  v private.stripe_subscriptions := private.derive_stripe_subscription(subscription);
  v_known private.stripe_subscriptions;
begin
  v.tenant_id := tenant;
  select * into v_known from private.stripe_subscriptions where stripe_subscription_id = subscription;
  if v_known is not distinct from v then
    return false;
  end if;
  if v_known.stripe_subscription_id is null then
    insert into private.stripe_subscriptions select v.*;
  else
    update private.stripe_subscriptions set (
      tenant_id, stripe_customer_id, status, plan_id, billing_interval, next_plan_id, next_billing_interval,
      period_start, period_end, trial_end, cancel_at_period_end, canceled_at, started_at, ended_at, latest_invoice,
      pending_update, has_run, upgraded_at, unpaid_since, observed_at, observed_by, certain
    ) = row (
      v.tenant_id, v.stripe_customer_id, v.status, v.plan_id, v.billing_interval, v.next_plan_id, v.next_billing_interval,
      v.period_start, v.period_end, v.trial_end, v.cancel_at_period_end, v.canceled_at, v.started_at, v.ended_at, v.latest_invoice,
      v.pending_update, v.has_run, v.upgraded_at, v.unpaid_since, v.observed_at, v.observed_by, v.certain
    )
    where stripe_subscription_id = subscription;
  end if;
  return true;
end
$$;

create or replace function private.write_plan_to_tenant() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  v_tier text;
  v_hours numeric;
begin
  select case when plan.max_concurrent_sessions = 1 then 'shared' else 'dedicated' end, coalesce(plan.monthly_session_hours, 0)
  into v_tier, v_hours
  from mgmt.subscription_plans as plan
  where plan.id = new.plan_id;
  if exists (
    select from public.tenants as tenant
    where tenant.id = new.tenant_id and (tenant.license_tier, tenant.monthly_session_hours) is distinct from (v_tier, v_hours)
  ) then
    update public.tenants set license_tier = v_tier, monthly_session_hours = v_hours where id = new.tenant_id;
  end if;
  return null;
end
$$;

create or replace function private.read_payment_event(event_id text) returns private.payment_events
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
  v.upgrade_of := case when private.raised_plan(v.facts_before, v.facts) then v.object_id end;
  if v is distinct from v_known then
    update private.payment_events as event
    set object_id = v.object_id, facts = v.facts, facts_before = v.facts_before, upgrade_of = v.upgrade_of
    where event.stripe_event_id = event_id;
  end if;
  return v;
end
$$;

create or replace function private.project_billing(tenant text) returns int
language plpgsql security definer set search_path = ''
as $$
declare
  v_wanted mgmt.subscriptions[];
  v mgmt.subscriptions;
  v_known mgmt.subscriptions;
  v_stood_in uuid[];
  v_changed int := 0;
begin
  perform private.lock_billing(tenant);
  v_wanted := array(select wanted from private.billing_history(tenant) as wanted);

  -- A statement that changes nothing still costs its triggers.
  v_stood_in := array(
    select known.id from mgmt.subscriptions as known
    where known.tenant_id = project_billing.tenant and known.stands_in and not exists (
      select from unnest(v_wanted) as wanted where wanted.stands_in and wanted.started_at = known.started_at
    )
  );
  if cardinality(v_stood_in) > 0 then
    delete from mgmt.subscriptions where id = any (v_stood_in);
    v_changed := cardinality(v_stood_in);
  end if;

  -- What ends, ends before something else is live: there is one live row at any time.
  for v in select * from unnest(v_wanted) as wanted order by wanted.ended_at is null, wanted.started_at loop
    select * into v_known
    from mgmt.subscriptions as known
    where known.tenant_id = v.tenant_id and (
      known.id = v.id or known.stripe_subscription_id = v.stripe_subscription_id
      or known.stands_in and v.stands_in and known.started_at = v.started_at
    );
    if not found then
      v.id := gen_random_uuid();
      v.created_at := now();
      v.updated_at := now();
      insert into mgmt.subscriptions select v.*;
      v_changed := v_changed + 1;
      continue;
    end if;
    v.id := v_known.id;
    v.created_at := v_known.created_at;
    v.updated_at := v_known.updated_at;
    if v is distinct from v_known then
      update mgmt.subscriptions set
        tenant_id = v.tenant_id, plan_id = v.plan_id, next_plan_id = v.next_plan_id, status = v.status,
        billing_interval = v.billing_interval, next_billing_interval = v.next_billing_interval,
        stripe_customer_id = v.stripe_customer_id, current_period_start = v.current_period_start,
        current_period_end = v.current_period_end, period_anchor = v.period_anchor,
        sessions_counted_from = v.sessions_counted_from, trial_end = v.trial_end,
        cancel_at_period_end = v.cancel_at_period_end, canceled_at = v.canceled_at,
        grace_period_end = v.grace_period_end, started_at = v.started_at, ended_at = v.ended_at
      where id = v.id;
      v_changed := v_changed + 1;
    end if;
  end loop;

  if exists (
    select from mgmt.invoices as invoice
    join mgmt.subscriptions as subscription using (stripe_subscription_id)
    where invoice.tenant_id = project_billing.tenant and invoice.subscription_id is distinct from subscription.id
  ) then
    update mgmt.invoices as invoice
    set subscription_id = subscription.id
    from mgmt.subscriptions as subscription
    where invoice.tenant_id = project_billing.tenant
      and subscription.stripe_subscription_id = invoice.stripe_subscription_id
      and invoice.subscription_id is distinct from subscription.id;
  end if;
  return v_changed;
end
$$;
