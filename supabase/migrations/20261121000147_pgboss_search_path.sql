-- pg-boss qualifies its names; with a fixed search_path nobody can put others in front of them. The functions themselves stand
-- in the schema's migration as the library prints them.
do $$
declare
  v_function regprocedure;
begin
  for v_function in
    select routine.oid from pg_catalog.pg_proc as routine
    where routine.pronamespace = 'pgboss'::regnamespace and routine.prokind = 'f'
  loop
    execute format('alter function %s set search_path = ''''', v_function);
  end loop;
end
$$;
