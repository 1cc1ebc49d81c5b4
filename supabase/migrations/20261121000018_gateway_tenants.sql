-- Tenants and campaigns that the gateway knows and we do not.
--
-- A database may have been the gateway's alone, and its admin API can make tenants at any time. A tenant's campaign
-- must have a row in mgmt.campaigns, or the gate would refuse every session of it.

create function private.adopt_campaign() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  -- Looked for first: a known campaign must not meet the rules for new ones.
  insert into mgmt.campaigns (id, tenant_id, name)
  select new.campaign_id, new.id, left(new.campaign_id, 255)
  where not exists (select from mgmt.campaigns as campaign where campaign.id = new.campaign_id)
  on conflict do nothing;
  return null;
end
$$;
revoke execute on function private.adopt_campaign() from public;
comment on function private.adopt_campaign() is 'Gives a campaign that so far was only a word in a tenant''s row a row of its own. Definer: the gateway may not write campaigns.';

create trigger tenants_adopt_campaign after insert on public.tenants
  for each row when (new.campaign_id <> '') execute function private.adopt_campaign();
create trigger tenants_adopt_new_campaign after update of campaign_id on public.tenants
  for each row when (new.campaign_id <> '' and new.campaign_id <> old.campaign_id)
  execute function private.adopt_campaign();

create function private.adopt_gateway_tenants() returns table (campaigns int, subscriptions int)
language plpgsql security definer set search_path = ''
as $$
begin
  with adopted as (
    insert into mgmt.campaigns (id, tenant_id, name)
    select distinct on (known.id) known.id, known.tenant_id, left(known.id, 255)
    from (
      select tenant.campaign_id as id, tenant.id as tenant_id, 1 as weight from public.tenants as tenant
      union all
      select npc.campaign_id, npc.tenant_id, 2 from public.npc_definitions as npc
      union all
      select session.campaign_id, session.tenant_id, 3 from public.sessions as session
    ) as known
    join public.tenants as tenant on tenant.id = known.tenant_id
    where known.id <> '' and not exists (select from mgmt.campaigns as campaign where campaign.id = known.id)
    order by known.id, known.weight, known.tenant_id
    on conflict do nothing
    returning 1
  )
  select count(*) into adopt_gateway_tenants.campaigns from adopted;

  update public.tenants as tenant set name = tenant.id where tenant.name = '';

  if private.deployment_mode() = 'managed' then
    with adopted as (
      insert into mgmt.subscriptions (tenant_id, plan_id, status, current_period_start, current_period_end)
      select tenant.id, 'apprentice', 'active', private.now(), private.now() + interval '1 month'
      from public.tenants as tenant
      where not exists (select from mgmt.subscriptions as known where known.tenant_id = tenant.id)
      returning 1
    )
    select count(*) into adopt_gateway_tenants.subscriptions from adopted;
  else
    adopt_gateway_tenants.subscriptions := 0;
  end if;
  return next;
end
$$;
revoke execute on function private.adopt_gateway_tenants() from public;
comment on function private.adopt_gateway_tenants() is 'Gives every tenant that the gateway made a name, its campaigns and, in managed mode, the free plan. Safe to run again.';

select private.adopt_gateway_tenants();
