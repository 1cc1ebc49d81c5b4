-- Who may look across tables, and what they did in the last 30 days.
select
  member.display_name,
  member.email,
  member.last_login_at,
  entry.created_at,
  entry.action,
  entry.resource_id as what,
  entry.tenant_id,
  entry.changes
from mgmt.users as member
left join mgmt.audit_log as entry
  on entry.actor = member.id and entry.resource_type = 'operations' and entry.created_at > now() - interval '30 days'
where member.role = 'super_admin' and member.deleted_at is null
order by member.display_name, entry.id desc
limit 500;
