-- An own voice is the voice of a person who agreed that one table uses it. All tables share the account at the speech service,
-- so whoever knows such a voice's id could let an NPC of another table speak with it; the gate refuses that. And as everywhere,
-- spaces around the id make no other voice of it. Everything else of the function stands as before.

drop index mgmt.voice_profiles_voice;
create index voice_profiles_voice on mgmt.voice_profiles (provider_voice_id, tenant_id) where provider_voice_id is not null;

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
        case npc.own_voice
          when true then format('%s speaks with an own voice', npc.name)
          when false then format('%s speaks with a voice of another table', npc.name)
          else format('%s’s voice is a %s voice', npc.name, initcap(private.voice_tier(npc.voice)))
        end, ', ' order by npc.name
      ) filter (where
        case npc.own_voice
          when true then not v_plan.custom_voices
          when false then true
          else not private.voice_allowed(npc.voice, v_plan.voice_tier)
        end)
    into v.npcs, v_demanding, v_voices
    from (
      select known.*, (
        -- Null: nobody's own voice. False: one, and not this table's.
        select bool_or(profile.tenant_id = known.tenant_id) from mgmt.voice_profiles as profile
        where profile.provider_voice_id = btrim(known.voice ->> 'voice_id')
      ) as own_voice
      from public.npc_definitions as known
    ) as npc
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
