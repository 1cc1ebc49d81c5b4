-- Who may look across tables, and what they did in the last 30 days, newest first. Studio is one password for everybody, so what was done there has no name.
with operators as (
  select member.id, member.display_name, member.email, member.last_login_at
  from mgmt.users as member
  where member.role = 'super_admin' and member.deleted_at is null
),
acts as (
  select operator.id, entry.created_at, entry.action, entry.resource_id, entry.tenant_id, entry.changes
  from operators as operator
  join mgmt.audit_log as entry on entry.actor = operator.id
  where entry.resource_type = 'operations' and entry.created_at > now() - interval '30 days'
  union all
  select null, entry.created_at, entry.action, entry.resource_id, entry.tenant_id, entry.changes
  from mgmt.audit_log as entry
  where entry.tenant_id is null and entry.resource_id = 'studio' and entry.resource_type = 'operations'
    and entry.created_at > now() - interval '30 days'
  order by 2 desc
  limit 500
)
select
  coalesce(operator.display_name, 'Studio') as who,
  operator.email,
  operator.last_login_at,
  act.created_at,
  act.action,
  act.resource_id as what,
  act.tenant_id,
  act.changes
from operators as operator
full join acts as act on act.id = operator.id
order by act.created_at desc nulls last, who;
