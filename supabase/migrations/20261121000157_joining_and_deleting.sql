-- Deleting a table while somebody joins it, while Stripe speaks of it, or while an operator changes a role there.

-- Whoever is just joining holds the table's row first and is deleted with it; whoever comes later finds the deletion.
create function private.refuse_deleted_table() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform from public.tenants as tenant where tenant.id = new.tenant_id for key share;
  if exists (select from private.tenant_deletions as deletion where deletion.tenant_id = new.tenant_id) then
    perform private.fail('gone', 'This table was deleted.', 'Make your own table, or open another invitation.');
  end if;
  return new;
end
$$;
revoke execute on function private.refuse_deleted_table() from public;
comment on function private.refuse_deleted_table() is 'Nobody becomes a member of a table whose deletion was asked for: 410 gone.';

create trigger users_of_standing_tables before insert or update of tenant_id, deleted_at on mgmt.users
  for each row when (new.deleted_at is null) execute function private.refuse_deleted_table();

create or replace function mgmt.delete_tenant(confirm_name text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_tenant text := private.lock_members('tenant_owner');
  v_name text := (select tenant.name from public.tenants as tenant where tenant.id = v_tenant);
begin
  if btrim(confirm_name) is distinct from btrim(v_name) then
    perform private.fail('validation', 'confirm_name: must be the name of the table.', 'Type the name exactly as it is shown.');
  end if;
  -- Locks in the order in which others take them: the invitation (whoever is joining), the gate (starts and news of
  -- payments queue on it, so none slips in after the check), the table's row (new members and plans refer to it).
  update mgmt.invites as invite set revoked_at = private.now()
  where invite.tenant_id = v_tenant and invite.used_at is null and invite.revoked_at is null;
  insert into private.session_gates as gate (tenant_id, starts) values (v_tenant, 1)
  on conflict (tenant_id) do update set starts = gate.starts + 1;
  perform from public.tenants as tenant where tenant.id = v_tenant for update;
  if exists (select from public.sessions as session where session.tenant_id = v_tenant and session.state <> 'ended') then
    perform private.fail('session_live', 'A session is on air.', 'End it first.');
  end if;

  insert into private.tenant_deletions (tenant_id, name, asked_by, members, asked_at)
  select v_tenant, v_name, auth.uid(), coalesce(array_agg(member.id), '{}'), private.now()
  from mgmt.users as member where member.tenant_id = v_tenant and member.deleted_at is null;
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

create or replace function mgmt.admin_set_role(member uuid, role text, reason text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_member mgmt.users;
  v_tenant text := (
    select known.tenant_id from mgmt.users as known where known.id = admin_set_role.member and known.deleted_at is null
  );
  v_reason text := btrim(admin_set_role.reason);
begin
  perform private.as_operator(
    'admin_set_role', v_tenant,
    jsonb_build_object('member', admin_set_role.member, 'role', admin_set_role.role, 'reason', left(v_reason, 300)), 'act'
  );
  if v_tenant is null then
    perform private.fail('not_found', 'There is no such member.');
  end if;
  if admin_set_role.member = auth.uid() then
    perform private.fail('own_role', 'Nobody changes their own role.', 'Another operator can.');
  end if;
  if coalesce(admin_set_role.role, '') not in ('super_admin', 'tenant_owner', 'dm', 'viewer') then
    perform private.fail('validation', 'role: must be super_admin, tenant_owner, dm or viewer.');
  end if;
  if v_reason is null or char_length(v_reason) not between 5 and 300 then
    perform private.fail('validation', 'reason: must have 5 to 300 characters.');
  end if;

  perform pg_advisory_xact_lock(hashtextextended('members:' || v_tenant, 0));
  -- Read only now: while waiting, the table may have been handed over to this very member.
  select * into v_member
  from mgmt.users as known
  where known.id = admin_set_role.member and known.tenant_id = v_tenant and known.deleted_at is null
  for update;
  if not found then
    perform private.fail('not_found', 'There is no such member.');
  end if;
  if v_member.role in ('tenant_owner', 'super_admin') and admin_set_role.role in ('dm', 'viewer') and not exists (
    select from mgmt.users as other
    where other.tenant_id = v_tenant and other.id <> v_member.id and other.deleted_at is null
      and other.role in ('tenant_owner', 'super_admin')
  ) then
    perform private.fail('last_owner', 'A table needs an Owner.', 'Give this table another Owner first.');
  end if;
  update mgmt.users as known set role = admin_set_role.role where known.id = v_member.id returning * into v_member;
  return private.member_facts(v_member);
end
$$;
