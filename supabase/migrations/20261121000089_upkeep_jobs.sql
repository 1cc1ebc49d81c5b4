-- What is put in order by the clock: the gateway's limits, and what nobody needs any more.

create function private.plan_for_gateway(tenant text)
returns table (tenant_id text, hours numeric, license_tier text)
language sql stable security definer set search_path = ''
as $$
  select
    tenant.id, coalesce(plan.monthly_session_hours, 0),
    case when plan.max_concurrent_sessions = 1 then 'shared' else 'dedicated' end
  from public.tenants as tenant
  cross join lateral private.entitlement(tenant.id) as entitlement
  join mgmt.subscription_plans as plan on plan.id = entitlement.plan_id
  where private.deployment_mode() = 'managed' and (plan_for_gateway.tenant is null or tenant.id = plan_for_gateway.tenant)
$$;
revoke execute on function private.plan_for_gateway(text) from public;
comment on function private.plan_for_gateway(text) is 'What the plan of a tenant, or of every tenant, means to the gateway now.';

create function private.tenants_to_tell(tenant text default null) returns table (tenant_id text, license_tier text)
language sql stable security definer set search_path = ''
as $$
  select plan.tenant_id, plan.license_tier
  from private.plan_for_gateway(tenants_to_tell.tenant) as plan
  join public.tenants as tenant on tenant.id = plan.tenant_id
  where tenant.license_tier <> plan.license_tier and tenant.bot_set
$$;
revoke execute on function private.tenants_to_tell(text) from public;
grant execute on function private.tenants_to_tell(text) to glyphoxa_worker;
comment on function private.tenants_to_tell(text) is 'Connected tenants that the gateway must be told another license tier of. Read before it is called: whoever held their rows would wait for itself.';

create function private.write_tenant_plans(tenant text default null) returns int
language sql security definer set search_path = ''
as $$
  with written as (
    update public.tenants as tenant
    set monthly_session_hours = plan.hours,
      license_tier = case when tenant.bot_set then tenant.license_tier else plan.license_tier end
    from private.plan_for_gateway(write_tenant_plans.tenant) as plan
    where tenant.id = plan.tenant_id and (
      tenant.monthly_session_hours <> plan.hours or (not tenant.bot_set and tenant.license_tier <> plan.license_tier)
    )
    returning tenant.id
  )
  select count(*)::int from written
$$;
revoke execute on function private.write_tenant_plans(text) from public;
grant execute on function private.write_tenant_plans(text) to glyphoxa_worker;
comment on function private.write_tenant_plans(text) is 'Writes the hours that each plan gives now, which an update by the gateway may have overwritten. Returns tenants changed.';

create function private.want_tenant_sync() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.enqueue('tenant.sync', jsonb_build_object('tenant_id', new.tenant_id));
  return null;
end
$$;
revoke execute on function private.want_tenant_sync() from public;
create trigger want_tenant_sync after update of plan_id, status, ended_at on mgmt.subscriptions
  for each row when (
    new.plan_id <> old.plan_id or new.status <> old.status or new.ended_at is distinct from old.ended_at
  )
  execute function private.want_tenant_sync();

create function private.clean_up() returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_bin timestamptz := private.now() - interval '30 days';
  v jsonb := '{}';
  v_count int;
begin
  -- A campaign that a session still names as its own stays readable there by its id.
  delete from mgmt.campaign_lore where deleted_at < v_bin;
  get diagnostics v_count = row_count;
  v := v || jsonb_build_object('lore', v_count);

  delete from mgmt.campaigns as campaign
  where campaign.deleted_at < v_bin
    and not exists (select from public.tenants as tenant where tenant.campaign_id = campaign.id)
    and not exists (
      select from public.sessions as session where session.campaign_id = campaign.id and session.state <> 'ended'
    );
  get diagnostics v_count = row_count;
  v := v || jsonb_build_object('campaigns', v_count);

  if to_regclass('mgmt.npcs_aside') is not null and exists (
    select from pg_catalog.pg_attribute
    where attrelid = to_regclass('mgmt.npcs_aside') and attname = 'deleted_at' and not attisdropped
  ) then
    execute 'delete from mgmt.npcs_aside where deleted_at < $1' using v_bin;
    get diagnostics v_count = row_count;
    v := v || jsonb_build_object('npcs', v_count);
  end if;

  -- Taken and revoked ones too: the audit log keeps what happened.
  delete from mgmt.invites as invite where coalesce(invite.used_at, invite.revoked_at, invite.expires_at) < v_bin;
  get diagnostics v_count = row_count;
  v := v || jsonb_build_object('invites', v_count);

  delete from mgmt.session_requests as request
  where request.state <> 'asked' and request.created_at + private.clock_offset() < v_bin;
  get diagnostics v_count = row_count;
  v := v || jsonb_build_object('session_requests', v_count);

  delete from mgmt.notifications as told where told.created_at < private.now() - interval '90 days';
  get diagnostics v_count = row_count;
  v := v || jsonb_build_object('notifications', v_count);
  return v;
end
$$;
revoke execute on function private.clean_up() from public;
grant execute on function private.clean_up() to glyphoxa_worker;
comment on function private.clean_up() is 'Empties the bin after 30 days, and removes settled starts and closed invites after 30 and notifications after 90. Returns how many of each.';
