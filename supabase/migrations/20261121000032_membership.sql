-- Who stays, who goes, and who may do what. Membership is read at every statement, so each of these works at once; open
-- Realtime channels are asked again within seconds.
--
-- Nobody gives a role at or above the own one, changes the own role, or leaves a table without an Owner.

create function private.lock_members(minimum text) returns text
language plpgsql security definer set search_path = ''
as $$
declare
  v_tenant text := private.require_role(minimum);
begin
  perform pg_advisory_xact_lock(hashtextextended('members:' || v_tenant, 0));
  -- While waiting, the caller may have been removed or have handed the table over.
  return private.require_role(minimum);
end
$$;
revoke execute on function private.lock_members(text) from public;
comment on function private.lock_members(text) is 'As require_role(); until the end of the transaction nobody else changes roles or membership of this table.';

create function private.member_below(tenant_id text, member uuid) returns mgmt.users
language plpgsql security definer set search_path = ''
as $$
declare
  c_ranks constant text[] := array['viewer', 'dm', 'tenant_owner', 'super_admin'];
  v_member mgmt.users;
begin
  select * into v_member
  from mgmt.users as known
  where known.id = member_below.member and known.tenant_id = member_below.tenant_id and known.deleted_at is null
  for update;
  if not found then
    perform private.fail('not_found', 'There is no such member at your table.');
  end if;
  if array_position(c_ranks, v_member.role) >= array_position(c_ranks, private.current_role()) then
    perform private.fail('role_too_high', format('%s has a role that you cannot change.', v_member.display_name));
  end if;
  return v_member;
end
$$;
revoke execute on function private.member_below(text, uuid) from public;
comment on function private.member_below(text, uuid) is 'A member of the table whose role is below the caller''s. 403 role_too_high, 404 not_found.';

create function private.member_facts(member mgmt.users) returns jsonb
language sql immutable set search_path = ''
as $$ select jsonb_build_object('id', member.id, 'display_name', member.display_name, 'role', member.role) $$;
revoke execute on function private.member_facts(mgmt.users) from public;

create function mgmt.set_member_role(member uuid, role text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_tenant text := private.lock_members('tenant_owner');
  v_member mgmt.users;
begin
  if set_member_role.member = auth.uid() then
    perform private.fail('own_role', 'Nobody changes their own role.', 'Hand the table over instead.');
  end if;
  if set_member_role.role in ('tenant_owner', 'super_admin') then
    perform private.fail('role_too_high', 'This role cannot be given.', 'A table is handed over instead.');
  end if;
  if set_member_role.role is null or set_member_role.role not in ('viewer', 'dm') then
    perform private.fail('validation', 'role: must be viewer or dm.');
  end if;
  v_member := private.member_below(v_tenant, set_member_role.member);
  if v_member.role = 'viewer' and set_member_role.role = 'dm' then
    perform private.require_seat(v_tenant);
  end if;
  update mgmt.users as known set role = set_member_role.role where known.id = v_member.id
  returning * into v_member;
  return private.member_facts(v_member);
end
$$;
revoke execute on function mgmt.set_member_role(uuid, text) from public;
grant execute on function mgmt.set_member_role(uuid, text) to authenticated;
comment on function mgmt.set_member_role(uuid, text) is 'Owners make a member viewer or dm: { id, display_name, role }. 402 seat_limit, 403 forbidden or role_too_high, 404 not_found, 409 own_role, 422 validation.';

create function mgmt.transfer_ownership(member uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_tenant text := private.lock_members('tenant_owner');
  v_member mgmt.users;
begin
  if transfer_ownership.member = auth.uid() then
    perform private.fail('own_role', 'The table is yours already.');
  end if;
  v_member := private.member_below(v_tenant, transfer_ownership.member);
  -- The giver keeps a seat as Dungeon Master, so a Player who becomes Owner takes one more.
  if v_member.role = 'viewer' then
    perform private.require_seat(v_tenant);
  end if;
  update mgmt.users as known
  set role = case when known.id = v_member.id then 'tenant_owner' when known.role = 'tenant_owner' then 'dm' else known.role end
  where known.id in (v_member.id, auth.uid());
  select * into v_member from mgmt.users as known where known.id = v_member.id;
  return private.member_facts(v_member);
end
$$;
revoke execute on function mgmt.transfer_ownership(uuid) from public;
grant execute on function mgmt.transfer_ownership(uuid) to authenticated;
comment on function mgmt.transfer_ownership(uuid) is 'An Owner makes a member Owner and is a dm from then on: the new Owner as { id, display_name, role }. 402 seat_limit, 403 forbidden or role_too_high, 404 not_found, 409 own_role.';

create function mgmt.remove_member(member uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_tenant text := private.lock_members('tenant_owner');
  v_member mgmt.users;
begin
  if remove_member.member = auth.uid() then
    perform private.fail('own_role', 'Nobody removes themselves.', 'Leave the table instead.');
  end if;
  v_member := private.member_below(v_tenant, remove_member.member);
  update mgmt.users as known set deleted_at = private.now() where known.id = v_member.id;
  -- The next sign-in would take an invitation that is still open for this person.
  update mgmt.invites as invite set revoked_at = private.now()
  where invite.tenant_id = v_tenant and invite.used_at is null and invite.revoked_at is null
    and (invite.discord_id = v_member.discord_id or invite.email = v_member.email);
  return private.member_facts(v_member);
end
$$;
revoke execute on function mgmt.remove_member(uuid) from public;
grant execute on function mgmt.remove_member(uuid) to authenticated;
comment on function mgmt.remove_member(uuid) is 'Owners remove a member, who belongs to no table at once, and revoke open invites made for this person: { id, display_name, role }. 403 forbidden or role_too_high, 404 not_found, 409 own_role.';

create function mgmt.leave_tenant() returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_tenant text := private.lock_members('viewer');
begin
  if private.has_role('tenant_owner') and not exists (
    select from mgmt.users as other
    where other.tenant_id = v_tenant and other.id <> auth.uid() and other.deleted_at is null
      and other.role in ('tenant_owner', 'super_admin')
  ) then
    perform private.fail('last_owner', 'A table needs an Owner.', 'Hand it over first, or delete the table.');
  end if;
  update mgmt.users as known set deleted_at = private.now() where known.id = auth.uid();
  return jsonb_build_object('tenant_id', v_tenant);
end
$$;
revoke execute on function mgmt.leave_tenant() from public;
grant execute on function mgmt.leave_tenant() to authenticated;
comment on function mgmt.leave_tenant() is 'The caller leaves the own table and belongs nowhere: { tenant_id }. 404 no_account, 409 last_owner.';
