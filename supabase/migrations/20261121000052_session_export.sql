-- A transcript as a file. Times are in UTC with their offset, texts stay texts: nothing said at the table can become markup.

create function private.export_lines(session public.sessions, character_names boolean)
returns table (
  id bigint, speaker text, "character" text, speaker_id text, speaker_name text, npc_id text, text text, raw_text text,
  "timestamp" timestamptz, duration_ns bigint, after_gap boolean
)
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_lines regclass := private.tenant_table(session.tenant_id, 'session_entries');
begin
  if v_lines is null then
    return;
  end if;
  -- A gap is a silence of more than two minutes, as on the page.
  return query execute format(
    $query$
      select line.id,
        coalesce(nullif(case when $2 then played.name end, ''), nullif(line.speaker_name, ''), nullif(line.speaker_id, ''), '?'),
        played.name, line.speaker_id, line.speaker_name, line.npc_id, line.text, line.raw_text, line.timestamp, line.duration_ns,
        coalesce(
          line.timestamp - lag(line.timestamp + line.duration_ns / 1000 * interval '1 microsecond') over (order by line.id)
            > interval '2 minutes',
          true
        )
      from %s as line
      left join lateral (
        select character.name
        from mgmt.campaign_characters as character
        where character.campaign_id = $3 and character.tenant_id = $4 and line.npc_id = ''
          and (
            character.discord_id = line.speaker_id
            or lower(btrim(line.speaker_name)) in (select lower(btrim(alias)) from unnest(character.aliases) as alias)
          )
        order by character.discord_id = line.speaker_id desc, character.created_at
        limit 1
      ) as played on true
      where line.session_id = $1
      order by line.id
    $query$,
    v_lines
  ) using session.id, character_names, session.campaign_id, session.tenant_id;
end
$$;
revoke execute on function private.export_lines(public.sessions, boolean) from public;
comment on function private.export_lines(public.sessions, boolean) is 'All lines of a session with who speaks: the character where one is known and wanted, else the name that was written. after_gap: the first line and those after a silence.';

create function private.one_line(content text) returns text
language sql immutable set search_path = ''
as $$ select btrim(regexp_replace(content, '[[:cntrl:][:space:]]+', ' ', 'g')) $$;
revoke execute on function private.one_line(text) from public;

create function private.markdown_text(content text) returns text
language sql immutable set search_path = ''
as $$
  -- Marks anywhere, and what would begin a list or a heading.
  select regexp_replace(
    regexp_replace(private.one_line(content), '([][\\`*_<>~|&])', '\\\1', 'g'), '^(\d*)([-+#.)])', '\1\\\2'
  )
$$;
revoke execute on function private.markdown_text(text) from public;
comment on function private.markdown_text(text) is 'Text that Markdown shows as it is, on one line.';

create function private.srt_time(since interval) returns text
language sql immutable set search_path = ''
as $$
  select format(
    '%s:%s,%s',
    lpad(floor(extract(epoch from since) / 3600)::text, 2, '0'),
    to_char(since, 'MI:SS'),
    to_char(since, 'MS')
  )
$$;
revoke execute on function private.srt_time(interval) from public;
comment on function private.srt_time(interval) is 'hh:mm:ss,mmm as subtitles write it.';

create function mgmt.session_export(session text, format text, character_names boolean default true) returns text
language plpgsql stable security definer set search_path = '' set timezone = 'UTC'
as $$
declare
  v_session public.sessions := private.require_session(session_export.session);
  v_names boolean := coalesce(session_export.character_names, true);
  v_campaign text := coalesce(private.campaign_name(v_session.campaign_id), v_session.campaign_id);
  v_clock constant text := 'HH24:MI:SS"+00:00"';
  v_times text := to_char(v_session.started_at, 'YYYY-MM-DD HH24:MI:SS"+00:00"')
    || coalesce(' – ' || to_char(v_session.ended_at, 'YYYY-MM-DD HH24:MI:SS"+00:00"'), '');
begin
  case session_export.format
  when 'txt' then
    return private.one_line(v_campaign) || E'\n' || v_times || E'\n' || coalesce((
      select string_agg(
        case when line.after_gap then E'\n' else '' end
          || pg_catalog.format(E'[%s] %s: %s\n', to_char(line.timestamp, v_clock), private.one_line(line.speaker), private.one_line(line.text)),
        '' order by line.id
      )
      from private.export_lines(v_session, v_names) as line
    ), '');
  when 'md' then
    return '# ' || private.markdown_text(v_campaign) || E'\n\n' || v_times || E'\n' || coalesce((
      select string_agg(
        case when line.after_gap then pg_catalog.format(E'\n## %s\n', to_char(line.timestamp, v_clock)) else '' end
          || pg_catalog.format(
            case when line.npc_id <> '' then E'\n**%s**: %s\n' else E'\n%s: %s\n' end,
            private.markdown_text(line.speaker), private.markdown_text(line.text)
          ),
        '' order by line.id
      )
      from private.export_lines(v_session, v_names) as line
    ), '');
  when 'json' then
    return jsonb_pretty(jsonb_build_object(
      'format', 'glyphoxa.transcript', 'version', 1,
      'session', jsonb_build_object(
        'id', v_session.id, 'campaign', jsonb_build_object('id', v_session.campaign_id, 'name', v_campaign),
        'state', v_session.state, 'started_at', v_session.started_at, 'ended_at', v_session.ended_at
      ),
      'lines', coalesce((
        select jsonb_agg(to_jsonb(line) - 'after_gap' order by line.id) from private.export_lines(v_session, v_names) as line
      ), '[]')
    ));
  when 'srt' then
    return coalesce((
      select string_agg(
        pg_catalog.format(
          E'%s\n%s --> %s\n%s: %s\n', cue.number, private.srt_time(cue.since),
          private.srt_time(cue.since + greatest(cue.length, interval '1.5 seconds')),
          -- An arrow would end the cue's text for some players.
          replace(private.one_line(cue.speaker), '-->', '→'), replace(private.one_line(cue.text), '-->', '→')
        ),
        E'\n' order by cue.number
      )
      from (
        select line.speaker, line.text, row_number() over (order by line.timestamp, line.id) as number,
          greatest(line.timestamp - v_session.started_at, interval '0') as since,
          line.duration_ns / 1000 * interval '1 microsecond' as length
        from private.export_lines(v_session, v_names) as line
      ) as cue
    ), '');
  else
    perform private.fail('validation', 'format: must be txt, md, json or srt.');
  end case;
end
$$;
revoke execute on function mgmt.session_export(text, text, boolean) from public;
grant execute on function mgmt.session_export(text, text, boolean) to authenticated;
comment on function mgmt.session_export(text, text, boolean) is 'A session''s transcript as txt, md, json (both texts, all fields) or srt (since the start; each line at least 1.5 s). Every member. 404 not_found, 422 validation.';
