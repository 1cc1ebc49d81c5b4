-- Monthly recurring revenue of the last twelve months, and what came and went, by currency. Cents; a year's price counts by twelve.
select to_char(span.starts, 'YYYY-MM') as month, moved.*
from (
  select date_trunc('month', private.now()) - make_interval(months => back) as starts
  from generate_series(0, 11) as back
) as span
cross join lateral (
  select
    currency,
    round(coalesce(sum(later.cents), 0)) as mrr_cents,
    count(later.cents) as paying,
    count(*) filter (where earlier.cents is null) as new,
    count(*) filter (where later.cents is null) as lost,
    round(100.0 * count(*) filter (where later.cents is null) / nullif(count(earlier.cents), 0), 1) as churn_percent
  from (
    select tenant_id, currency, sum(monthly_cents) as cents
    from private.recurring_revenue(least(span.starts + interval '1 month', private.now())) group by 1, 2
  ) as later
  full join (
    select tenant_id, currency, sum(monthly_cents) as cents
    from private.recurring_revenue(span.starts) group by 1, 2
  ) as earlier using (tenant_id, currency)
  group by currency
) as moved
order by 1 desc, 2;
