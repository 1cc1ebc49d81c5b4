-- The one question that policies ask: in which tenant may this caller act, given that a policy wants at least this role?
-- Tenant and role come from one look at mgmt.users, where current_tenant_id() and has_role() took two.
-- docs/decisions/policy-helper.md has the figures.

-- plpgsql keeps its plan for the life of a connection; a definer in SQL is planned anew at every statement. The caller
-- is a variable, because a sequential scan over a small table would parse the claims once per row.
create function private.tenant_as(minimum text) returns text
language plpgsql stable security definer set search_path = ''
as $$
declare
  c_ranks constant text[] := array['viewer', 'dm', 'tenant_owner', 'super_admin'];
  v_caller uuid := auth.uid();
  v_tenant text;
begin
  select member.tenant_id into v_tenant
  from mgmt.users as member
  where member.id = v_caller and member.deleted_at is null
    and array_position(c_ranks, member.role) >= array_position(c_ranks, tenant_as.minimum);
  return v_tenant;
end
$$;
revoke execute on function private.tenant_as(text) from public;
grant execute on function private.tenant_as(text) to authenticated, service_role;
comment on function private.tenant_as(text) is 'The caller''s tenant, if the caller has at least this role there; null for everybody else, and for a role that does not exist. Policies: tenant_id = (select private.tenant_as(...)).';
