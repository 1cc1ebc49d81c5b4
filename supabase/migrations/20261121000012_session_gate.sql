-- The session gate: one judge for every way a session can start (app, Discord, anything that inserts).
--
-- private.judge_start() decides and gives the numbers; the trigger on public.sessions asks it under a lock, and
-- session_quota() asks it before one tries, so the two cannot differ.
--
-- What keeps the cap under any concurrency: the trigger first writes the tenant's row in private.session_gates, and
-- only then counts. Starts of one tenant so run one after the other, each seeing what the one before committed. It is
-- a write and not just a lock, so that a gateway at a stricter isolation level gets a serialization failure instead of
-- counting in an old snapshot. The live subscription is locked as well, so that no plan changes under the judge.
--
-- The gate judges inserts only. What happens to a running session is the gateway's business and never refused here.

create function private.session_counts(activated_at timestamptz, ended_at timestamptz) returns boolean
language sql immutable set search_path = ''
as $$ select activated_at is not null and (ended_at is null or ended_at - activated_at >= interval '60 seconds') $$;
revoke execute on function private.session_counts(timestamptz, timestamptz) from public;
grant execute on function private.session_counts(timestamptz, timestamptz) to authenticated, service_role;
comment on function private.session_counts(timestamptz, timestamptz) is 'A session counts from the moment it is active, unless it ends within 60 seconds.';

create type private.verdict as (
  code text,
  message text,
  hint text,
  plan private.entitlement,
  used int,
  pending int,
  live int,
  npcs int
);
comment on type private.verdict is 'code is null when a session may start. pending: starts that hold a place. live: pending and active. npcs: null when no campaign was asked about.';

-- The words of each refusal; those of the billing document as they stand there, with /billing/plans for the address.
create function private.start_refusal(code text, plan private.entitlement, detail text default '') returns text[]
language sql immutable set search_path = ''
as $$
  select case code
    when 'campaign_mismatch' then array[
      'This campaign is not one of this table''s, or it rests in the archive or the bin.',
      'Choose another campaign.'
    ]
    when 'no_subscription' then array[
      'You need a Glyphoxa subscription to start sessions. Sign up at /billing/plans — free tier available!',
      'An Owner can choose a plan.'
    ]
    when 'subscription_suspended' then array[
      'Your subscription is suspended due to a payment issue. Update your payment method at /billing/plans.',
      'An Owner can update the payment method.'
    ]
    when 'subscription_canceled' then array[
      'Your subscription has been cancelled. Resubscribe at /billing/plans to start sessions.',
      'An Owner can choose a plan.'
    ]
    when 'session_cap_reached' then array[
      format(
        'You’ve used all %s sessions this month. Upgrade your plan at /billing/plans or wait until %s.',
        plan.session_cap, to_char(plan.period_end at time zone 'UTC', 'FMDD FMMonth YYYY')
      ),
      'An Owner can change the plan.'
    ]
    when 'concurrent_limit' then array[
      case plan.max_concurrent_sessions
        when 1 then 'One session at a time in your plan.'
        else format('Your plan plays %s sessions at a time.', plan.max_concurrent_sessions)
      end,
      'End the session that is on air, or see the plans.'
    ]
    when 'npc_limit' then array[
      format('Your plan allows %s NPCs. Remove some NPCs or upgrade at /billing/plans.', plan.max_npcs),
      'Set NPCs of this campaign aside, or see the plans.'
    ]
    when 'llm_tier' then array[
      format('%s: thinks longer than your plan allows.', detail),
      'Choose a quicker way of thinking for these NPCs, or see the plans.'
    ]
  end
$$;
revoke execute on function private.start_refusal(text, private.entitlement, text) from public;
comment on function private.start_refusal(text, private.entitlement, text) is '{message, hint} of a refusal; detail: names of the NPCs in question.';

-- A plan's language model answers up to this thinking time: the free one only quickly.
create function private.budget_tier_allowed(budget_tier text, llm_tier text) returns boolean
language sql immutable set search_path = ''
as $$
  select case llm_tier
    when 'flash' then budget_tier in ('', 'fast')
    when 'standard' then budget_tier in ('', 'fast', 'standard')
    else true
  end
$$;
revoke execute on function private.budget_tier_allowed(text, text) from public;

create function private.judge_start(tenant_id text, campaign_id text default null) returns private.verdict
language plpgsql stable security definer set search_path = ''
as $$
#variable_conflict use_column
declare
  v_now timestamptz := private.now();
  v_plan private.entitlement := private.entitlement(judge_start.tenant_id);
  v_demanding text;
  v_refusal text[];
  v private.verdict;
begin
  v.plan := v_plan;
  select
    count(*) filter (
      where session.activated_at >= v_plan.counted_from
        and private.session_counts(session.activated_at, session.ended_at)
    ),
    count(*) filter (where session.state = 'pending' and session.started_at > v_now - interval '3 minutes'),
    count(*) filter (
      where session.state = 'active'
        or (session.state = 'pending' and session.started_at > v_now - interval '3 minutes')
    )
  into v.used, v.pending, v.live
  from public.sessions as session
  where session.tenant_id = judge_start.tenant_id
    and (session.state <> 'ended' or session.activated_at >= v_plan.counted_from);

  if judge_start.campaign_id is not null then
    select count(*), string_agg(npc.name, ', ' order by npc.name)
      filter (where not private.budget_tier_allowed(npc.budget_tier, v_plan.llm_tier))
    into v.npcs, v_demanding
    from public.npc_definitions as npc
    where npc.campaign_id = judge_start.campaign_id and npc.tenant_id = judge_start.tenant_id;
  end if;

  v.code := case
    when judge_start.campaign_id is not null and not exists (
      select from mgmt.campaigns as campaign
      where campaign.id = judge_start.campaign_id and campaign.tenant_id = judge_start.tenant_id
        and campaign.archived_at is null and campaign.deleted_at is null
    ) then 'campaign_mismatch'
    -- Without billing the gateway's own rules are all there is.
    when v_plan.mode <> 'managed' then null
    when v_plan.status = 'none' then 'no_subscription'
    when v_plan.status = 'suspended' then 'subscription_suspended'
    when v_plan.status = 'canceled' and v_plan.period_end <= v_now then 'subscription_canceled'
    when v.used + v.pending >= v_plan.session_cap then 'session_cap_reached'
    when v.live >= v_plan.max_concurrent_sessions then 'concurrent_limit'
    when v.npcs > v_plan.max_npcs then 'npc_limit'
    when v_demanding is not null then 'llm_tier'
  end;
  v_refusal := private.start_refusal(v.code, v_plan, v_demanding);
  v.message := v_refusal[1];
  v.hint := v_refusal[2];

  -- The free plan's limits are news to somebody whose trial is just over.
  if v_plan.trial_is_over and v.code in ('session_cap_reached', 'npc_limit', 'llm_tier', 'voice_tier') then
    v.code := 'trial_ended';
    v.hint := v.message;
    v.message :=
      'Your free trial has ended. Subscribe at /billing/plans to keep using Glyphoxa — plans start free!';
  end if;
  return v;
end
$$;
revoke execute on function private.judge_start(text, text) from public;
comment on function private.judge_start(text, text) is 'May this tenant start a session, of this campaign if one is named? Definer: it counts what members below the owner may not read.';

create table private.session_gates (
  tenant_id text primary key references public.tenants (id) on delete cascade,
  starts bigint not null
);
alter table private.session_gates enable row level security;
alter table private.session_gates force row level security;
comment on table private.session_gates is 'One row per tenant, written by every start before it counts: this is what makes starts of one tenant queue.';

create function private.session_gate() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  v private.verdict;
begin
  insert into private.session_gates as gate (tenant_id, starts)
  select tenant.id, 1 from public.tenants as tenant where tenant.id = new.tenant_id
  on conflict (tenant_id) do update set starts = gate.starts + 1;
  perform from mgmt.subscriptions as subscription
  where subscription.tenant_id = new.tenant_id and subscription.ended_at is null
  for share;

  v := private.judge_start(new.tenant_id, new.campaign_id);
  if v.code is not null then
    perform private.fail(v.code, v.message, v.hint);
  end if;
  return new;
end
$$;
revoke execute on function private.session_gate() from public;
comment on function private.session_gate() is 'Refuses a start that private.judge_start() does not allow. Definer: the gateway may not read plans.';

create trigger sessions_gate before insert on public.sessions
  for each row execute function private.session_gate();

create function mgmt.session_quota(campaign_id text default null) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_tenant text := private.require_role('viewer');
  v private.verdict;
  v_plan private.entitlement;
begin
  if session_quota.campaign_id is not null and not private.is_own_campaign(session_quota.campaign_id) then
    perform private.fail('not_found', 'This campaign is not here, or not yours.', 'Choose another campaign.');
  end if;
  v := private.judge_start(v_tenant, session_quota.campaign_id);
  v_plan := v.plan;
  return jsonb_build_object(
    'allowed', v.code is null, 'code', v.code, 'message', v.message, 'hint', v.hint,
    'cap', v_plan.session_cap, 'used', v.used, 'pending', v.pending,
    'left', case when v_plan.session_cap is not null then greatest(v_plan.session_cap - v.used - v.pending, 0) end,
    'period_start', v_plan.period_start, 'period_end', v_plan.period_end,
    'concurrent', jsonb_build_object('max', v_plan.max_concurrent_sessions, 'live', v.live),
    'max_session_hours', v_plan.max_session_hours,
    'campaigns', jsonb_build_object('max', v_plan.max_campaigns, 'used', private.campaigns_used(v_tenant))
  ) || case when v.npcs is null then '{}' else jsonb_build_object(
    'npcs', jsonb_build_object('max', v_plan.max_npcs, 'used', v.npcs)
  ) end;
end
$$;
revoke execute on function mgmt.session_quota(text) from public;
grant execute on function mgmt.session_quota(text) to authenticated;
comment on function mgmt.session_quota(text) is 'What is left, and why not: the gate''s own verdict before one tries. 404 not_found for a foreign campaign.';
