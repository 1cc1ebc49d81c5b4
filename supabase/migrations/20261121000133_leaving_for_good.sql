-- Deleting a table, and deleting an account.
--
-- Both work at once for people: from the moment the statement commits nobody reads anything of it. What takes time or
-- third parties (Stripe, Storage, the voice service) is the job tenant.delete, which ends with private.purge_tenant().

create table private.tenant_deletions (
  tenant_id text primary key,
  name text not null,
  asked_by uuid,
  members uuid[] not null,
  asked_at timestamptz not null,
  purged_at timestamptz,
  created_at timestamptz not null default now()
);
create index tenant_deletions_members on private.tenant_deletions using gin (members);
alter table private.tenant_deletions enable row level security;
alter table private.tenant_deletions force row level security;
comment on table private.tenant_deletions is 'Tables that were deleted. members: who belonged to it then, so that they can be told.';

create function private.purge_tenant(tenant_id text) returns boolean
language plpgsql security definer set search_path = ''
as $$
begin
  perform from private.tenant_deletions as deletion
  where deletion.tenant_id = purge_tenant.tenant_id and deletion.purged_at is null
  for update;
  if not found then
    return false;
  end if;
  -- What names the tenant by a foreign key goes with it; the gateway's own tables have none.
  delete from public.tenants as tenant where tenant.id = purge_tenant.tenant_id;
  delete from public.npc_definitions as npc where npc.tenant_id = purge_tenant.tenant_id;
  delete from public.sessions as session where session.tenant_id = purge_tenant.tenant_id;
  delete from public.usage_records as usage where usage.tenant_id = purge_tenant.tenant_id;
  execute format('drop schema if exists %I cascade', private.tenant_schema(purge_tenant.tenant_id));
  update private.tenant_deletions as deletion set purged_at = private.now()
  where deletion.tenant_id = purge_tenant.tenant_id;
  return true;
end
$$;
revoke execute on function private.purge_tenant(text) from public;
grant execute on function private.purge_tenant(text) to glyphoxa_worker;
comment on function private.purge_tenant(text) is 'Ends the deletion that delete_tenant() began: rows, schema and all; the audit log and the register of ids stay. False when there is nothing (more) to purge.';

create function private.tenant_deletion(tenant_id text) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'tenant_id', deletion.tenant_id,
    'purged', deletion.purged_at is not null,
    'known_to_gateway', exists (select from public.tenants as tenant where tenant.id = deletion.tenant_id),
    'stripe_subscriptions', coalesce((
      select jsonb_agg(subscription.stripe_subscription_id)
      from mgmt.subscriptions as subscription
      where subscription.tenant_id = deletion.tenant_id and subscription.stripe_subscription_id is not null
        and subscription.ended_at is null
    ), '[]')
  )
  from private.tenant_deletions as deletion
  where deletion.tenant_id = tenant_deletion.tenant_id
$$;
revoke execute on function private.tenant_deletion(text) from public;
grant execute on function private.tenant_deletion(text) to glyphoxa_worker;
comment on function private.tenant_deletion(text) is 'What the job tenant.delete still has to do: { tenant_id, purged, known_to_gateway, stripe_subscriptions }; null when nobody asked for it.';

create function mgmt.delete_tenant(confirm_name text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_tenant text := private.lock_members('tenant_owner');
  v_name text;
begin
  select tenant.name into v_name from public.tenants as tenant where tenant.id = v_tenant for update;
  if btrim(confirm_name) is distinct from btrim(v_name) then
    perform private.fail('validation', 'confirm_name: must be the name of the table.', 'Type the name exactly as it is shown.');
  end if;
  -- Starts of this table queue here, so none slips in after the check.
  insert into private.session_gates as gate (tenant_id, starts) values (v_tenant, 1)
  on conflict (tenant_id) do update set starts = gate.starts + 1;
  if exists (select from public.sessions as session where session.tenant_id = v_tenant and session.state <> 'ended') then
    perform private.fail('session_live', 'A session is on air.', 'End it first.');
  end if;

  insert into private.tenant_deletions (tenant_id, name, asked_by, members, asked_at)
  select v_tenant, v_name, auth.uid(), coalesce(array_agg(member.id), '{}'), private.now()
  from mgmt.users as member where member.tenant_id = v_tenant and member.deleted_at is null;
  update mgmt.invites as invite set revoked_at = private.now()
  where invite.tenant_id = v_tenant and invite.used_at is null and invite.revoked_at is null;
  -- In the bin a campaign is not started, whoever asks.
  update mgmt.campaigns as campaign set deleted_at = private.now()
  where campaign.tenant_id = v_tenant and campaign.deleted_at is null;
  perform private.enqueue('tenant.delete', jsonb_build_object('tenant_id', v_tenant));
  -- Last: from here on the caller is a member of nothing.
  update mgmt.users as member set deleted_at = private.now()
  where member.tenant_id = v_tenant and member.deleted_at is null;
  return jsonb_build_object('tenant_id', v_tenant);
end
$$;
revoke execute on function mgmt.delete_tenant(text) from public;
grant execute on function mgmt.delete_tenant(text) to authenticated;
comment on function mgmt.delete_tenant(text) is 'An Owner deletes the own table by typing its name: { tenant_id }. Nobody is a member from then on; data, files, plan and bot go with the job tenant.delete. 403 forbidden, 404 no_account, 409 session_live, 422 validation.';

create function mgmt.delete_account(confirm text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_person private.person := private.signed_in_person();
  v_tenant text;
begin
  if v_person.id is null then
    perform private.fail('signed_out', 'You are signed out.', 'Sign in again.');
  end if;
  if lower(btrim(delete_account.confirm)) is distinct from lower(coalesce(v_person.email, v_person.display_name)) then
    perform private.fail('validation', 'confirm: must be your email address.', 'Type it exactly as it is shown.');
  end if;
  v_tenant := private.current_tenant_id();
  if v_tenant is not null then
    perform pg_advisory_xact_lock(hashtextextended('members:' || v_tenant, 0));
    if private.has_role('tenant_owner') and not exists (
      select from mgmt.users as other
      where other.tenant_id = v_tenant and other.id <> v_person.id and other.deleted_at is null
        and other.role in ('tenant_owner', 'super_admin')
    ) then
      perform private.fail('last_owner', 'A table needs an Owner.', 'Hand it over first, or delete the table.');
    end if;
    if private.has_role('dm') and exists (
      select from public.sessions as session where session.tenant_id = v_tenant and session.state <> 'ended'
    ) then
      perform private.fail('session_live', 'A session is on air.', 'End it first.');
    end if;
  end if;
  -- Sessions, identities, membership, preferences and notifications go with it; what others share (campaigns, lore,
  -- transcripts) stays with the table.
  delete from auth.users as account where account.id = v_person.id;
  return jsonb_build_object('user_id', v_person.id);
end
$$;
revoke execute on function mgmt.delete_account(text) from public;
grant execute on function mgmt.delete_account(text) to authenticated;
comment on function mgmt.delete_account(text) is 'Deletes the caller''s account by typing the email address (without one: the name): { user_id }. 401 signed_out, 409 last_owner or session_live, 422 validation.';

-- A person without a table is told when it was deleted.
create or replace function private.require_role(minimum text) returns text
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_tenant text := private.current_tenant_id();
begin
  if auth.uid() is null then
    perform private.fail('signed_out', 'You are signed out.', 'Sign in again.');
  end if;
  if v_tenant is null then
    if exists (
      select from private.tenant_deletions as deletion
      where deletion.members @> array[auth.uid()] and deletion.asked_at > private.now() - interval '30 days'
    ) then
      perform private.fail('no_account', 'This table was deleted.', 'Make your own table, or open an invitation.');
    end if;
    perform private.fail('no_account', 'You do not belong to a table yet.', 'Finish signing in.');
  end if;
  if not private.has_role(minimum) then
    perform private.fail(
      'forbidden',
      case minimum
        when 'dm' then 'Only Dungeon Masters and Owners can do this.'
        when 'tenant_owner' then 'Only Owners can do this.'
        else 'You cannot do this.'
      end,
      'Ask an Owner of your table.'
    );
  end if;
  return v_tenant;
end
$$;

