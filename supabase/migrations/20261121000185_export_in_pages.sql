-- Everything about a person, and for an Owner the table, in pages: docs/decisions/export.md.
--
-- One value of the database cannot hold two hundred thousand lines (an array of jsonb ends at 256 MB, a request after eight
-- seconds), so export_account() answers pages of about a megabyte, and the app joins them to one file as they come.
--
-- What is in it comes from the catalogue, so that a later table cannot be forgotten:
--   mine.*      what refers to the person. Rows that would go with the account are the person's own, whatever a policy says.
--               Others are the table's: as far as policies and column grants let the caller read them.
--   table.*     for Owners, every relation of mgmt with a tenant, under the caller's policies.
--   recorded.*  for Owners, every table of the tenant's own schema, whatever the plan shows of it.
-- Besides these, private.export_own_sources() names what no policy opens. tests/account/export-coverage.test.ts holds a decision
-- for every table of the database.

-- What was done to somebody is read by that person; what somebody did has its index already.
create index audit_log_members on mgmt.audit_log (resource_id, id) where resource_type = 'member';

drop function mgmt.export_account();
drop function private.account_facts();
drop function private.own_lines();
drop function private.readable_rows(regclass, text);

-- keys: columns of the query that order it, no two rows alike.
create type private.export_source as (part text, query text, keys text[]);
create type private.export_page as (rows jsonb, next jsonb, bytes int);

create function private.export_columns(relation regclass) returns text
language sql stable set search_path = ''
as $$
  select string_agg(
    case attribute.atttypid when 'bytea'::regtype
      then format('translate(encode(%1$I, ''base64''), E''\n'', '''') as %1$I', attribute.attname)
      else format('%I', attribute.attname)
    end,
    ', ' order by attribute.attnum
  )
  from pg_catalog.pg_attribute as attribute
  join pg_catalog.pg_type as type on type.oid = attribute.atttypid
  where attribute.attrelid = relation and attribute.attnum > 0 and not attribute.attisdropped
    and has_column_privilege(relation, attribute.attnum, 'select')
    and type.typname not in ('tsvector', 'vector', 'halfvec', 'sparsevec')
$$;
revoke execute on function private.export_columns(regclass) from public;
grant execute on function private.export_columns(regclass) to authenticated;
comment on function private.export_columns(regclass) is 'A select list of what the caller may read there, without what is computed for searching; bytes as base64.';

create function private.export_keys(relation regclass) returns text[]
language sql stable set search_path = ''
as $$
  select case
    -- Its policy's index begins with the tenant and goes on with the time.
    when relation = 'mgmt.audit_log'::regclass then array['created_at', 'id']
    else coalesce(
      (
        select array_agg(attribute.attname::text order by array_position(index.indkey::int2[], attribute.attnum))
        from pg_catalog.pg_index as index
        join pg_catalog.pg_attribute as attribute on attribute.attrelid = index.indrelid and attribute.attnum = any (index.indkey)
        where index.indrelid = relation and index.indisprimary
      ),
      -- A view.
      array['id']
    )
  end
$$;
revoke execute on function private.export_keys(regclass) from public;
grant execute on function private.export_keys(regclass) to authenticated;

create function private.read_export_page(source private.export_source, after jsonb, budget int) returns private.export_page
language plpgsql stable set search_path = ''
as $$
declare
  -- Rows of one request, so that a scan which finds little still ends in time.
  c_most constant int := 20000;
  v_keys text := (select string_agg(format('kept.%I', key), ', ' order by place) from unnest(source.keys) with ordinality as k (key, place));
  v_after text := 'true';
  v_row record;
  v_rows jsonb[] := '{}';
  v_page private.export_page := row(null, null, 0);
begin
  if after is not null then
    if jsonb_array_length(after) <> cardinality(source.keys) then
      perform private.fail('validation', 'after: must be what the page before gave as next.');
    end if;
    v_after := format(
      '(%s) > (%s)', v_keys,
      (select string_agg(quote_literal(value), ', ' order by place) from jsonb_array_elements_text(after) with ordinality as a (value, place))
    );
  end if;
  for v_row in execute format(
    'select to_jsonb(kept) as document, jsonb_build_array(%1$s) as key from (%2$s) as kept where %3$s order by %1$s limit %4$s',
    v_keys, source.query, v_after, c_most + 1
  ) loop
    if v_page.bytes >= budget or cardinality(v_rows) = c_most then
      v_page.rows := to_jsonb(v_rows);
      return v_page;
    end if;
    v_rows := array_append(v_rows, v_row.document);
    v_page.bytes := v_page.bytes + octet_length(v_row.document::text);
    v_page.next := v_row.key;
  end loop;
  v_page.rows := to_jsonb(v_rows);
  v_page.next := null;
  return v_page;
end
$$;
revoke execute on function private.read_export_page(private.export_source, jsonb, int) from public;
grant execute on function private.read_export_page(private.export_source, jsonb, int) to authenticated;
comment on function private.read_export_page(private.export_source, jsonb, int) is 'Rows after a key, until they have that many bytes (the last one may go beyond); next is null at the end. Invoker on purpose: it runs any query as its caller.';

-- Auth's own log: an object on Supabase, an object in a string where the embedded stack wrote it.
create function private.sign_in_facts(payload json) returns jsonb
language sql immutable set search_path = ''
as $$
  select case
    when json_typeof(payload) <> 'string' then payload::jsonb
    when pg_input_is_valid(payload #>> '{}', 'jsonb') then (payload #>> '{}')::jsonb
  end
$$;
revoke execute on function private.sign_in_facts(json) from public;

create function private.export_own_sources() returns setof private.export_source
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_me uuid := auth.uid();
  v_tenant text := private.current_tenant_id();
  v_discord_id text := (private.signed_in_person()).discord_id;
  v_email text := (select person.email from private.signed_in_person() as person where person.email_verified);
begin
  return query
    select fixed.part, format(fixed.query, v_me), fixed.keys
    from (values
      ('sign_ins', 'select id, provider, provider_id, email, identity_data, created_at, updated_at, last_sign_in_at
        from auth.identities where user_id = %L', array['id']),
      ('devices', 'select id, created_at, refreshed_at, not_after, user_agent, ip, aal from auth.sessions where user_id = %L', array['id']),
      ('sign_in_log', 'select id, private.sign_in_facts(payload) as facts, ip_address, created_at from auth.audit_log_entries
        where private.sign_in_facts(payload) ->> ''actor_id'' = %L', array['id']),
      ('actions', 'select * from mgmt.audit_log where actor = %L', array['id']),
      -- Without who did it and from where: that is about somebody else.
      ('changes_of_me', 'select id, tenant_id, action, changes, created_at from mgmt.audit_log
        where resource_type = ''member'' and resource_id = %1$L and actor is distinct from %1$L', array['id']),
      ('deliveries', 'select delivery.* from private.notification_deliveries as delivery
        join mgmt.notifications as told on told.id = delivery.notification_id where told.user_id = %L', array['notification_id', 'channel']),
      ('deleted_tables', 'select tenant_id, name, asked_by = %1$L as asked_by_me, asked_at, purged_at
        from private.tenant_deletions where members @> array[%1$L::uuid]', array['tenant_id']),
      ('uploads', 'select id, bucket_id as bucket, name, metadata ->> ''mimetype'' as type, (metadata ->> ''size'')::bigint as bytes, created_at
        from storage.objects where owner_id = %1$L or owner::text = %1$L', array['id'])
    ) as fixed (part, query, keys);

  return query
    select 'mine.' || relation.relname, format(
        'select %s from %s where %s', private.export_columns(relation.oid), relation.oid::regclass,
        string_agg(format('%I = %L', attribute.attname, v_me), ' or ' order by attribute.attname)
      ), private.export_keys(relation.oid)
    from pg_catalog.pg_constraint as key
    join pg_catalog.pg_class as relation on relation.oid = key.conrelid
    join pg_catalog.pg_attribute as attribute on attribute.attrelid = key.conrelid and attribute.attnum = key.conkey[1]
    where key.contype = 'f' and key.confdeltype = 'c' and cardinality(key.conkey) = 1
      and relation.relnamespace in ('mgmt'::regnamespace, 'private'::regnamespace)
      and key.confrelid in ('mgmt.users'::regclass, 'auth.users'::regclass)
    group by relation.oid, relation.relname;

  return next row(
    'invitations',
    format(
      'select invite.id, invite.role, invite.discord_id, invite.email, invite.note, invite.expires_at, invite.used_at, invite.created_at,
         tenant.name as table_name
       from mgmt.invites as invite join public.tenants as tenant on tenant.id = invite.tenant_id
       where invite.used_by = %L or invite.used_at is null and invite.revoked_at is null and (invite.discord_id = %L or invite.email = %L)',
      v_me, v_discord_id, v_email
    ),
    array['id']
  )::private.export_source;
  if v_tenant is null then
    return;
  end if;

  if v_discord_id is not null and private.tenant_table(v_tenant, 'session_entries') is not null then
    return next row(
      'said',
      format(
        'select id, campaign_id, session_id, "timestamp", duration_ns, speaker_name, text, raw_text from %s where speaker_id = %L',
        private.tenant_table(v_tenant, 'session_entries'), v_discord_id
      ),
      array['id']
    )::private.export_source;
  end if;
  if private.has_role('tenant_owner') then
    return query
      select 'recorded.' || relation.relname, format('select %s from %s', private.export_columns(relation.oid), relation.oid::regclass),
        private.export_keys(relation.oid)
      from pg_catalog.pg_class as relation
      where relation.relnamespace = to_regnamespace(quote_ident(private.tenant_schema(v_tenant))) and relation.relkind in ('r', 'p');
    return next row(
      'files',
      format(
        'select id, bucket_id as bucket, substr(name, %s) as name, metadata ->> ''mimetype'' as type, (metadata ->> ''size'')::bigint as bytes,
           created_at, updated_at
         from storage.objects where starts_with(name, %L)',
        char_length(v_tenant) + 2, v_tenant || '/'
      ),
      array['id']
    )::private.export_source;
  end if;
end
$$;
revoke execute on function private.export_own_sources() from public;
grant execute on function private.export_own_sources() to authenticated;
comment on function private.export_own_sources() is 'What no policy opens: the person''s own rows wherever they lie, and for an Owner the tenant''s schema and the list of its files. Definer, by auth.uid() only.';

create function private.read_own_export_page(part text, after jsonb, budget int) returns private.export_page
language sql stable security definer set search_path = '' set timezone = 'UTC'
as $$
  select private.read_export_page(source, read_own_export_page.after, read_own_export_page.budget)
  from private.export_own_sources() as source
  where source.part = read_own_export_page.part
$$;
revoke execute on function private.read_own_export_page(text, jsonb, int) from public;
grant execute on function private.read_own_export_page(text, jsonb, int) to authenticated;
comment on function private.read_own_export_page(text, jsonb, int) is 'A page of a source of export_own_sources(), which is asked again: no query comes from the caller.';

create function private.export_readable_sources() returns setof private.export_source
language plpgsql stable set search_path = ''
as $$
declare
  v_me uuid := auth.uid();
  v_discord_id text := (select member.discord_id from mgmt.users as member where member.id = auth.uid());
begin
  return query
    select 'mine.' || naming.relname, format(
        'select %s from %s where %s', private.export_columns(naming.oid), naming.oid::regclass,
        string_agg(format('%I = %L', naming.attname, naming.value), ' or ' order by naming.attname)
      ), private.export_keys(naming.oid)
    from (
      select relation.oid, relation.relname, attribute.attname, v_me::text as value
      from pg_catalog.pg_constraint as key
      join pg_catalog.pg_class as relation on relation.oid = key.conrelid
      join pg_catalog.pg_attribute as attribute on attribute.attrelid = key.conrelid and attribute.attnum = key.conkey[1]
      where key.contype = 'f' and key.confdeltype <> 'c' and cardinality(key.conkey) = 1
        and relation.relnamespace = 'mgmt'::regnamespace and key.confrelid in ('mgmt.users'::regclass, 'auth.users'::regclass)
      union all
      select relation.oid, relation.relname, attribute.attname, v_discord_id
      from pg_catalog.pg_class as relation
      join pg_catalog.pg_attribute as attribute on attribute.attrelid = relation.oid and attribute.attname = 'discord_id'
      where relation.relnamespace = 'mgmt'::regnamespace and relation.relkind in ('r', 'p') and relation.oid <> 'mgmt.users'::regclass
        and v_discord_id is not null
    ) as naming
    where has_any_column_privilege(naming.oid, 'select')
    group by naming.oid, naming.relname;
  if private.has_role('tenant_owner') then
    return query
      select 'table.' || relation.relname, format('select %s from %s', private.export_columns(relation.oid), relation.oid::regclass),
        private.export_keys(relation.oid)
      from pg_catalog.pg_class as relation
      join pg_catalog.pg_attribute as attribute on attribute.attrelid = relation.oid
        and attribute.attname = case relation.relname when 'tenants' then 'id' else 'tenant_id' end
      where relation.relnamespace = 'mgmt'::regnamespace and relation.relkind in ('r', 'p', 'v')
        and has_any_column_privilege(relation.oid, 'select');
  end if;
end
$$;
revoke execute on function private.export_readable_sources() from public;
grant execute on function private.export_readable_sources() to authenticated;
comment on function private.export_readable_sources() is 'What the caller''s policies open of rows that name the caller, and for an Owner of the whole table. Invoker: the queries run as the caller.';

create function private.own_account() returns jsonb
language sql stable security definer set search_path = '' set timezone = 'UTC'
as $$
  select jsonb_build_object(
    'id', account.id, 'email', account.email, 'email_confirmed_at', account.email_confirmed_at, 'phone', account.phone,
    'profile', account.raw_user_meta_data, 'facts', account.raw_app_meta_data,
    'created_at', account.created_at, 'updated_at', account.updated_at, 'last_sign_in_at', account.last_sign_in_at,
    'trial_used_at', (
      select max(trial.used_at)
      from auth.identities as identity
      join private.used_trials as trial on trial.discord_id_hash = sha256(convert_to(identity.provider_id, 'UTF8'))
      where identity.user_id = account.id and identity.provider = 'discord'
    )
  )
  from auth.users as account where account.id = auth.uid()
$$;
revoke execute on function private.own_account() from public;
grant execute on function private.own_account() to authenticated;
comment on function private.own_account() is 'The caller''s account as Auth knows it, without passwords and tokens. Definer, by auth.uid() only.';

create function mgmt.export_account(after jsonb default null) returns jsonb
language plpgsql stable set search_path = '' set timezone = 'UTC'
as $$
declare
  -- Bytes of a page, and one row more at most: one value of the database and one answer of the API hold it easily.
  c_budget constant int := 1000000;
  v_account jsonb := private.own_account();
  v_begin constant text := export_account.after ->> 'part';
  v_left int := c_budget;
  v_parts jsonb[] := '{}';
  v_next jsonb;
  v_part record;
  v_key jsonb;
  v_page private.export_page;
begin
  if v_account is null then
    perform private.fail('signed_out', 'You are signed out.', 'Sign in again.');
  end if;
  if export_account.after is not null and (
    v_begin is null or coalesce(jsonb_typeof(export_account.after -> 'key'), 'array') <> 'array'
  ) then
    perform private.fail('validation', 'after: must be what the page before gave as next.');
  end if;

  for v_part in
    select known.part, known.source, known.is_own
    from (
      select own.part, own as source, true as is_own from private.export_own_sources() as own
      union all
      select readable.part, readable, false from private.export_readable_sources() as readable
    ) as known
    order by known.part collate "C"
  loop
    continue when v_part.part < v_begin collate "C";
    if v_left <= 0 then
      v_next := jsonb_build_object('part', v_part.part);
      exit;
    end if;
    v_key := case when v_part.part = v_begin then export_account.after -> 'key' end;
    v_page := case
      when v_part.is_own then private.read_own_export_page(v_part.part, v_key, v_left)
      else private.read_export_page(v_part.source, v_key, v_left)
    end;
    v_parts := array_append(v_parts, jsonb_build_object('part', v_part.part, 'rows', v_page.rows));
    v_left := v_left - v_page.bytes;
    if v_page.next is not null then
      v_next := jsonb_build_object('part', v_part.part, 'key', v_page.next);
      exit;
    end if;
  end loop;
  return jsonb_build_object(
    'format', 'glyphoxa.account', 'version', 2, 'exported_at', private.now(), 'account', v_account,
    'parts', to_jsonb(v_parts), 'next', v_next
  );
end
$$;
revoke execute on function mgmt.export_account(jsonb) from public;
grant execute on function mgmt.export_account(jsonb) to authenticated;
comment on function mgmt.export_account(jsonb) is 'Everything about the caller, and for an Owner the whole table, in pages of about a megabyte: { format, version, exported_at, account, parts: [{ part, rows }], next }. next is the argument of the following page, null at the end; a part may go on there. Parts: mine.*, table.*, recorded.* and those of private.export_own_sources(). Invoker: policies decide. 401 signed_out, 422 validation.';

create function mgmt.file_totals() returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_tenant text := private.require_role('tenant_owner');
begin
  return (
    select jsonb_build_object('files', count(*), 'bytes', coalesce(sum((file.metadata ->> 'size')::bigint), 0))
    from storage.objects as file
    where file.bucket_id in ('voice-samples', 'images') and starts_with(file.name, v_tenant || '/')
  );
end
$$;
revoke execute on function mgmt.file_totals() from public;
grant execute on function mgmt.file_totals() to authenticated;
comment on function mgmt.file_totals() is 'How many files the table has in Storage, and their bytes: { files, bytes }. Owner. 403 forbidden.';
