-- Reading what was said. Lines lie in the tenant's own schema; a function is the only way to them.

create function mgmt.session_transcript(session text, after bigint default 0, before bigint default null, "limit" int default 200)
returns table (
  id bigint, session_id text, speaker_id text, speaker_name text, npc_id text, text text, raw_text text,
  "timestamp" timestamptz, duration_ns bigint
)
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_session public.sessions := private.require_session(session_transcript.session);
  v_lines regclass := private.tenant_table(v_session.tenant_id, 'session_entries');
  v_limit int := least(greatest(coalesce("limit", 200), 1), 500);
begin
  if v_lines is null then
    return;
  end if;
  -- Forwards from a line, or the last lines before one; in both cases by (session_id, id), and ascending.
  return query execute format(
    $query$
      select id, session_id, speaker_id, speaker_name, npc_id, text, raw_text, timestamp, duration_ns
      from (
        select * from %s as line
        where line.session_id = $1 and line.id > $2 and ($3 is null or line.id < $3)
        order by line.id %s
        limit $4
      ) as page
      order by id
    $query$,
    v_lines,
    case when session_transcript.before is null then 'asc' else 'desc' end
  ) using v_session.id, coalesce(session_transcript.after, 0), session_transcript.before, v_limit;
end
$$;
revoke execute on function mgmt.session_transcript(text, bigint, bigint, int) from public;
grant execute on function mgmt.session_transcript(text, bigint, bigint, int) to authenticated;
comment on function mgmt.session_transcript(text, bigint, bigint, int) is 'Lines after an id, ascending; with before: the last ones before it. At most 500 at once. No data yet: no rows. 404 not_found.';
