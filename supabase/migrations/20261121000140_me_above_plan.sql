-- What the frame of every page says about money needs one more fact: what the table has above its plan. It is kept and not
-- played, and whoever prepares should read so before the start is refused.

create or replace function mgmt.me() returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_tenant text := private.require_role('viewer');
  v_plan private.entitlement := private.entitlement(v_tenant);
begin
  return jsonb_build_object(
    'user', (
      select jsonb_build_object(
        'id', id, 'display_name', display_name, 'avatar_url', avatar_url, 'role', role, 'email', email
      )
      from mgmt.users where id = auth.uid()
    ),
    'tenant', (
      select jsonb_build_object(
        'id', id, 'name', name, 'campaign_id', campaign_id, 'bot_set', bot_set, 'bot_last_four', bot_last_four,
        'guild_ids', to_jsonb(coalesce(guild_ids, '{}'))
      )
      from public.tenants where id = v_tenant
    ),
    'plan', private.plan_facts(v_plan),
    'subscription', case when v_plan.subscription_id is not null then (
      select jsonb_build_object(
        'status', v_plan.status, 'trial_end', trial_end, 'current_period_end', v_plan.period_end,
        'cancel_at_period_end', cancel_at_period_end, 'grace_period_end', grace_period_end
      )
      from mgmt.subscriptions where id = v_plan.subscription_id
    ) end,
    'above_plan', case
      when v_plan.mode = 'managed' and private.has_role('dm') then private.above_plan(v_tenant, v_plan.plan_id)
    end,
    'preferences', coalesce((select preferences from mgmt.user_preferences where user_id = auth.uid()), '{}'),
    'mode', v_plan.mode,
    'live_sessions', coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', session.id, 'campaign_id', session.campaign_id, 'campaign_name', coalesce(campaign.name, ''),
        'state', session.state, 'started_at', session.started_at, 'activated_at', session.activated_at
      ) order by session.started_at)
      from public.sessions as session
      left join mgmt.campaigns as campaign
        on campaign.id = session.campaign_id and campaign.tenant_id = session.tenant_id
      where session.tenant_id = v_tenant and session.state <> 'ended'
    ), '[]'),
    'owners', coalesce((
      select jsonb_agg(display_name order by created_at)
      from mgmt.users
      where tenant_id = v_tenant and role in ('tenant_owner', 'super_admin') and deleted_at is null
    ), '[]')
  );
end
$$;
comment on function mgmt.me() is 'Who I am, my table, what its plan allows, what is on air; above_plan: what exceeds the plan, for Dungeon Masters and Owners. 401 signed_out, 404 no_account.';
