-- The log keeps before and after, so in it lies what people wrote: personalities, lore, titles, what the knowledge map says. It is
-- their table's. Operators read that it was changed, by whom and when, as they do on every other of their pages.

create function private.is_fact(resource_type text) returns boolean
language sql immutable set search_path = ''
as $$
  select is_fact.resource_type in (
    'tenant', 'member', 'discord_server', 'secret', 'bot', 'session_request', 'subscription', 'plan', 'invoice', 'payment',
    'billing_event', 'usage', 'license', 'provider_config', 'gateway', 'voice', 'setting', 'provider_rate', 'usage_assumption',
    'review_flag', 'operations'
  )
$$;
revoke execute on function private.is_fact(text) from public;
comment on function private.is_fact(text) is 'Whether operators read names and values of this kind of row in the audit log. A kind that nobody has thought of is none: it may quote what people wrote.';

create or replace function mgmt.admin_audit(
  tenant text default null, actor uuid default null, actor_kind text default null, kind text default null,
  thing text default null,
  since timestamptz default null, until timestamptz default null, before bigint default null, "limit" int default 50
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_limit int := private.page_size(admin_audit."limit");
begin
  perform private.as_operator('admin_audit', null, jsonb_build_object(
    'tenant', admin_audit.tenant, 'actor', admin_audit.actor, 'actor_kind', admin_audit.actor_kind, 'kind', admin_audit.kind, 'thing', admin_audit.thing,
    'since', admin_audit.since, 'until', admin_audit.until
  ));
  return (
    with page as (
      select entry.*
      from mgmt.audit_log as entry
      where (admin_audit.tenant is null or entry.tenant_id = admin_audit.tenant)
        and (admin_audit.actor is null or entry.actor = admin_audit.actor)
        and (admin_audit.actor_kind is null or entry.actor_kind = admin_audit.actor_kind)
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
        to_jsonb(page)
        || case when not private.is_fact(page.resource_type) then jsonb_build_object(
          'resource_name', null,
          'changes', (select coalesce(jsonb_object_agg(field, 'changed'), '{}') from jsonb_object_keys(page.changes) as field)
        ) else '{}' end
        || jsonb_build_object(
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
comment on function mgmt.admin_audit(text, uuid, text, text, text, timestamptz, timestamptz, bigint, int) is 'Super admins: the audit log of all tables, newest first: { rows: [audit_log row with tenant_name, actor_name], next }; next as before gives the page after. What people wrote is not in it: such a field says changed, such a thing has no name. actor_kind: user, operator, system, gateway. 403 forbidden.';
