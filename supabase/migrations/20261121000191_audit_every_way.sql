-- What left no row in the audit log: TRUNCATE of any table, what an operator changes in private tables and in ledgers, and an NPC
-- whose time in the bin is over. And the log refuses changes also to a session that has triggers switched off.
--
-- Not stopped, because nothing in a database can: whoever owns the log may drop a month of it, or take its triggers away.
-- On the embedded stack such statements of Studio are in the log before they run.

-- A TRUNCATE is written down row by row like a DELETE, before it happens.

create function private.audit_truncate() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  v_origin private.audit_origin := private.audit_origin();
begin
  execute format(
    $query$
      insert into mgmt.audit_log (
        tenant_id, actor, actor_kind, action, resource_type, resource_id, resource_name, changes, ip, user_agent, request_id
      )
      select
        nullif(row ->> $3, ''), $1, $2, 'delete', $4,
        concat_ws('/', row ->> $6, row ->> $7, row ->> $8, row ->> $9), left(row ->> $5, 120),
        coalesce(private.audit_changes(row, null), '{}'), $10, $11, $12
      from (select to_jsonb(gone) as row from %s as gone) as emptied
    $query$, tg_relid::regclass
  ) using
    v_origin.actor, v_origin.actor_kind, tg_argv[1], tg_argv[0], tg_argv[2], tg_argv[3], tg_argv[4], tg_argv[5], tg_argv[6],
    v_origin.ip, v_origin.user_agent, v_origin.request_id;
  return null;
end
$$;
revoke execute on function private.audit_truncate() from public;
comment on function private.audit_truncate() is 'Trigger made by private.audit_writes(), with the arguments of private.audit_write(): each row of a table that is emptied leaves what its deletion would have left. Definer: nobody may write the log.';

create or replace function private.audit_write() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  v_type constant text := tg_argv[0];
  v_tenant constant text := tg_argv[1];
  v_name constant text := tg_argv[2];
  v_key constant text := tg_argv[3];
  v_second_key constant text := tg_argv[4];
  -- Null where the key has fewer columns: concat_ws() leaves them out.
  v_third_key constant text := tg_argv[5];
  v_fourth_key constant text := tg_argv[6];
  v_origin private.audit_origin;
begin
  if tg_op = 'INSERT' then
    if not exists (select from new_rows) then
      return null;
    end if;
    v_origin := private.audit_origin();
    insert into mgmt.audit_log (
      tenant_id, actor, actor_kind, action, resource_type, resource_id, resource_name, changes, ip, user_agent, request_id
    )
    select
      nullif(row ->> v_tenant, ''), v_origin.actor, v_origin.actor_kind, 'insert', v_type,
      concat_ws('/', row ->> v_key, row ->> v_second_key, row ->> v_third_key, row ->> v_fourth_key), left(row ->> v_name, 120),
      coalesce(private.audit_changes(null, row), '{}'), v_origin.ip, v_origin.user_agent, v_origin.request_id
    from (select to_jsonb(added) as row from new_rows as added) as written;
  elsif tg_op = 'DELETE' then
    if not exists (select from old_rows) then
      return null;
    end if;
    v_origin := private.audit_origin();
    insert into mgmt.audit_log (
      tenant_id, actor, actor_kind, action, resource_type, resource_id, resource_name, changes, ip, user_agent, request_id
    )
    select
      nullif(row ->> v_tenant, ''), v_origin.actor, v_origin.actor_kind, 'delete', v_type,
      concat_ws('/', row ->> v_key, row ->> v_second_key, row ->> v_third_key, row ->> v_fourth_key), left(row ->> v_name, 120),
      coalesce(private.audit_changes(row, null), '{}'), v_origin.ip, v_origin.user_agent, v_origin.request_id
    from (select to_jsonb(removed) as row from old_rows as removed) as written;
  else
    if not exists (select from new_rows) then
      return null;
    end if;
    v_origin := private.audit_origin();
    insert into mgmt.audit_log (
      tenant_id, actor, actor_kind, action, resource_type, resource_id, resource_name, changes, ip, user_agent, request_id
    )
    select
      nullif(pair.tenant, ''), v_origin.actor, v_origin.actor_kind,
      case
        when pair.old is null then 'insert'
        when pair.new is null then 'delete'
        when pair.old ->> 'deleted_at' is null and pair.new ->> 'deleted_at' is not null then 'bin'
        when pair.old ->> 'deleted_at' is not null and pair.new ->> 'deleted_at' is null then 'restore'
        else 'update'
      end,
      v_type, pair.id, left(coalesce(pair.new, pair.old) ->> v_name, 120), pair.changes,
      v_origin.ip, v_origin.user_agent, v_origin.request_id
    from (
      select tenant, id, removed.row as old, added.row as new, private.audit_changes(removed.row, added.row) as changes
      from (
        select coalesce(row ->> v_tenant, '') as tenant, concat_ws('/', row ->> v_key, row ->> v_second_key, row ->> v_third_key, row ->> v_fourth_key) as id, row
        from (select to_jsonb(o) as row from old_rows as o) as r
      ) as removed
      -- A row that moved to another tenant is gone here and new there: neither learns of the other.
      full join (
        select coalesce(row ->> v_tenant, '') as tenant, concat_ws('/', row ->> v_key, row ->> v_second_key, row ->> v_third_key, row ->> v_fourth_key) as id, row
        from (select to_jsonb(n) as row from new_rows as n) as r
      ) as added using (tenant, id)
    ) as pair
    where pair.changes is not null;
  end if;
  return null;
end
$$;

drop function private.audit_writes(regclass, text, text, text);
create function private.audit_writes(
  relation regclass, resource_type text, name_column text default '', tenant_column text default null, inserts boolean default true
) returns void
language plpgsql set search_path = ''
as $$
declare
  v_columns text[];
  v_tenant text := coalesce(tenant_column, '');
  v_keys text[];
  v_arguments text;
begin
  select array_agg(attname::text) into v_columns
  from pg_catalog.pg_attribute where attrelid = relation and attnum > 0 and not attisdropped;
  if tenant_column is null and 'tenant_id' = any (v_columns) then
    v_tenant := 'tenant_id';
  end if;
  select array_agg(attribute.attname::text order by array_position(index.indkey::int2[], attribute.attnum)) into v_keys
  from pg_catalog.pg_index as index
  join pg_catalog.pg_attribute as attribute on attribute.attrelid = index.indrelid and attribute.attnum = any (index.indkey)
  where index.indrelid = relation and index.indisprimary and attribute.attname <> 'tenant_id';
  if v_keys is null or cardinality(v_keys) > 4 then
    raise 'audit_writes(%): the primary key must have one to four columns besides tenant_id.', relation;
  end if;
  v_arguments := format('%L, %L, %L', resource_type, v_tenant, name_column)
    || (select string_agg(format(', %L', key), '' order by place) from unnest(v_keys) with ordinality as named (key, place));
  if inserts then
    execute format(
      'create trigger audit_insert after insert on %s referencing new table as new_rows
       for each statement execute function private.audit_write(%s)', relation, v_arguments
    );
  end if;
  execute format(
    'create trigger audit_update after update on %s referencing old table as old_rows new table as new_rows
     for each statement execute function private.audit_write(%s)', relation, v_arguments
  );
  execute format(
    'create trigger audit_delete after delete on %s referencing old table as old_rows
     for each statement execute function private.audit_write(%s)', relation, v_arguments
  );
  execute format(
    'create trigger audit_truncate before truncate on %s
     for each statement execute function private.audit_truncate(%s)', relation, v_arguments
  );
end
$$;
revoke execute on function private.audit_writes(regclass, text, text, text, boolean) from public;
comment on function private.audit_writes(regclass, text, text, text, boolean) is 'Lets every write to a table leave a row in mgmt.audit_log. tenant_column: tenant_id where there is one; empty for rows that are no table''s business. inserts false: for ledgers, whose rows are themselves what happened. Every table needs a call, or a reason in the tests.';

do $$
declare
  v_audited record;
begin
  for v_audited in
    select trigger.tgrelid::regclass as relation, (
      select string_agg(quote_literal(argument), ', ' order by place)
      from unnest((string_to_array(encode(trigger.tgargs, 'escape'), '\000'))[1:trigger.tgnargs]) with ordinality as given (argument, place)
    ) as arguments
    from pg_catalog.pg_trigger as trigger
    where trigger.tgfoid = 'private.audit_write'::regproc and trigger.tgname = 'audit_delete'
  loop
    execute format(
      'create trigger audit_truncate before truncate on %s
       for each statement execute function private.audit_truncate(%s)', v_audited.relation, v_audited.arguments
    );
  end loop;
end
$$;

-- What operators set by hand, and what nobody should ever change.

select private.audit_writes('private.settings', 'setting', 'key');
select private.audit_writes('private.provider_rates', 'provider_rate', 'model');
select private.audit_writes('private.usage_assumptions', 'usage_assumption', 'unit');
select private.audit_writes('private.support_facts', 'support_facts');
select private.audit_writes('private.bots', 'bot');
select private.audit_writes('mgmt.billing_events', 'billing_event', 'event_type', 'tenant_id', false);
select private.audit_writes('mgmt.usage_metering', 'usage', '', 'tenant_id', false);
select private.audit_writes('mgmt.support_messages', 'ticket_message', '', 'tenant_id', false);

-- An NPC that leaves the bin for good, by the job or with its campaign. One that is restored leaves it too, and is noted as that.

create function private.note_npc_gone() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if not exists (select from public.npc_definitions as npc where npc.id = old.id) then
    perform private.note_npc(old, 'delete', old.reason, null);
  end if;
  return null;
end
$$;
revoke execute on function private.note_npc_gone() from public;
comment on function private.note_npc_gone() is 'Trigger on mgmt.npcs_aside: notes an NPC that is deleted from there as the end of its own history. Definer: nobody may write the log.';
create trigger note_gone after delete on mgmt.npcs_aside for each row execute function private.note_npc_gone();

-- session_replication_role = replica, which Supabase lets postgres set, switches ordinary triggers off.

create or replace function private.make_audit_partitions(months_ahead int default 12) returns int
language plpgsql security definer set search_path = '' set timezone = 'UTC'
as $$
declare
  v_month timestamptz;
  v_name text;
  v_made int := 0;
  v_detached boolean := false;
begin
  perform pg_advisory_xact_lock(hashtext('private.make_audit_partitions'));
  for v_month in
    select month from generate_series(
      date_trunc('month', least(now(), (select min(created_at) from private.audit_log_default))),
      greatest(
        date_trunc('month', now()) + make_interval(months => months_ahead),
        (select max(created_at) from private.audit_log_default)
      ),
      interval '1 month'
    ) as month
  loop
    v_name := to_char(v_month, '"audit_log_"YYYY"_"MM');
    continue when to_regclass('private.' || v_name) is not null;
    if not v_detached and exists (
      select from private.audit_log_default where created_at >= v_month and created_at < v_month + interval '1 month'
    ) then
      -- Detached, its rows can be moved; writers wait for the end of this transaction.
      alter table mgmt.audit_log detach partition private.audit_log_default;
      v_detached := true;
    end if;
    execute format(
      'create table private.%I partition of mgmt.audit_log for values from (%L) to (%L)',
      v_name, v_month, v_month + interval '1 month'
    );
    execute format('alter table private.%I enable row level security', v_name);
    execute format('alter table private.%I force row level security', v_name);
    execute format(
      'create trigger audit_log_keeps_all before truncate on private.%I
       for each statement execute function private.refuse_audit_change()', v_name
    );
    execute format('alter table private.%I enable always trigger audit_log_keeps_all', v_name);
    if v_detached then
      execute format(
        'with moved as (
           delete from private.audit_log_default where created_at >= %L and created_at < %L returning *
         )
         insert into private.%I overriding system value select * from moved',
        v_month, v_month + interval '1 month', v_name
      );
    end if;
    v_made := v_made + 1;
  end loop;
  if v_detached then
    alter table mgmt.audit_log attach partition private.audit_log_default default;
  end if;
  return v_made;
end
$$;

do $$
declare
  v_part regclass;
begin
  for v_part in
    select 'mgmt.audit_log'::regclass
    union all
    select inhrelid::regclass from pg_catalog.pg_inherits where inhparent = 'mgmt.audit_log'::regclass
  loop
    execute format('alter table %s enable always trigger audit_log_keeps_all', v_part);
  end loop;
end
$$;
alter table mgmt.audit_log enable always trigger audit_log_keeps_rows;
alter table private.payment_events enable always trigger payment_events_keep_all;
alter table private.payment_events enable always trigger payment_events_stay;
