-- Here postgres inherits from the owners of storage and realtime so that it can make policies on their tables
-- (10-roles.sql). A hosted project allows it just that, so everything else is refused: a migration that would fail there
-- fails here.

create or replace function extensions.refuse_changes_of_services() returns event_trigger
language plpgsql
set search_path = ''
as $$
declare
  v_change record;
begin
  if current_user <> 'postgres' then
    return;
  end if;
  for v_change in
    select c.command_tag, c.object_identity
    from pg_catalog.pg_event_trigger_ddl_commands() as c
    where c.schema_name in ('storage', 'realtime')
      and c.command_tag not in ('CREATE POLICY', 'ALTER POLICY', 'CREATE TRIGGER', 'COMMENT', 'GRANT', 'REVOKE')
  loop
    raise exception 'permission denied: % on %', v_change.command_tag, v_change.object_identity
      using errcode = 'insufficient_privilege',
        hint = 'The service owns this schema. Policies, triggers and grants are yours; its objects are not.';
  end loop;
end
$$;

create or replace function extensions.refuse_drops_from_services() returns event_trigger
language plpgsql
set search_path = ''
as $$
declare
  v_drop record;
begin
  if current_user <> 'postgres' then
    return;
  end if;
  for v_drop in
    select d.object_type, d.object_identity
    from pg_catalog.pg_event_trigger_dropped_objects() as d
    where d.schema_name in ('storage', 'realtime')
      and d.object_type not in ('policy', 'trigger')
  loop
    raise exception 'permission denied: drop % %', v_drop.object_type, v_drop.object_identity
      using errcode = 'insufficient_privilege',
        hint = 'The service owns this schema. Policies, triggers and grants are yours; its objects are not.';
  end loop;
end
$$;

drop event trigger if exists refuse_changes_of_services;
create event trigger refuse_changes_of_services on ddl_command_end execute function extensions.refuse_changes_of_services();

drop event trigger if exists refuse_drops_from_services;
create event trigger refuse_drops_from_services on sql_drop execute function extensions.refuse_drops_from_services();
