-- Policies ask once who the caller is: tenant_id = (select private.tenant_as('dm')) instead of a question for the tenant
-- and another for the role. What a policy allows stays exactly the same.
--
-- Read from the catalogue, so that no table is forgotten. A policy in another shape than these two is left alone, and
-- tests/isolation/policy-form.test.ts names it.

alter policy "Members read themselves, Dungeon Masters the whole table" on mgmt.users using (
  tenant_id = (select private.tenant_as('viewer'))
  and (id = (select auth.uid()) or tenant_id = (select private.tenant_as('dm')))
);

create function pg_temp.asked_once(expression text) returns text
language plpgsql immutable
as $$
declare
  c_tenant constant text := '( SELECT private.current_tenant_id() AS current_tenant_id)';
  c_role constant text := ' AND \( SELECT private\.has_role\(''(\w+)''::text\) AS has_role\)';
  v_role text := coalesce((regexp_match(expression, c_role))[1], 'viewer');
begin
  -- Both questions may be one only where both must be answered with yes.
  if expression ~ ' OR ' or regexp_count(expression, 'private\.has_role') > regexp_count(expression, c_role)
    or regexp_count(expression, c_role) > 1 then
    return expression;
  end if;
  return replace(regexp_replace(expression, c_role, ''), c_tenant, format('(select private.tenant_as(%L))', v_role));
end
$$;

do $$
declare
  v_policy record;
begin
  for v_policy in
    select
      schemaname, tablename, policyname, qual, with_check, pg_temp.asked_once(qual) as new_qual,
      pg_temp.asked_once(with_check) as new_check
    from pg_catalog.pg_policies
    where schemaname in ('public', 'mgmt', 'storage')
      and concat(qual, with_check) like '%private.current\_tenant\_id()%'
  loop
    if v_policy.new_qual is distinct from v_policy.qual then
      execute format(
        'alter policy %I on %I.%I using (%s)',
        v_policy.policyname, v_policy.schemaname, v_policy.tablename, v_policy.new_qual
      );
    end if;
    if v_policy.new_check is distinct from v_policy.with_check then
      execute format(
        'alter policy %I on %I.%I with check (%s)',
        v_policy.policyname, v_policy.schemaname, v_policy.tablename, v_policy.new_check
      );
    end if;
  end loop;
end
$$;

drop function pg_temp.asked_once(text);
