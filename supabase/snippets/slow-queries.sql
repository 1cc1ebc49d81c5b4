-- The statements that took most time in all; needs pg_stat_statements, which Supabase has.
select
  calls,
  round(total_exec_time::numeric) as total_ms,
  round(mean_exec_time::numeric, 2) as mean_ms,
  round(max_exec_time::numeric) as max_ms,
  rows,
  left(regexp_replace(query, '\s+', ' ', 'g'), 300) as query
from extensions.pg_stat_statements
order by total_exec_time desc
limit 25;
