-- Sessions used against the cap of the running month, fullest first; the gate's own numbers, asked for those that are shown.
with fullest as (
  select known.tenant_id
  from private.plan_use() as known
  order by known.used::numeric / nullif((known.plan).session_cap, 0) desc nulls last
  limit 100
)
select
  tenant.id,
  tenant.name,
  ((verdict).plan).plan_id as plan,
  (verdict).used,
  ((verdict).plan).session_cap as cap,
  (verdict).live,
  ((verdict).plan).period_end,
  (verdict).code as refused_now_because
from fullest
join public.tenants as tenant on tenant.id = fullest.tenant_id
-- Without the offset the gate is asked anew for each column.
cross join lateral (select private.judge_start(tenant.id) as verdict offset 0) as judged
order by (verdict).used::numeric / nullif(((verdict).plan).session_cap, 0) desc nulls last;
