-- The list of sessions asks for campaign names once per statement, not once per row, and counts without planning a
-- statement per row. What it says stays the same.

create function private.campaign_names_by_id() returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_tenant text := private.tenant_as('viewer');
begin
  return (
    select jsonb_object_agg(campaign.id, campaign.name) from mgmt.campaigns as campaign where campaign.tenant_id = v_tenant
  );
end
$$;
revoke execute on function private.campaign_names_by_id() from public;
grant execute on function private.campaign_names_by_id() to authenticated, service_role;
comment on function private.campaign_names_by_id() is 'Names of the own table''s campaigns by id, also for players, also of those archived or in the bin. Use as (select private.campaign_names_by_id()).';

-- A function in SQL with a pinned search path is no longer inlined, and would be planned anew in every statement.
create or replace function private.session_counts(activated_at timestamptz, ended_at timestamptz) returns boolean
language plpgsql immutable set search_path = ''
as $$
begin
  return activated_at is not null and (ended_at is null or ended_at - activated_at >= interval '60 seconds');
end
$$;

create or replace view mgmt.sessions with (security_invoker = true) as
  select
    id, tenant_id, campaign_id, (select private.campaign_names_by_id()) ->> campaign_id as campaign_name, guild_id,
    channel_id, license_tier, state, error, started_at, activated_at, ended_at, last_heartbeat,
    case state
      when 'active' then coalesce(last_heartbeat, started_at) < (select private.now()) - interval '45 seconds'
      when 'pending' then started_at < (select private.now()) - interval '180 seconds'
      else false
    end as is_lost,
    private.session_counts(activated_at, ended_at) as counts
  from public.sessions;
