-- Where a person is signed in, and everything that is kept about a person as one JSON archive.

create function private.shortened_address(address inet) returns text
language sql immutable set search_path = ''
as $$
  select host(network(set_masklen(address, case family(address) when 4 then 16 else 32 end)))
    || case family(address) when 4 then '/16' else '/32' end
$$;
revoke execute on function private.shortened_address(inet) from public;
comment on function private.shortened_address(inet) is 'Enough of an address to recognise one''s own provider, not enough to find a house.';

create function mgmt.list_my_sessions()
returns table (id uuid, created_at timestamptz, last_seen_at timestamptz, user_agent text, network text, this_one boolean)
language plpgsql stable security definer set search_path = ''
as $$
begin
  if auth.uid() is null then
    perform private.fail('signed_out', 'You are signed out.', 'Sign in again.');
  end if;
  return query
    select
      session.id, session.created_at, coalesce(session.refreshed_at at time zone 'UTC', session.updated_at, session.created_at),
      left(session.user_agent, 300), private.shortened_address(session.ip),
      session.id::text = (auth.jwt() ->> 'session_id')
    from auth.sessions as session
    where session.user_id = auth.uid() and (session.not_after is null or session.not_after > pg_catalog.now())
    order by 6 desc, 3 desc;
end
$$;
revoke execute on function mgmt.list_my_sessions() from public;
grant execute on function mgmt.list_my_sessions() to authenticated;
comment on function mgmt.list_my_sessions() is 'Where the caller is signed in, this device first; network is a shortened address. 401 signed_out.';

create function mgmt.revoke_session(session uuid default null) returns int
language plpgsql security definer set search_path = ''
as $$
declare
  v_ended int;
begin
  if auth.uid() is null then
    perform private.fail('signed_out', 'You are signed out.', 'Sign in again.');
  end if;
  delete from auth.sessions as mine
  where mine.user_id = auth.uid()
    and case when revoke_session.session is null
      then mine.id::text is distinct from auth.jwt() ->> 'session_id'
      else mine.id = revoke_session.session
    end;
  get diagnostics v_ended = row_count;
  if v_ended = 0 and revoke_session.session is not null then
    perform private.fail('not_found', 'You are not signed in there any more.');
  end if;
  return v_ended;
end
$$;
revoke execute on function mgmt.revoke_session(uuid) from public;
grant execute on function mgmt.revoke_session(uuid) to authenticated;
comment on function mgmt.revoke_session(uuid) is 'Signs the caller out on one device, or on all others when none is named, and returns their number. 401 signed_out, 404 not_found.';

-- The archive is made from the catalogue, so that a later table cannot be forgotten, and under the caller's own
-- policies and grants, so that it holds what the caller may read and nothing else.

create function private.readable_rows(relation regclass, condition text default 'true') returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_columns text;
  v_rows jsonb;
begin
  select string_agg(format('%I', attribute.attname), ', ' order by attribute.attnum) into v_columns
  from pg_catalog.pg_attribute as attribute
  where attribute.attrelid = relation and attribute.attnum > 0 and not attribute.attisdropped
    and has_column_privilege(relation, attribute.attnum, 'select')
    and attribute.atttypid <> 'tsvector'::regtype;
  if v_columns is null then
    return '[]';
  end if;
  execute format('select coalesce(jsonb_agg(to_jsonb(kept)), ''[]'') from (select %s from %s where %s) as kept', v_columns, relation, condition)
  into v_rows;
  return v_rows;
end
$$;
revoke execute on function private.readable_rows(regclass, text) from public;
grant execute on function private.readable_rows(regclass, text) to authenticated;
comment on function private.readable_rows(regclass, text) is 'Rows of a relation that the caller may read, as JSON. Invoker on purpose: policies and column grants decide.';

create function private.account_facts() returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
begin
  return jsonb_build_object(
    'account', (
      select jsonb_build_object(
        'id', account.id, 'email', account.email, 'created_at', account.created_at, 'last_sign_in_at', account.last_sign_in_at
      )
      from auth.users as account where account.id = auth.uid()
    ),
    'sign_ins', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'provider', identity.provider, 'id', identity.provider_id, 'data', identity.identity_data, 'created_at', identity.created_at
      ) order by identity.created_at), '[]')
      from auth.identities as identity where identity.user_id = auth.uid()
    ),
    'actions', (
      select coalesce(jsonb_agg(to_jsonb(entry) - 'tenant_id' order by entry.id), '[]')
      from mgmt.audit_log as entry where entry.actor = auth.uid()
    )
  );
end
$$;
revoke execute on function private.account_facts() from public;
grant execute on function private.account_facts() to authenticated;
comment on function private.account_facts() is 'Of the caller, what no policy opens: sign-ins, and the own entries of the audit log. Definer, by auth.uid() only.';

create function private.own_lines() returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_tenant text := private.current_tenant_id();
  v_discord_id text := (select member.discord_id from mgmt.users as member where member.id = auth.uid());
  v_entries regclass := private.tenant_table(v_tenant, 'session_entries');
  v_lines jsonb;
begin
  if v_entries is null or v_discord_id is null then
    return '[]';
  end if;
  execute format(
    'select coalesce(jsonb_agg(jsonb_build_object(
       ''session_id'', session_id, ''timestamp'', "timestamp", ''text'', text, ''raw_text'', raw_text
     ) order by id), ''[]'') from %s where speaker_id = $1', v_entries
  ) into v_lines using v_discord_id;
  return v_lines;
end
$$;
revoke execute on function private.own_lines() from public;
grant execute on function private.own_lines() to authenticated;
comment on function private.own_lines() is 'What the caller said, by Discord id, in sessions of the own table. Definer: no API role reads tenant schemas.';

create function mgmt.export_account() returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_me uuid := auth.uid();
  v_mine jsonb := '{}';
  v_table jsonb;
  v_relation record;
begin
  if v_me is null then
    perform private.fail('signed_out', 'You are signed out.', 'Sign in again.');
  end if;

  -- Every row that names the person: whatever refers to mgmt.users, and the own row itself.
  for v_relation in
    select relation.oid::regclass as name, relation.relname,
      string_agg(format('%I = %L', attribute.attname, v_me), ' or ' order by attribute.attname) as condition
    from pg_catalog.pg_constraint as key
    join pg_catalog.pg_class as relation on relation.oid = key.conrelid
    join pg_catalog.pg_attribute as attribute on attribute.attrelid = key.conrelid and attribute.attnum = key.conkey[1]
    where key.contype = 'f' and relation.relnamespace = 'mgmt'::regnamespace and cardinality(key.conkey) = 1
      and key.confrelid in ('mgmt.users'::regclass, 'auth.users'::regclass)
    group by relation.oid, relation.relname
    order by relation.relname
  loop
    v_mine := v_mine || jsonb_build_object(v_relation.relname, private.readable_rows(v_relation.name, v_relation.condition));
  end loop;

  if private.has_role('tenant_owner') then
    v_table := '{}';
    for v_relation in
      select relation.oid::regclass as name, relation.relname
      from pg_catalog.pg_class as relation
      join pg_catalog.pg_attribute as attribute on attribute.attrelid = relation.oid
        and attribute.attname = case relation.relname when 'tenants' then 'id' else 'tenant_id' end
      where relation.relnamespace = 'mgmt'::regnamespace and relation.relkind in ('r', 'p', 'v')
        and has_any_column_privilege(relation.oid, 'select')
      order by relation.relname
    loop
      v_table := v_table || jsonb_build_object(v_relation.relname, private.readable_rows(v_relation.name));
    end loop;
    v_table := v_table || jsonb_build_object('transcripts', (
      select coalesce(jsonb_object_agg(session.id, mgmt.session_export(session.id, 'json', false)::jsonb), '{}')
      from mgmt.sessions as session
    ));
  end if;

  return jsonb_build_object('format', 'glyphoxa.account', 'version', 1, 'exported_at', private.now())
    || private.account_facts()
    || jsonb_build_object('mine', v_mine, 'said', private.own_lines())
    || case when v_table is null then '{}' else jsonb_build_object('table', v_table) end;
end
$$;
revoke execute on function mgmt.export_account() from public;
grant execute on function mgmt.export_account() to authenticated;
comment on function mgmt.export_account() is 'Everything about the caller, and for an Owner the whole table, as one archive: { format, version, exported_at, account, sign_ins, actions, mine: { table: rows }, said, table?: { relation: rows, transcripts } }. Invoker: policies decide. 401 signed_out.';
