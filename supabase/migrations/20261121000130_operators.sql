-- Super admins: the operators of an installation. Policies know nothing of them; they reach across tables only through
-- the admin_* functions, and each of these writes a row into the audit log before it answers. A look at one table is
-- written into that table's log, so that its Owners see it too.

alter table mgmt.audit_log
  drop constraint audit_log_action_known,
  add constraint audit_log_action_known check (action in ('insert', 'update', 'delete', 'bin', 'restore', 'look', 'act'));

create function private.as_operator(act text, tenant_id text default null, detail jsonb default '{}', action text default 'look')
returns uuid
language plpgsql security definer set search_path = ''
as $$
declare
  v_origin private.audit_origin;
begin
  if auth.uid() is null then
    perform private.fail('signed_out', 'You are signed out.', 'Sign in again.');
  end if;
  if private.current_role() is distinct from 'super_admin' then
    perform private.fail('forbidden', 'Only operators of this installation can do this.');
  end if;
  v_origin := private.audit_origin();
  insert into mgmt.audit_log (
    tenant_id, actor, actor_kind, action, resource_type, resource_id, changes, ip, user_agent, request_id
  ) values (
    as_operator.tenant_id, auth.uid(), 'operator', as_operator.action, 'operations', as_operator.act,
    -- In the shape of every other row, so that whoever reads the log reads these too.
    coalesce((
      select jsonb_object_agg(key, jsonb_build_object('before', null, 'after', value))
      from jsonb_each(as_operator.detail) where value <> 'null'
    ), '{}'),
    -- An operator's address is the log's business, not that of the table looked at.
    case when as_operator.tenant_id is null then v_origin.ip end,
    case when as_operator.tenant_id is null then v_origin.user_agent end,
    v_origin.request_id
  );
  return auth.uid();
end
$$;
revoke execute on function private.as_operator(text, text, jsonb, text) from public;
comment on function private.as_operator(text, text, jsonb, text) is 'Admits super admins only (401 signed_out, 403 forbidden) and writes what they are about to do into the audit log, of a table if one is named. Comes first in every admin_* function.';

create function private.page_size(wanted int) returns int
language sql immutable set search_path = ''
as $$ select least(greatest(coalesce(wanted, 50), 1), 200) $$;
revoke execute on function private.page_size(int) from public;

-- For ILIKE: what a person typed, anywhere in the text, taken literally.
create function private.contains_pattern(query text) returns text
language sql immutable set search_path = ''
as $$ select '%' || replace(replace(replace(btrim(query), '\', '\\'), '%', '\%'), '_', '\_') || '%' $$;
revoke execute on function private.contains_pattern(text) from public;

-- The first operator has nobody to be named by: npm run admin:grant calls this as postgres.
create function private.grant_super_admin(email text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_member mgmt.users;
begin
  select * into v_member
  from mgmt.users as member
  where lower(member.email) = lower(btrim(grant_super_admin.email)) and member.email_verified and member.deleted_at is null
  for update;
  if not found then
    perform private.fail(
      'not_found', 'Nobody with this verified address has an account here.', 'Sign in once with it, then try again.'
    );
  end if;
  update mgmt.users as member set role = 'super_admin' where member.id = v_member.id;
  return jsonb_build_object(
    'id', v_member.id, 'display_name', v_member.display_name, 'was', v_member.role, 'role', 'super_admin'
  );
end
$$;
revoke execute on function private.grant_super_admin(text) from public;
comment on function private.grant_super_admin(text) is 'Makes the member with this verified address a super admin: { id, display_name, was, role }, also when it is one already; 404 not_found. Only postgres may call it.';

create function mgmt.admin_set_role(member uuid, role text, reason text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_member mgmt.users;
  v_reason text := btrim(admin_set_role.reason);
begin
  select * into v_member from mgmt.users as known where known.id = admin_set_role.member and known.deleted_at is null;
  perform private.as_operator(
    'admin_set_role', v_member.tenant_id,
    jsonb_build_object('member', admin_set_role.member, 'role', admin_set_role.role, 'reason', left(v_reason, 300)), 'act'
  );
  if v_member.id is null then
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

  perform pg_advisory_xact_lock(hashtextextended('members:' || v_member.tenant_id, 0));
  if v_member.role in ('tenant_owner', 'super_admin') and admin_set_role.role in ('dm', 'viewer') and not exists (
    select from mgmt.users as other
    where other.tenant_id = v_member.tenant_id and other.id <> v_member.id and other.deleted_at is null
      and other.role in ('tenant_owner', 'super_admin')
  ) then
    perform private.fail('last_owner', 'A table needs an Owner.', 'Give this table another Owner first.');
  end if;
  update mgmt.users as known set role = admin_set_role.role where known.id = v_member.id returning * into v_member;
  return private.member_facts(v_member);
end
$$;
revoke execute on function mgmt.admin_set_role(uuid, text, text) from public;
grant execute on function mgmt.admin_set_role(uuid, text, text) to authenticated;
comment on function mgmt.admin_set_role(uuid, text, text) is 'Super admins give anybody but themselves any role, with a reason for the audit log: { id, display_name, role }. 403 forbidden, 404 not_found, 409 own_role or last_owner, 422 validation.';

create function mgmt.admin_audit(
  tenant text default null, actor uuid default null, kind text default null, thing text default null,
  since timestamptz default null, until timestamptz default null, before bigint default null, "limit" int default 50
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_limit int := private.page_size(admin_audit."limit");
begin
  perform private.as_operator('admin_audit', null, jsonb_build_object(
    'tenant', admin_audit.tenant, 'actor', admin_audit.actor, 'kind', admin_audit.kind, 'thing', admin_audit.thing,
    'since', admin_audit.since, 'until', admin_audit.until
  ));
  return (
    with page as (
      select entry.*
      from mgmt.audit_log as entry
      where (admin_audit.tenant is null or entry.tenant_id = admin_audit.tenant)
        and (admin_audit.actor is null or entry.actor = admin_audit.actor)
        and (admin_audit.kind is null or entry.resource_type = admin_audit.kind)
        and (admin_audit.thing is null or entry.resource_id = admin_audit.thing)
        and (admin_audit.since is null or entry.created_at >= admin_audit.since)
        and (admin_audit.until is null or entry.created_at < admin_audit.until)
        and (admin_audit.before is null or entry.id < admin_audit.before)
      order by entry.id desc
      limit v_limit
    )
    select jsonb_build_object(
      'rows', coalesce(jsonb_agg(
        to_jsonb(page) || jsonb_build_object(
          'tenant_name', (select known.name from public.tenants as known where known.id = page.tenant_id),
          'actor_name', (select known.display_name from mgmt.users as known where known.id = page.actor)
        ) order by page.id desc
      ), '[]'),
      'next', case when count(*) = v_limit then min(page.id) end
    )
    from page
  );
end
$$;
revoke execute on function mgmt.admin_audit(text, uuid, text, text, timestamptz, timestamptz, bigint, int) from public;
grant execute on function mgmt.admin_audit(text, uuid, text, text, timestamptz, timestamptz, bigint, int) to authenticated;
comment on function mgmt.admin_audit(text, uuid, text, text, timestamptz, timestamptz, bigint, int) is 'Super admins: the audit log of all tables, newest first: { rows: [audit_log row with tenant_name, actor_name], next }; next as before gives the page after. 403 forbidden.';

create index audit_log_newest on mgmt.audit_log (id desc);
create index audit_log_actor on mgmt.audit_log (actor, id desc) where actor is not null;
