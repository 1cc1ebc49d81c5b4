-- Everything that a tenant made by the gateway lacks: a name, its campaigns, one to play in Discord, a subscription in
-- managed mode, and a complete schema. For all tenants at once (a database that was the gateway's alone), and for each new
-- one at the end of the transaction that made it. Nothing that is there is changed, so both can run again at any time.
--
-- Nobody owns such a tenant. Its owner signs in like everybody, and the operator hands it over: npm run admin:adopt.

create function private.adopt_campaigns(tenant_id text) returns int
language plpgsql security definer set search_path = ''
as $$
declare
  v_adopted int;
  v_campaign text;
begin
  -- An id names one campaign of one tenant. Where two tenants used the same word, the one that plays it in Discord has it.
  insert into mgmt.campaigns (id, tenant_id, name)
  select known.id, adopt_campaigns.tenant_id, left(known.id, 255)
  from (
    select tenant.campaign_id as id from public.tenants as tenant where tenant.id = adopt_campaigns.tenant_id
    union
    select npc.campaign_id from public.npc_definitions as npc where npc.tenant_id = adopt_campaigns.tenant_id
    union
    select session.campaign_id from public.sessions as session where session.tenant_id = adopt_campaigns.tenant_id
  ) as known
  where btrim(known.id) <> ''
    and not exists (select from mgmt.campaigns as campaign where campaign.id = known.id)
    and not exists (
      select from public.tenants as other
      where other.campaign_id = known.id and other.id <> adopt_campaigns.tenant_id
        and not exists (
          select from public.tenants as mine
          where mine.id = adopt_campaigns.tenant_id and mine.campaign_id = known.id and mine.created_at < other.created_at
        )
    )
  on conflict do nothing;
  get diagnostics v_adopted = row_count;

  -- The gateway refuses two tenants without a campaign at the same time, and a bot plays what its tenant names.
  if exists (
    select from public.tenants as tenant where tenant.id = adopt_campaigns.tenant_id and tenant.campaign_id = ''
  ) then
    select campaign.id into v_campaign
    from mgmt.campaigns as campaign
    where campaign.tenant_id = adopt_campaigns.tenant_id and campaign.deleted_at is null and campaign.archived_at is null
    order by campaign.created_at, campaign.id
    limit 1;
    if not found then
      insert into mgmt.campaigns (tenant_id, name) values (adopt_campaigns.tenant_id, 'My first campaign')
      returning id into v_campaign;
      v_adopted := v_adopted + 1;
    end if;
    update public.tenants as tenant set campaign_id = v_campaign
    where tenant.id = adopt_campaigns.tenant_id and tenant.campaign_id = '';
  end if;
  return v_adopted;
end
$$;
revoke execute on function private.adopt_campaigns(text) from public;
comment on function private.adopt_campaigns(text) is 'Campaigns that the gateway''s rows of a tenant name, and one to play in Discord; returns how many are new.';

create function private.adopt_subscription(tenant_id text) returns int
language plpgsql security definer set search_path = ''
as $$
begin
  if private.deployment_mode() <> 'managed' then
    return 0;
  end if;
  insert into mgmt.subscriptions (tenant_id, plan_id, status, current_period_start, current_period_end)
  select
    tenant.id, case tenant.license_tier when 'dedicated' then 'dungeon_master' else 'apprentice' end, 'active',
    private.now(), private.now() + interval '1 month'
  from public.tenants as tenant
  where tenant.id = adopt_subscription.tenant_id
    and not exists (select from mgmt.subscriptions as known where known.tenant_id = tenant.id);
  return case when found then 1 else 0 end;
end
$$;
revoke execute on function private.adopt_subscription(text) from public;
comment on function private.adopt_subscription(text) is 'The plan that a tenant''s tier stands for, if it never had one: dedicated is dungeon_master, shared is apprentice. 1 when it was made.';

create function private.adopt_tenant(tenant_id text) returns table (campaigns int, subscriptions int)
language plpgsql security definer set search_path = ''
as $$
begin
  adopt_tenant.campaigns := private.adopt_campaigns(adopt_tenant.tenant_id);
  update public.tenants as tenant set name = left(tenant.id, 255) where tenant.id = adopt_tenant.tenant_id and tenant.name = '';
  adopt_tenant.subscriptions := private.adopt_subscription(adopt_tenant.tenant_id);
  -- Ids of before that cannot name a schema stay without one, which reads as "no data yet".
  if adopt_tenant.tenant_id ~ '^[a-z][a-z0-9_]{0,55}$' then
    perform private.provision_tenant_schema(adopt_tenant.tenant_id);
  end if;
  return next;
end
$$;
revoke execute on function private.adopt_tenant(text) from public;
comment on function private.adopt_tenant(text) is 'Gives one tenant what it lacks, and says how many campaigns and subscriptions were made. Safe to run again.';

create or replace function private.adopt_gateway_tenants() returns table (campaigns int, subscriptions int)
language plpgsql security definer set search_path = ''
as $$
declare
  v_adopted record;
begin
  adopt_gateway_tenants.campaigns := 0;
  adopt_gateway_tenants.subscriptions := 0;
  for v_adopted in
    select adopted.*
    from (select tenant.id from public.tenants as tenant order by tenant.created_at, tenant.id) as known,
      lateral private.adopt_tenant(known.id) as adopted
  loop
    adopt_gateway_tenants.campaigns := adopt_gateway_tenants.campaigns + v_adopted.campaigns;
    adopt_gateway_tenants.subscriptions := adopt_gateway_tenants.subscriptions + v_adopted.subscriptions;
  end loop;
  return next;
end
$$;
comment on function private.adopt_gateway_tenants() is 'Gives every tenant a name, its campaigns, one to play in Discord, in managed mode the plan of its tier, and a complete schema. Safe to run again.';

create function private.adopt_new_tenant() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if exists (select from public.tenants as tenant where tenant.id = new.id) then
    perform private.adopt_tenant(new.id);
  end if;
  return null;
end
$$;
revoke execute on function private.adopt_new_tenant() from public;
comment on function private.adopt_new_tenant() is 'At the end of the gateway''s transaction. Sign-up makes its tenants complete by itself.';

create constraint trigger tenants_adopt after insert on public.tenants
  deferrable initially deferred
  for each row when (current_user = 'glyphoxa_gateway') execute function private.adopt_new_tenant();

create function private.hand_over_tenant(tenant text, email text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_member mgmt.users;
  v_tenant public.tenants;
  v_old text;
begin
  select * into v_tenant from public.tenants as known where known.id = hand_over_tenant.tenant for update;
  if not found then
    perform private.fail('not_found', format('There is no table %s.', hand_over_tenant.tenant));
  end if;
  if exists (
    select from mgmt.users as member
    where member.tenant_id = v_tenant.id and member.deleted_at is null and member.role in ('tenant_owner', 'super_admin')
  ) then
    perform private.fail('conflict', 'This table has an Owner.', 'The Owner hands it over on the team page.');
  end if;
  select * into v_member
  from mgmt.users as member
  where lower(member.email) = lower(btrim(hand_over_tenant.email)) and member.email_verified and member.deleted_at is null
  for update;
  if not found then
    perform private.fail(
      'not_found', 'Nobody with this verified address has an account here.', 'Sign in once with it, then try again.'
    );
  end if;
  v_old := v_member.tenant_id;
  if v_old <> v_tenant.id then
    perform from public.tenants as known where known.id = v_old for update;
    if v_member.role <> 'tenant_owner' or not private.is_untouched_table(v_old) then
      perform private.fail(
        'already_in_table', format('%s belongs to another table that is in use.', v_member.display_name),
        'They leave it first, or sign in with another account.'
      );
    end if;
  end if;
  update mgmt.users as member set tenant_id = v_tenant.id, role = 'tenant_owner' where member.id = v_member.id;
  update public.tenants as known set contact_email = coalesce(known.contact_email, v_member.email) where known.id = v_tenant.id;
  if v_old <> v_tenant.id then
    perform private.drop_untouched_table(v_old);
  end if;
  return jsonb_build_object('tenant_id', v_tenant.id, 'user_id', v_member.id, 'display_name', v_member.display_name);
end
$$;
revoke execute on function private.hand_over_tenant(text, text) from public;
comment on function private.hand_over_tenant(text, text) is 'Makes the member with this verified address the Owner of a tenant that has none: { tenant_id, user_id, display_name }. Only postgres may call it. 404 not_found, 409 conflict (has an Owner) or already_in_table.';

select private.adopt_gateway_tenants();
