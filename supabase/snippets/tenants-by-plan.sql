-- Tenants per plan and state as they are at this moment: trials that are over count as apprentice.
select
  (entitlement).plan_id as plan,
  (entitlement).status as status,
  count(*) as tenants,
  count(*) filter (where last_session > now() - interval '30 days') as played_in_30_days
from (
  select
    private.entitlement(tenant.id) as entitlement,
    (select max(session.started_at) from public.sessions as session where session.tenant_id = tenant.id) as last_session
  from public.tenants as tenant
  -- Else the plan is worked out anew for each column.
  offset 0
) as state
group by 1, 2
order by tenants desc;
