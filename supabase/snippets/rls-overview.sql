-- Every policy as a sentence, with its roles and verb; and tables on which row level security is not forced.
select
  c.relnamespace::regnamespace as schema,
  c.relname as "table",
  c.relrowsecurity and c.relforcerowsecurity as forced,
  policy.cmd as verb,
  policy.roles,
  policy.policyname as sentence
from pg_catalog.pg_class as c
left join pg_catalog.pg_policies as policy
  on policy.schemaname = c.relnamespace::regnamespace::text and policy.tablename = c.relname
where c.relkind in ('r', 'p') and c.relnamespace::regnamespace::text in ('public', 'mgmt', 'private')
order by forced, 1, 2, verb;
