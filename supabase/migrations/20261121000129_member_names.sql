-- Names are for everybody at the table, mail addresses and accounts elsewhere for Owners and oneself.
--
-- After the policies were rewritten (120), since it changes one of them. mgmt.members gives every member the names.

drop policy "Members read themselves, Dungeon Masters the whole table" on mgmt.users;
create policy "Members read themselves, Owners the whole table" on mgmt.users
  for select to authenticated using (
    tenant_id = (select private.tenant_as('viewer'))
    and (id = (select auth.uid()) or tenant_id = (select private.tenant_as('tenant_owner')))
  );

create function private.table_members()
returns table (
  id uuid, display_name text, avatar_url text, role text, discord_id text, created_at timestamptz, last_login_at timestamptz
)
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_tenant text := private.current_tenant_id();
  v_leads boolean := private.has_role('dm');
begin
  return query
    select member.id, member.display_name, member.avatar_url, member.role,
      case when v_leads or member.id = auth.uid() then member.discord_id end,
      member.created_at,
      case when v_leads or member.id = auth.uid() then member.last_login_at end
    from mgmt.users as member
    where member.tenant_id = v_tenant and member.deleted_at is null;
end
$$;
revoke execute on function private.table_members() from public;
grant execute on function private.table_members() to authenticated;
comment on function private.table_members() is 'Who is at the caller''s table. Definer: policies show a whole row or none, and the address is in it.';

create view mgmt.members with (security_invoker = true) as
  select id, display_name, avatar_url, role, discord_id, created_at, last_login_at from private.table_members();
grant select on mgmt.members to authenticated;
comment on view mgmt.members is 'Names, pictures and roles of the own table, for every member; discord_id and last_login_at for Dungeon Masters and oneself. No mail addresses.';
