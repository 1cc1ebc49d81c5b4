-- Who wrote what, when and from where. Only added to: nobody, not even the service role, changes or removes a row.
--
-- One partition per month (UTC), made a year ahead. Rows of a month that has none yet lie in a default partition, so
-- that no write ever fails for want of a partition; private.make_audit_partitions() moves them when it makes the month.
-- Partitions live in private: the API reads through mgmt.audit_log, under its policy, and knows of nothing else.
--
-- There is no foreign key: rows outlive the accounts, tenants and things they tell of.

create table mgmt.audit_log (
  id bigint generated always as identity,
  tenant_id text,
  actor uuid,
  actor_kind text not null,
  action text not null,
  resource_type text not null,
  resource_id text not null,
  resource_name text,
  changes jsonb not null,
  ip inet,
  user_agent text,
  request_id text,
  created_at timestamptz not null default now(),
  primary key (id, created_at),
  constraint audit_log_actor_kind_known check (actor_kind in ('user', 'operator', 'system', 'gateway')),
  constraint audit_log_action_known check (action in ('insert', 'update', 'delete', 'bin', 'restore'))
) partition by range (created_at);
-- The list of a table, newest first, by keyset; and the history of one thing.
create index audit_log_tenant on mgmt.audit_log (tenant_id, created_at desc, id desc);
create index audit_log_resource on mgmt.audit_log (tenant_id, resource_id, created_at desc, id desc);

alter table mgmt.audit_log enable row level security;
alter table mgmt.audit_log force row level security;

create policy "Owners read their table's audit log" on mgmt.audit_log
  for select to authenticated using (
    tenant_id = (select private.current_tenant_id()) and (select private.has_role('tenant_owner'))
  );

grant select on mgmt.audit_log to authenticated, service_role;
-- NOTE: no write is granted to anybody: the triggers of private.audit_writes() add rows.

comment on table mgmt.audit_log is 'Who wrote what, when and from where. Added to by triggers, changed by nobody. Owners read their table''s rows.';
comment on column mgmt.audit_log.tenant_id is 'Whose row it was; null for what belongs to no table, and for people''s own preferences.';
comment on column mgmt.audit_log.actor is 'The person, in mgmt.users as long as the account exists.';
comment on column mgmt.audit_log.actor_kind is 'user: a person; operator: SQL by hand; system: our own services; gateway: the voice service.';
comment on column mgmt.audit_log.action is 'insert, update, delete; bin and restore where deleted_at was set or cleared.';
comment on column mgmt.audit_log.resource_name is 'What the thing was called after the write; before it, if it is gone.';
comment on column mgmt.audit_log.changes is '{field: {before, after}} of changed fields, {field: "changed"} for secrets and what identifies a person elsewhere. Values longer than 500 characters end after them with an ellipsis.';
comment on column mgmt.audit_log.ip is 'The address the outermost proxy of ours saw.';

create function private.refuse_audit_change() returns trigger
language plpgsql set search_path = ''
as $$
begin
  raise insufficient_privilege using message = 'The audit log is only added to.', hint = 'Old months go as whole partitions.';
end
$$;
revoke execute on function private.refuse_audit_change() from public;

create trigger audit_log_keeps_rows before update or delete on mgmt.audit_log
  for each row execute function private.refuse_audit_change();
create trigger audit_log_keeps_all before truncate on mgmt.audit_log
  for each statement execute function private.refuse_audit_change();

create table private.audit_log_default partition of mgmt.audit_log default;
alter table private.audit_log_default enable row level security;
alter table private.audit_log_default force row level security;
create trigger audit_log_keeps_all before truncate on private.audit_log_default
  for each statement execute function private.refuse_audit_change();
comment on table private.audit_log_default is 'Audit rows of months that had no partition when they were written. Usually empty.';

create function private.make_audit_partitions(months_ahead int default 12) returns int
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
revoke execute on function private.make_audit_partitions(int) from public;
grant execute on function private.make_audit_partitions(int) to glyphoxa_worker;
comment on function private.make_audit_partitions(int) is 'Makes the missing monthly partitions from the oldest row without one to so many months ahead, and returns their number. Safe to run again; run at each start of the embedded stack, elsewhere by a monthly job. Definer: only the owner makes tables.';

select private.make_audit_partitions();

-- Who is writing, and from where. PostgREST (and our API) sets request.headers in every request.

create type private.audit_origin as (actor uuid, actor_kind text, ip inet, user_agent text, request_id text);

create function private.audit_origin() returns private.audit_origin
language plpgsql stable security definer set search_path = ''
as $$
declare
  -- The role of the session: inside a definer, current_user is the definer.
  v_role text := coalesce(nullif(nullif(current_setting('role', true), ''), 'none'), session_user::text);
  v_headers jsonb := nullif(current_setting('request.headers', true), '')::jsonb;
  v_acting text := v_headers ->> 'x-acting-user';
  v private.audit_origin;
begin
  if v_role = 'authenticated' then
    v.actor := auth.uid();
  elsif v_role = 'service_role' and pg_input_is_valid(v_acting, 'uuid') then
    -- An edge function makes the one write that its caller may not make, and says for whom.
    v.actor := v_acting::uuid;
  end if;
  v.actor_kind := case
    when v.actor is not null then 'user'
    when v_role = 'glyphoxa_gateway' then 'gateway'
    when v_role in ('anon', 'authenticated', 'service_role', 'authenticator', 'glyphoxa_worker',
      'supabase_auth_admin', 'supabase_storage_admin') then 'system'
    else 'operator'
  end;
  -- From the right: what stands left of our own proxies' entries, a client may have invented. Where every entry is
  -- private, the person sits in the same network.
  v.ip := (
    select btrim(hop.address)::inet
    from unnest(string_to_array(v_headers ->> 'x-forwarded-for', ',')) with ordinality as hop (address, place)
    where pg_input_is_valid(btrim(hop.address), 'inet')
    order by
      btrim(hop.address)::inet <<= any (
        array['127.0.0.0/8', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '::1/128', 'fc00::/7']::inet[]
      ),
      hop.place desc
    limit 1
  );
  v.user_agent := left(coalesce(v_headers ->> 'x-acting-user-agent', v_headers ->> 'user-agent'), 300);
  v.request_id := left(v_headers ->> 'x-request-id', 128);
  return v;
end
$$;
revoke execute on function private.audit_origin() from public;
comment on function private.audit_origin() is 'Who is writing, and from where. Only the service role can speak for somebody else (x-acting-user). Definer, as the triggers that ask.';

create function private.audit_changes(before jsonb, after jsonb) returns jsonb
language plpgsql immutable set search_path = ''
as $$
declare
  c_bookkeeping constant text[] := array[
    'id', 'tenant_id', 'created_at', 'updated_at', 'set_at', 'seen_at', 'last_login_at', 'campaign_ref'
  ];
  -- Secrets, what is nobody else's business, and what identifies a person elsewhere: it would outlive the account.
  c_hidden constant text[] := array[
    'bot_token', 'ciphertext', 'token_hash', 'preferences', 'email', 'contact_email', 'discord_id', 'google_id', 'github_id',
    'stripe_customer_id', 'stripe_subscription_id'
  ];
begin
  return (
    select jsonb_object_agg(
      field.key,
      case when field.key = any (c_hidden) then '"changed"' else jsonb_build_object(
        'before', case
          when length(field.old_text) <= 500 or field.old_text is null then field.old
          else to_jsonb(left(field.old_text, 500) || '…')
        end,
        'after', case
          when length(field.new_text) <= 500 or field.new_text is null then field.new
          else to_jsonb(left(field.new_text, 500) || '…')
        end
      ) end
    )
    from (
      select key, before -> key as old, after -> key as new, before ->> key as old_text, after ->> key as new_text
      from jsonb_object_keys(coalesce(after, before)) as key
    ) as field
    where field.old is distinct from field.new
      and not (before is null and coalesce(field.new_text, '') in ('', '[]', '{}'))
      and not (after is null and coalesce(field.old_text, '') in ('', '[]', '{}'))
      and field.key <> all (c_bookkeeping)
  );
end
$$;
revoke execute on function private.audit_changes(jsonb, jsonb) from public;
comment on function private.audit_changes(jsonb, jsonb) is 'What the audit log keeps of a row before (null: it is new) and after (null: it is gone); null when nothing counts. Long values are cut after 500 characters.';

-- One trigger per statement, not per row: a bulk write costs one more insert.

create function private.audit_write() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  v_type constant text := tg_argv[0];
  v_tenant constant text := tg_argv[1];
  v_name constant text := tg_argv[2];
  v_key constant text := tg_argv[3];
  v_second_key constant text := tg_argv[4];
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
      concat_ws('/', row ->> v_key, row ->> v_second_key), left(row ->> v_name, 120),
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
      concat_ws('/', row ->> v_key, row ->> v_second_key), left(row ->> v_name, 120),
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
        select coalesce(row ->> v_tenant, '') as tenant, concat_ws('/', row ->> v_key, row ->> v_second_key) as id, row
        from (select to_jsonb(o) as row from old_rows as o) as r
      ) as removed
      -- A row that moved to another tenant is gone here and new there: neither learns of the other.
      full join (
        select coalesce(row ->> v_tenant, '') as tenant, concat_ws('/', row ->> v_key, row ->> v_second_key) as id, row
        from (select to_jsonb(n) as row from new_rows as n) as r
      ) as added using (tenant, id)
    ) as pair
    where pair.changes is not null;
  end if;
  return null;
end
$$;
revoke execute on function private.audit_write() from public;
comment on function private.audit_write() is 'Trigger made by private.audit_writes(): kind of thing, columns of tenant, name and key. Definer: nobody may write the log.';

create function private.audit_writes(relation regclass, resource_type text, name_column text default '', tenant_column text default null)
returns void
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
  if v_keys is null or cardinality(v_keys) > 2 then
    raise 'audit_writes(%): the primary key must have one or two columns besides tenant_id.', relation;
  end if;
  v_arguments := format('%L, %L, %L, %L, %L', resource_type, v_tenant, name_column, v_keys[1], coalesce(v_keys[2], ''));
  execute format(
    'create trigger audit_insert after insert on %s referencing new table as new_rows
     for each statement execute function private.audit_write(%s)', relation, v_arguments
  );
  execute format(
    'create trigger audit_update after update on %s referencing old table as old_rows new table as new_rows
     for each statement execute function private.audit_write(%s)', relation, v_arguments
  );
  execute format(
    'create trigger audit_delete after delete on %s referencing old table as old_rows
     for each statement execute function private.audit_write(%s)', relation, v_arguments
  );
end
$$;
revoke execute on function private.audit_writes(regclass, text, text, text) from public;
comment on function private.audit_writes(regclass, text, text, text) is 'Lets every write to a table leave a row in mgmt.audit_log. tenant_column: tenant_id where there is one; empty for rows that are no table''s business. Every table of mgmt needs a call, or a reason in the tests.';

select private.audit_writes('public.tenants', 'tenant', 'name', 'id');
select private.audit_writes('public.npc_definitions', 'npc', 'name');
select private.audit_writes('private.secrets', 'secret', 'name');
select private.audit_writes('mgmt.users', 'member', 'display_name');
-- A person's own choices are not the Owner's business.
select private.audit_writes('mgmt.user_preferences', 'preference', '', '');
select private.audit_writes('mgmt.invites', 'invite', 'role');
select private.audit_writes('mgmt.campaigns', 'campaign', 'name');
select private.audit_writes('mgmt.campaign_lore', 'lore', 'title');
select private.audit_writes('mgmt.campaign_characters', 'character', 'name');
select private.audit_writes('mgmt.discord_servers', 'discord_server', 'name');
select private.audit_writes('mgmt.session_requests', 'session_request');
select private.audit_writes('mgmt.session_details', 'session_details', 'title');
select private.audit_writes('mgmt.subscriptions', 'subscription', 'plan_id');
select private.audit_writes('mgmt.subscription_plans', 'plan', 'name');
select private.audit_writes('mgmt.gateway_capabilities', 'gateway');
-- NOTE: public.sessions and the transcripts are their own history: rows stay, with times and errors, and heartbeats would
-- drown everything else. What people ask of sessions is in mgmt.session_requests. public.usage_records is the gateway's count.
-- NOTE: mgmt.session_summaries is computed from the transcript.
