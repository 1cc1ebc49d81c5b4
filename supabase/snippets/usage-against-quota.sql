-- Sessions used against the cap of the running month, fullest first; the gate's own numbers.
select
  tenant.id,
  tenant.name,
  ((verdict).plan).plan_id as plan,
  (verdict).used,
  ((verdict).plan).session_cap as cap,
  (verdict).live,
  ((verdict).plan).period_end,
  (verdict).code as refused_now_because
from public.tenants as tenant
cross join lateral (select private.judge_start(tenant.id) as verdict) as judged
order by (verdict).used::numeric / nullif(((verdict).plan).session_cap, 0) desc nulls last
limit 100;
