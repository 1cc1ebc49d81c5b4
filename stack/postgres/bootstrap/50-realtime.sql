-- Schema realtime as on Supabase: the messages table whose policies authorize private channels, the functions that
-- broadcast from SQL, and the publication that the Realtime server reads.
-- Run as supabase_admin, at every change of this folder; each statement may run again. Roles, memberships and the schema
-- itself are made by 10-roles.sql and 20-schemas.sql.

create table if not exists realtime.messages (
  topic text not null,
  extension text not null,
  payload jsonb,
  event text,
  private boolean default false,
  updated_at timestamp not null default now(),
  inserted_at timestamp not null default now(),
  id uuid not null default gen_random_uuid(),
  binary_payload bytea,
  primary key (id, inserted_at),
  constraint messages_payload_exclusive check (payload is null or binary_payload is null)
) partition by range (inserted_at);

comment on table realtime.messages is
  'Broadcasts sent from SQL, kept three days, one partition a day. Its policies decide who may receive from (select) '
  'and send to (insert) the private channel realtime.topic().';

-- For replay: the newest messages of a topic since a moment.
create index if not exists messages_inserted_at_topic_idx on realtime.messages (inserted_at desc, topic)
  where extension = 'broadcast' and private is true;

alter table realtime.messages owner to supabase_realtime_admin;
alter table realtime.messages enable row level security;
-- Update is granted as on Supabase; without an update policy it reaches no row.
grant select, insert, update on realtime.messages to postgres, anon, authenticated, service_role;

create or replace function realtime.topic() returns text
language sql stable
as $$
  select nullif(current_setting('realtime.topic', true), '')::text;
$$;

comment on function realtime.topic() is 'Inside a policy on realtime.messages: the name of the channel in question, else null.';

create or replace function realtime.send(payload jsonb, event text, topic text, private boolean default true) returns void
language plpgsql
as $$
declare
  generated_id uuid := gen_random_uuid();
begin
  -- The caller's own work must never fail because a message could not be sent: errors become warnings.
  begin
    perform set_config('realtime.topic', send.topic, true);
    insert into realtime.messages (id, payload, event, topic, private, extension)
    values (
      generated_id,
      case when send.payload ? 'id' then send.payload else jsonb_set(send.payload, '{id}', to_jsonb(generated_id)) end,
      send.event, send.topic, send.private, 'broadcast'
    );
  exception when others then
    raise warning 'WarnSendingBroadcastMessage: %', sqlerrm;
  end;
end;
$$;

comment on function realtime.send(jsonb, text, text, boolean) is
  'Broadcasts payload as event to the subscribers of topic after commit. A payload without "id" is given the message''s.';

create or replace function realtime.send_binary(payload bytea, event text, topic text, private boolean default true) returns void
language plpgsql
as $$
begin
  begin
    perform set_config('realtime.topic', send_binary.topic, true);
    insert into realtime.messages (binary_payload, event, topic, private, extension)
    values (send_binary.payload, send_binary.event, send_binary.topic, send_binary.private, 'broadcast');
  exception when others then
    raise warning 'WarnSendingBroadcastMessage: %', sqlerrm;
  end;
end;
$$;

comment on function realtime.send_binary(bytea, text, text, boolean) is 'Like realtime.send, for bytes.';

create or replace function realtime.broadcast_changes(
  topic_name text, event_name text, operation text, table_name text, table_schema text, new record, old record,
  level text default 'ROW'
) returns void
language plpgsql
as $$
begin
  if level = 'STATEMENT' then
    raise exception 'function can only be triggered for each row, not for each statement';
  end if;
  if operation not in ('INSERT', 'UPDATE', 'DELETE') then
    raise exception 'Unexpected operation type: %', operation;
  end if;
  perform realtime.send(
    jsonb_build_object('old_record', old, 'record', new, 'operation', operation, 'table', table_name, 'schema', table_schema),
    event_name, topic_name
  );
exception when others then
  raise exception 'Failed to process the row: %', sqlerrm;
end;
$$;

comment on function realtime.broadcast_changes(text, text, text, text, text, record, record, text) is
  'For row triggers: broadcasts { record, old_record, operation, table, schema } to topic_name as event_name.';

-- What follows is the server's own and does not exist on Supabase, where the server holds the same logic.

-- Which of the extensions each identity ({ claims, headers }) may read on a topic, as an array in the order given:
-- { "broadcast": true, "presence": false } or { "error": "..." }. As Supabase does it: rows of the topic are inserted,
-- looked for as the identity's role, and undone. Here the undoing is a subtransaction that always fails, so that a
-- whole batch costs one statement; rows inserted once serve all identities of the topic.
-- The search path stays the caller's, as policies find it on Supabase.
create or replace function realtime.check_read(channel_topic text, extensions text[], identities jsonb) returns jsonb
language plpgsql
as $$
declare
  probed_at timestamp := localtimestamp;
  probe_ids uuid[];
  identity jsonb;
  rights jsonb;
  answers jsonb := '[]';
begin
  begin
    select array_agg(gen_random_uuid()) into probe_ids from unnest(extensions);
    insert into realtime.messages (id, topic, extension, inserted_at, updated_at)
    select probe.id, channel_topic, probe.extension, probed_at, probed_at
    from unnest(probe_ids, extensions) as probe (id, extension);

    for identity in select value from jsonb_array_elements(identities) with ordinality order by ordinality loop
      begin
        perform
          set_config('realtime.topic', channel_topic, true),
          set_config('request.jwt.claims', identity ->> 'claims', true),
          set_config('request.jwt.claim.sub', coalesce(identity #>> '{claims,sub}', ''), true),
          set_config('request.jwt.claim.role', identity #>> '{claims,role}', true),
          set_config('request.headers', identity ->> 'headers', true),
          set_config('role', identity #>> '{claims,role}', true);
        select jsonb_object_agg(
          probe.extension,
          exists (select from realtime.messages m where m.id = probe.id and m.inserted_at = probed_at)
        )
        into rights
        from unnest(probe_ids, extensions) as probe (id, extension);
      exception when others then
        rights := jsonb_build_object('error', sqlerrm);
      end;
      answers := answers || rights;
    end loop;
    raise exception sqlstate 'RT000';
  exception when sqlstate 'RT000' then
    null;
  end;
  return answers;
end;
$$;

-- Which of the extensions one identity may send on a topic: { "broadcast": true, "presence": false }. Asked with an
-- insert as that role, undone like above. Errors other than a refusal by policy or grant are raised.
create or replace function realtime.check_write(channel_topic text, extensions text[], identity jsonb) returns jsonb
language plpgsql
as $$
declare
  extension_name text;
  rights jsonb := '{}';
begin
  begin
    perform
      set_config('realtime.topic', channel_topic, true),
      set_config('request.jwt.claims', identity ->> 'claims', true),
      set_config('request.jwt.claim.sub', coalesce(identity #>> '{claims,sub}', ''), true),
      set_config('request.jwt.claim.role', identity #>> '{claims,role}', true),
      set_config('request.headers', identity ->> 'headers', true),
      set_config('role', identity #>> '{claims,role}', true);
    foreach extension_name in array extensions loop
      begin
        insert into realtime.messages (topic, extension) values (channel_topic, extension_name);
        rights := rights || jsonb_build_object(extension_name, true);
      exception when insufficient_privilege then
        rights := rights || jsonb_build_object(extension_name, false);
      end;
    end loop;
    raise exception sqlstate 'RT000';
  exception when sqlstate 'RT000' then
    null;
  end;
  return rights;
end;
$$;

-- Makes the partitions from yesterday to three days ahead (UTC days, one more on each side than any time zone of a
-- session can reach) and drops those older than three days. Called here and hourly by the server; returns the names
-- of the partitions made and dropped.
create or replace function realtime.maintain_messages() returns text[]
language plpgsql
set lock_timeout = '5s'
as $$
declare
  today date := (now() at time zone 'utc')::date;
  partition_day date;
  partition_name text;
  touched text[] := '{}';
begin
  for partition_day in select generate_series(today - 1, today + 3, interval '1 day')::date loop
    partition_name := 'messages_' || to_char(partition_day, 'YYYY_MM_DD');
    if to_regclass(format('realtime.%I', partition_name)) is null then
      execute format(
        'create table realtime.%I partition of realtime.messages for values from (%L) to (%L)',
        partition_name, partition_day, partition_day + 1
      );
      execute format('alter table realtime.%I owner to supabase_realtime_admin', partition_name);
      touched := touched || ('+' || partition_name);
    end if;
  end loop;
  for partition_name in
    select child.relname
    from pg_inherits
    join pg_class child on child.oid = pg_inherits.inhrelid
    where pg_inherits.inhparent = 'realtime.messages'::regclass
      and child.relname ~ '^messages_\d{4}_\d{2}_\d{2}$'
      and to_date(right(child.relname, 10), 'YYYY_MM_DD') < today - 3
  loop
    execute format('drop table realtime.%I', partition_name);
    touched := touched || ('-' || partition_name);
  end loop;
  return touched;
end;
$$;

alter function realtime.topic() owner to supabase_realtime_admin;
alter function realtime.send(jsonb, text, text, boolean) owner to supabase_realtime_admin;
alter function realtime.send_binary(bytea, text, text, boolean) owner to supabase_realtime_admin;
alter function realtime.broadcast_changes(text, text, text, text, text, record, record, text) owner to supabase_realtime_admin;
alter function realtime.check_read(text, text[], jsonb) owner to supabase_realtime_admin;
alter function realtime.check_write(text, text[], jsonb) owner to supabase_realtime_admin;
alter function realtime.maintain_messages() owner to supabase_realtime_admin;

grant execute on function
  realtime.topic(),
  realtime.send(jsonb, text, text, boolean),
  realtime.send_binary(bytea, text, text, boolean),
  realtime.broadcast_changes(text, text, text, text, text, record, record, text)
to postgres, anon, authenticated, service_role;

revoke all on function
  realtime.check_read(text, text[], jsonb),
  realtime.check_write(text, text[], jsonb),
  realtime.maintain_messages()
from public;

select realtime.maintain_messages();

-- Only inserts are broadcasts; nothing else of the table needs decoding.
do $$
begin
  if not exists (select from pg_publication where pubname = 'supabase_realtime_messages_publication') then
    create publication supabase_realtime_messages_publication for table realtime.messages with (publish = 'insert');
  end if;
end
$$;
