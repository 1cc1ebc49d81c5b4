-- What a tenant may do at this moment.
--
-- A subscription's row is what was last written; this function is what is true now. A trial that is over, a grace
-- period that is over, a month that has rolled on: the clock decides here, so that nothing depends on a job having
-- run. The session gate, session_quota(), me() and the limits on NPCs, campaigns and seats all ask this function.

create type private.entitlement as (
  mode text,
  subscription_id uuid,
  status text,
  plan_id text,
  plan_name text,
  tier_order smallint,
  session_cap int,
  max_session_hours numeric,
  max_npcs int,
  max_campaigns int,
  max_seats int,
  max_concurrent_sessions int,
  llm_tier text,
  voice_tier text,
  custom_voices boolean,
  knowledge_graph boolean,
  priority_support boolean,
  period_start timestamptz,
  period_end timestamptz,
  counted_from timestamptz,
  trial_is_over boolean
);
comment on type private.entitlement is 'What holds now. Limits: null = unlimited. status: as in subscriptions, none without one, null outside of managed mode. trial_is_over: on the free plan since a trial ended, at most 30 days ago.';

-- Months are counted from the anchor, not from one another: the 31st stays the 31st where there is one.
create function private.month_window(anchor timestamptz, at timestamptz, out month_start timestamptz, out month_end timestamptz)
language plpgsql immutable set search_path = '' set timezone = 'UTC'
as $$
declare
  v_months int := extract(year from age(at, anchor)) * 12 + extract(month from age(at, anchor));
begin
  while anchor + make_interval(months => v_months) > at loop
    v_months := v_months - 1;
  end loop;
  while anchor + make_interval(months => v_months + 1) <= at loop
    v_months := v_months + 1;
  end loop;
  month_start := anchor + make_interval(months => v_months);
  month_end := anchor + make_interval(months => v_months + 1);
end
$$;
revoke execute on function private.month_window(timestamptz, timestamptz) from public;
comment on function private.month_window(timestamptz, timestamptz) is 'The month, counted in UTC from the anchor, that a moment lies in.';

create function private.entitlement(tenant_id text) returns private.entitlement
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
    from private.month_window(v_live.current_period_end, v_now);
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
revoke execute on function private.entitlement(text) from public;
comment on function private.entitlement(text) is 'The plan and state of a tenant at private.now(). Definer: members below the owner may not read subscriptions.';

create function private.plan_facts(plan private.entitlement) returns jsonb
language sql immutable set search_path = ''
as $$
  select jsonb_build_object(
    'id', plan.plan_id, 'name', plan.plan_name, 'session_cap', plan.session_cap,
    'max_session_hours', plan.max_session_hours, 'max_npcs', plan.max_npcs, 'max_campaigns', plan.max_campaigns,
    'max_seats', plan.max_seats, 'max_concurrent_sessions', plan.max_concurrent_sessions, 'llm_tier', plan.llm_tier,
    'voice_tier', plan.voice_tier, 'custom_voices', plan.custom_voices, 'knowledge_graph', plan.knowledge_graph,
    'priority_support', plan.priority_support
  )
  where plan.plan_id is not null
$$;
revoke execute on function private.plan_facts(private.entitlement) from public;
comment on function private.plan_facts(private.entitlement) is 'The plan as people get it; null for a tenant without one.';

-- Limits that are checked when a person adds something. What exists is never hidden or deleted, only more is refused;
-- what the gateway brings along passes, and the session gate judges it.

create function private.require_seat(tenant_id text) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  v_plan private.entitlement;
  v_seats int;
begin
  perform pg_advisory_xact_lock(hashtextextended('seats:' || require_seat.tenant_id, 0));
  v_plan := private.entitlement(require_seat.tenant_id);
  select count(*) into v_seats
  from mgmt.users as member
  where member.tenant_id = require_seat.tenant_id and member.role <> 'viewer' and member.deleted_at is null;
  if v_seats >= v_plan.max_seats then
    perform private.fail(
      'seat_limit',
      format('The plan of this table has no free seat: %s of %s are taken.', v_seats, v_plan.max_seats),
      'An Owner can change the plan at /billing/plans. Players need no seat.'
    );
  end if;
end
$$;
revoke execute on function private.require_seat(text) from public;
comment on function private.require_seat(text) is 'Refuses (402 seat_limit) one more person who can start sessions. Serializes per tenant.';

create function private.campaigns_used(tenant_id text) returns int
language sql stable security definer set search_path = ''
as $$
  select count(*)::int from mgmt.campaigns as campaign
  where campaign.tenant_id = campaigns_used.tenant_id and campaign.deleted_at is null and campaign.archived_at is null
$$;
revoke execute on function private.campaigns_used(text) from public;
comment on function private.campaigns_used(text) is 'Campaigns that count against the plan: neither archived nor in the bin.';

create function private.limit_campaigns() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  v_plan private.entitlement;
begin
  if auth.uid() is null then
    return new;
  end if;
  perform pg_advisory_xact_lock(hashtextextended('campaigns:' || new.tenant_id, 0));
  v_plan := private.entitlement(new.tenant_id);
  if private.campaigns_used(new.tenant_id) >= v_plan.max_campaigns then
    perform private.fail(
      'campaign_limit',
      format(
        case v_plan.max_campaigns when 1 then 'Your plan plays %s campaign.' else 'Your plan plays %s campaigns.' end,
        v_plan.max_campaigns
      ),
      'Archive one, or upgrade at /billing/plans.'
    );
  end if;
  return new;
end
$$;
revoke execute on function private.limit_campaigns() from public;

create trigger campaigns_limit_new before insert on mgmt.campaigns
  for each row when (new.deleted_at is null and new.archived_at is null)
  execute function private.limit_campaigns();
create trigger campaigns_limit_restored before update of archived_at, deleted_at on mgmt.campaigns
  for each row when (
    new.deleted_at is null and new.archived_at is null and (old.deleted_at is not null or old.archived_at is not null)
  )
  execute function private.limit_campaigns();

create function private.limit_npcs() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  v_plan private.entitlement;
  v_npcs int;
begin
  if auth.uid() is null then
    return new;
  end if;
  perform pg_advisory_xact_lock(hashtextextended('npcs:' || new.campaign_id, 0));
  v_plan := private.entitlement(new.tenant_id);
  select count(*) into v_npcs
  from public.npc_definitions as npc
  where npc.tenant_id = new.tenant_id and npc.campaign_id = new.campaign_id;
  if v_npcs >= v_plan.max_npcs then
    perform private.fail(
      'npc_limit',
      format('Your plan allows %s NPCs. Remove some NPCs or upgrade at %s.', v_plan.max_npcs, '/billing/plans'),
      'Remove an NPC of this campaign, or see the plans.'
    );
  end if;
  return new;
end
$$;
revoke execute on function private.limit_npcs() from public;

create trigger npc_definitions_limit_new before insert on public.npc_definitions
  for each row when (new.tenant_id <> '') execute function private.limit_npcs();
create trigger npc_definitions_limit_moved before update of campaign_id on public.npc_definitions
  for each row when (new.tenant_id <> '' and new.campaign_id <> old.campaign_id) execute function private.limit_npcs();
