-- What was said stays text in every file: no name turns around the words behind it, and subtitles get no tags.

create or replace function private.one_line(content text) returns text
language sql immutable set search_path = ''
as $$
  -- Marks that turn the direction of what follows go: a name that ends with one would turn the words around that it is put before.
  select btrim(regexp_replace(
    regexp_replace(content, U&'[\202A-\202E\2066-\2069]', '', 'g'), '[[:cntrl:][:space:]]+', ' ', 'g'
  ))
$$;
revoke execute on function private.one_line(text) from public;
comment on function private.one_line(text) is 'A text on one line, in its own direction.';

create function private.subtitle_text(content text) returns text
language sql immutable set search_path = ''
as $$
  -- An arrow would end the cue's text for some players, and what stands in < > or { } would be markup: an invisible word joiner
  -- keeps a bracket from beginning it.
  select regexp_replace(replace(private.one_line(content), '-->', '→'), '([<{])', U&'\\1\2060', 'g')
$$;
revoke execute on function private.subtitle_text(text) from public;
comment on function private.subtitle_text(text) is 'Text that players of subtitles show as it is, on one line.';

create or replace function mgmt.session_export(session text, format text, character_names boolean default true) returns text
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
          private.subtitle_text(cue.speaker), private.subtitle_text(cue.text)
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
