-- What the clock alone does to plans, made visible by jobs.
--
-- private.entitlement() says it before any job has run; a job writes exactly that. Months keep being counted from where
-- they were counted before (period_anchor), so that the 31st stays the 31st through any number of roll-overs.

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
  if v.status = 'past_due' and v_live.grace_period_end <= v_now then
    v.status := 'suspended';
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

create function private.project_due(tenants text[]) returns int
language plpgsql security definer set search_path = ''
as $$
declare
  v_tenant text;
  v_changed int := 0;
begin
  if private.deployment_mode() <> 'managed' then
    return 0;
  end if;
  -- In one order everywhere, so that two jobs wait for each other and never in a circle.
  for v_tenant in select distinct due from unnest(tenants) as due order by due loop
    v_changed := v_changed + private.project_billing(v_tenant);
  end loop;
  return v_changed;
end
$$;
revoke execute on function private.project_due(text[]) from public;

create function private.expire_trials() returns int
language sql security definer set search_path = ''
as $$
  select private.project_due(array(
    select tenant_id from mgmt.subscriptions
    where ended_at is null and status = 'trialing' and trial_end <= private.now() and stripe_subscription_id is null
  ))
$$;
comment on function private.expire_trials() is 'Puts tenants whose trial is over on the free plan, from the moment it ended. Returns rows changed.';

create function private.suspend_overdue() returns int
language sql security definer set search_path = ''
as $$
  select private.project_due(array(
    select tenant_id from mgmt.subscriptions
    where ended_at is null and status = 'past_due' and grace_period_end <= private.now()
  ))
$$;
comment on function private.suspend_overdue() is 'Suspends subscriptions whose seven days of grace are over. Returns rows changed.';

create function private.finalize_unpaid() returns int
language sql security definer set search_path = ''
as $$
  select private.project_due(array(
    select tenant_id from mgmt.subscriptions
    where ended_at is null and status in ('past_due', 'suspended')
      and grace_period_end <= private.now() - interval '23 days'
  ))
$$;
comment on function private.finalize_unpaid() is 'Day 30 after a failed payment: ends the subscription, the free plan follows. Returns rows changed.';

create function private.roll_periods() returns int
language sql security definer set search_path = ''
as $$
  select private.project_due(array(
    select tenant_id from mgmt.subscriptions
    where ended_at is null and current_period_end <= private.now()
      and status in ('active', 'past_due', 'suspended') and not cancel_at_period_end
      and (stripe_subscription_id is null or next_plan_id is not null)
  ))
$$;
comment on function private.roll_periods() is 'Rolls periods that nobody pays for, and makes agreed downgrades true when Stripe''s news is late. Returns rows changed.';

create function private.unpaid_stripe_subscriptions() returns table (stripe_subscription_id text, tenant_id text)
language sql stable security definer set search_path = ''
as $$
  select known.stripe_subscription_id, known.tenant_id
  from private.stripe_subscriptions as known
  join mgmt.subscriptions as ours using (stripe_subscription_id)
  where known.ended_at is null and ours.status = 'canceled' and ours.ended_at is not null
$$;
comment on function private.unpaid_stripe_subscriptions() is 'Ended here on day 30 and still running at Stripe: to be canceled there.';

do $$
declare
  v_job text;
begin
  foreach v_job in array array['expire_trials', 'suspend_overdue', 'finalize_unpaid', 'roll_periods', 'unpaid_stripe_subscriptions'] loop
    execute format('revoke execute on function private.%I() from public', v_job);
    execute format('grant execute on function private.%I() to glyphoxa_worker', v_job);
  end loop;
end
$$;
grant usage on schema private to glyphoxa_worker;
