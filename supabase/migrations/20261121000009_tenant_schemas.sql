-- The schema of each tenant, tenant_<id>, that the gateway's workers write: transcript and knowledge graph.
--
-- Tables and indexes are those the workers make by themselves at a session's start, so whoever comes first, the
-- other finds what it expects. The function belongs to the gateway's role, so everything it makes does too. No API
-- role has any right in such a schema: its rows are reached through functions only.

create function private.tenant_schema(tenant_id text) returns text
language sql immutable set search_path = ''
as $$ select 'tenant_' || tenant_id $$;
revoke execute on function private.tenant_schema(text) from public;
grant execute on function private.tenant_schema(text) to glyphoxa_gateway;

create function private.tenant_table(tenant_id text, table_name text) returns regclass
language sql stable set search_path = ''
as $$ select to_regclass(format('%I.%I', private.tenant_schema(tenant_id), table_name)) $$;
revoke execute on function private.tenant_table(text, text) from public;
comment on function private.tenant_table(text, text) is 'The tenant''s own table of that name; null while there is none, which means "no data yet".';

create function private.provision_tenant_schema(tenant_id text) returns void
language plpgsql security definer set search_path = '' set client_min_messages = warning
as $$
declare
  v_schema text := private.tenant_schema(tenant_id);
  v_vector_schema text;
begin
  -- Complete already: the trigger is what is made last.
  if exists (
    select from pg_catalog.pg_trigger
    where tgrelid = to_regclass(format('%I.session_entries', v_schema)) and tgname = 'announce_lines'
  ) then
    return;
  end if;
  -- A worker or another start may be at the same schema.
  perform pg_advisory_xact_lock(hashtextextended('provision:' || v_schema, 0));

  execute format('create schema if not exists %I', v_schema);
  execute replace($ddl$
    create table if not exists @schema.sessions (
      session_id text primary key,
      campaign_id text not null,
      started_at timestamptz not null default now(),
      ended_at timestamptz
    );
    create index if not exists idx_sessions_campaign_started on @schema.sessions (campaign_id, started_at desc);

    create table if not exists @schema.session_entries (
      id bigserial primary key,
      campaign_id text not null,
      session_id text not null,
      speaker_id text not null default '',
      speaker_name text not null default '',
      text text not null,
      raw_text text not null default '',
      npc_id text not null default '',
      timestamp timestamptz not null default now(),
      duration_ns bigint not null default 0
    );
    create index if not exists idx_session_entries_session_id on @schema.session_entries (session_id);
    create index if not exists idx_session_entries_timestamp on @schema.session_entries (timestamp);
    create index if not exists idx_session_entries_session_timestamp on @schema.session_entries (session_id, timestamp);
    create index if not exists idx_session_entries_campaign on @schema.session_entries (campaign_id);
    create index if not exists idx_session_entries_fts
      on @schema.session_entries using gin (to_tsvector('english', text));
    create index if not exists session_entries_session_line on @schema.session_entries (session_id, id);

    create table if not exists @schema.entities (
      campaign_id text not null,
      id text not null,
      type text not null,
      name text not null,
      attributes jsonb not null default '{}',
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      primary key (campaign_id, id)
    );
    create index if not exists idx_entities_type on @schema.entities (type);
    create index if not exists idx_entities_name on @schema.entities (name);

    create table if not exists @schema.relationships (
      campaign_id text not null,
      source_id text not null,
      target_id text not null,
      rel_type text not null,
      attributes jsonb not null default '{}',
      provenance jsonb not null default '{}',
      created_at timestamptz not null default now(),
      primary key (campaign_id, source_id, target_id, rel_type),
      foreign key (campaign_id, source_id) references @schema.entities (campaign_id, id) on delete cascade,
      foreign key (campaign_id, target_id) references @schema.entities (campaign_id, id) on delete cascade
    );
    create index if not exists idx_rel_source on @schema.relationships (source_id);
    create index if not exists idx_rel_target on @schema.relationships (target_id);
    create index if not exists idx_rel_type on @schema.relationships (rel_type);
    create index if not exists idx_rel_provenance_confidence on @schema.relationships ((provenance ->> 'confidence'));
    create index if not exists relationships_target_entity on @schema.relationships (campaign_id, target_id);

    create table if not exists @schema.recaps (
      session_id text primary key references @schema.sessions (session_id),
      campaign_id text not null,
      text text not null,
      audio_data bytea not null,
      sample_rate int not null,
      channels int not null,
      duration_ns bigint not null,
      generated_at timestamptz not null default now()
    );
  $ddl$, '@schema', quote_ident(v_schema));

  -- Where pgvector is missing, workers run without their semantic memory and there is nothing to make for it.
  select namespace.nspname into v_vector_schema
  from pg_catalog.pg_extension as extension
  join pg_catalog.pg_namespace as namespace on namespace.oid = extension.extnamespace
  where extension.extname = 'vector';
  if found then
    execute replace(replace($ddl$
      create table if not exists @schema.chunks (
        id text primary key,
        campaign_id text not null,
        session_id text not null,
        content text not null,
        embedding @vector.vector(1536),
        speaker_id text not null default '',
        entity_id text not null default '',
        topic text not null default '',
        timestamp timestamptz not null default now()
      );
      create index if not exists idx_chunks_session_id on @schema.chunks (session_id);
      create index if not exists idx_chunks_campaign on @schema.chunks (campaign_id);
      create index if not exists idx_chunks_embedding
        on @schema.chunks using hnsw (embedding @vector.vector_cosine_ops);
      create index if not exists idx_chunks_fts on @schema.chunks using gin (to_tsvector('english', content));
    $ddl$, '@schema', quote_ident(v_schema)), '@vector', quote_ident(v_vector_schema));
  end if;

  execute format(
    'create trigger announce_lines after insert on %I.session_entries '
    'referencing new table as lines for each statement execute function private.announce_lines()',
    v_schema
  );
end
$$;
revoke execute on function private.provision_tenant_schema(text) from public;
comment on function private.provision_tenant_schema(text) is 'Makes or completes tenant_<id> as the workers expect it. Definer, owned by the gateway''s role: what it makes is the gateway''s.';

create function private.newest_line_id(tenant_id text, session_id text) returns bigint
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_lines regclass := private.tenant_table(tenant_id, 'session_entries');
  v_newest bigint;
begin
  if v_lines is not null then
    execute format('select max(id) from %s where session_id = $1', v_lines) into v_newest using session_id;
  end if;
  return coalesce(v_newest, 0);
end
$$;
revoke execute on function private.newest_line_id(text, text) from public;
comment on function private.newest_line_id(text, text) is 'Id of the newest transcript line of a session; 0 when there is none.';

-- What a session was, counted once when it ends: counting in tenant schemas per list row would be slow.
create table mgmt.session_summaries (
  session_id text primary key references public.sessions (id) on delete cascade,
  tenant_id text not null references public.tenants (id) on delete cascade,
  lines int not null,
  speakers jsonb not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index session_summaries_tenant on mgmt.session_summaries (tenant_id);

alter table mgmt.session_summaries enable row level security;
alter table mgmt.session_summaries force row level security;

create policy "Members read their table's session summaries" on mgmt.session_summaries
  for select to authenticated using (tenant_id = (select private.current_tenant_id()));

grant select on mgmt.session_summaries to authenticated, service_role;
-- NOTE: written by triggers only.

create trigger touch_updated_at before update on mgmt.session_summaries
  for each row execute function private.touch_updated_at();

comment on table mgmt.session_summaries is 'Made when a session ends, and again when late lines arrive.';
comment on column mgmt.session_summaries.speakers is '[{ name, npc: boolean, lines }], who spoke most first.';

create function private.summarize_session(tenant_id text, session_id text) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  v_entries regclass := private.tenant_table(tenant_id, 'session_entries');
  v_lines int := 0;
  v_speakers jsonb := '[]';
begin
  -- A tenant that was deleted from under its session has nothing to summarize for.
  if not exists (select from public.tenants as tenant where tenant.id = summarize_session.tenant_id) then
    return;
  end if;
  if v_entries is not null then
    execute format(
      $query$
        select coalesce(sum(lines), 0),
          coalesce(jsonb_agg(jsonb_build_object('name', name, 'npc', npc, 'lines', lines) order by lines desc, name), '[]')
        from (
          select speaker_name as name, npc_id <> '' as npc, count(*) as lines
          from %s where session_id = $1 group by 1, 2
        ) as speaker
      $query$,
      v_entries
    ) into v_lines, v_speakers using session_id;
  end if;
  insert into mgmt.session_summaries as summary (session_id, tenant_id, lines, speakers)
  values (summarize_session.session_id, summarize_session.tenant_id, v_lines, v_speakers)
  on conflict on constraint session_summaries_pkey
    do update set lines = excluded.lines, speakers = excluded.speakers;
end
$$;
revoke execute on function private.summarize_session(text, text) from public;

create function private.announce_lines() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  v_tenant text := substr(tg_table_schema, length('tenant_') + 1);
  v_late text;
begin
  -- A line reaches only watchers of a session of the same tenant, whatever session id was written into it.
  perform realtime.send(
    jsonb_build_object(
      'id', line.id, 'session_id', line.session_id, 'speaker_id', line.speaker_id, 'speaker_name', line.speaker_name,
      'npc_id', line.npc_id, 'text', line.text, 'raw_text', line.raw_text, 'timestamp', line.timestamp,
      'duration_ns', line.duration_ns
    ),
    'line', 'session:' || line.session_id, true
  )
  from lines as line
  join public.sessions as session on session.id = line.session_id and session.tenant_id = v_tenant
  order by line.id;

  -- Workers may write their last lines after the end.
  for v_late in
    select distinct session.id
    from lines as line
    join public.sessions as session on session.id = line.session_id and session.tenant_id = v_tenant
    where session.state = 'ended'
  loop
    perform private.summarize_session(v_tenant, v_late);
  end loop;
  return null;
end
$$;
revoke execute on function private.announce_lines() from public;
-- Whoever makes the trigger needs it; it can be called as nothing else.
grant execute on function private.announce_lines() to glyphoxa_gateway;
comment on function private.announce_lines() is 'Broadcasts new transcript lines on session:<id>. Definer: the gateway may not write to Realtime.';

-- To own something in a schema a role must be allowed to create there, for that moment.
grant create on schema private to glyphoxa_gateway;
alter function private.provision_tenant_schema(text) owner to glyphoxa_gateway;
revoke create on schema private from glyphoxa_gateway;
