-- The gate also asks what voices the NPCs of a campaign speak with, and heavy use of plans without a cap is noted for review.
--
-- Making or changing an NPC is never refused for its voice or its thinking time: people prepare on one plan what they will
-- play on another, and a downgrade must not make an NPC unsavable. session_quota() says the same as the gate before one tries.

create or replace function private.start_refusal(code text, plan private.entitlement, detail text default '') returns text[]
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
    when 'voice_tier' then array[
      format('%s, and your plan has %s voices.', detail, initcap(plan.voice_tier)),
      format('Choose %s voices for these NPCs, or see the plans.', initcap(plan.voice_tier))
    ]
  end
$$;
comment on function private.start_refusal(text, private.entitlement, text) is '{message, hint} of a refusal; detail: the NPCs in question, for voice_tier with their voices.';

create or replace function private.judge_start(tenant_id text, campaign_id text default null) returns private.verdict
language plpgsql stable security definer set search_path = ''
as $$
#variable_conflict use_column
declare
  v_now timestamptz := private.now();
  v_plan private.entitlement := private.entitlement(judge_start.tenant_id);
  v_demanding text;
  v_voices text;
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
    select
      count(*),
      string_agg(npc.name, ', ' order by npc.name)
        filter (where not private.budget_tier_allowed(npc.budget_tier, v_plan.llm_tier)),
      string_agg(
        format('%s’s voice is a %s voice', npc.name, initcap(private.voice_tier(npc.voice))), ', ' order by npc.name
      ) filter (where not private.voice_allowed(npc.voice, v_plan.voice_tier))
    into v.npcs, v_demanding, v_voices
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
    when v_voices is not null then 'voice_tier'
  end;
  v_refusal := private.start_refusal(v.code, v_plan, case v.code when 'voice_tier' then v_voices else v_demanding end);
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

-- More than fifty sessions in a month of a plan without a cap: somebody should look. Nothing is ever refused for it.
create table private.review_flags (
  id bigint generated always as identity primary key,
  tenant_id text not null references public.tenants (id) on delete cascade,
  reason text not null,
  period_start timestamptz not null,
  sessions int not null,
  created_at timestamptz not null default private.now(),
  updated_at timestamptz not null default now(),
  resolved_at timestamptz,
  constraint review_flags_reason_known check (reason in ('heavy_use')),
  constraint review_flags_once_per_period unique (tenant_id, reason, period_start)
);
create index review_flags_open on private.review_flags (created_at) where resolved_at is null;
alter table private.review_flags enable row level security;
alter table private.review_flags force row level security;
create trigger touch_updated_at before update on private.review_flags
  for each row execute function private.touch_updated_at();
-- In nobody's own audit log: it is the operators' business.
select private.audit_writes('private.review_flags', 'review_flag', 'reason', '');
comment on table private.review_flags is 'What operators should look at, once per tenant, reason and billing month. Never refuses anything.';
comment on column private.review_flags.sessions is 'Counted sessions of the period when it was noted.';

create function private.flag_heavy_use() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  v_plan private.entitlement;
  v_sessions int;
begin
  v_plan := private.entitlement(new.tenant_id);
  if v_plan.mode <> 'managed' or v_plan.session_cap is not null or v_plan.period_start is null then
    return null;
  end if;
  select count(*) into v_sessions
  from public.sessions as session
  where session.tenant_id = new.tenant_id and session.state = 'ended' and session.activated_at >= v_plan.period_start
    and private.session_counts(session.activated_at, session.ended_at);
  if v_sessions > 50 then
    insert into private.review_flags (tenant_id, reason, period_start, sessions)
    values (new.tenant_id, 'heavy_use', v_plan.period_start, v_sessions)
    on conflict (tenant_id, reason, period_start) do nothing;
  end if;
  return null;
exception when others then
  raise warning 'flag_heavy_use %: %', new.id, sqlerrm;
  return null;
end
$$;
revoke execute on function private.flag_heavy_use() from public;
comment on function private.flag_heavy_use() is 'Notes the fifty-first counted session of a month without a cap. Never fails the gateway''s write. Definer: the gateway may not read plans.';

create trigger sessions_flag_heavy_use after update of state on public.sessions
  for each row when (new.state = 'ended' and old.state <> 'ended')
  execute function private.flag_heavy_use();
