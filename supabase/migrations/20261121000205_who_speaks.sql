-- Who speaks in a campaign, so that people can be bound to the characters they play.

create function mgmt.campaign_speakers(campaign_id text)
returns table (discord_id text, name text, lines bigint, last_spoken_at timestamptz)
language plpgsql stable security definer set search_path = ''
as $$
#variable_conflict use_column
declare
  v_campaign mgmt.campaigns := private.require_campaign(campaign_speakers.campaign_id, 'dm');
  v_lines regclass := private.tenant_table(v_campaign.tenant_id, 'session_entries');
begin
  if v_lines is null then
    return;
  end if;
  return query execute format(
    $query$
      select line.speaker_id, (array_agg(line.speaker_name order by line.id desc))[1], count(*), max(line.timestamp)
      from %s as line
      -- Only what was said in sessions of this table, whatever session id was written into a line.
      where line.campaign_id = $1 and line.npc_id = '' and line.speaker_id <> ''
        and exists (select from public.sessions as s where s.id = line.session_id and s.tenant_id = $2)
      group by line.speaker_id
      order by count(*) desc, line.speaker_id
      limit 200
    $query$, v_lines
  ) using v_campaign.id, v_campaign.tenant_id;
end
$$;
revoke execute on function mgmt.campaign_speakers(text) from public;
grant execute on function mgmt.campaign_speakers(text) to authenticated;
comment on function mgmt.campaign_speakers(text) is 'dm+: people who were heard in a campaign, by their lines: speaker_id, the name written last, lines, when they spoke last. At most 200. 403 forbidden, 404 not_found.';

-- As before; the lines before and after also say who spoke them, so that they are named as their characters, too.
create or replace function mgmt.search_transcripts(
  query text, campaign_id text default null, session text default null, before bigint default null, "limit" int default 50
)
returns table (
  id bigint, session_id text, session_started_at timestamptz, campaign jsonb, speaker_id text, speaker_name text,
  npc_id text, "timestamp" timestamptz, snippet text, line_before jsonb, line_after jsonb
)
language plpgsql stable security definer set search_path = '' set enable_seqscan = off
as $$
#variable_conflict use_column
declare
  v_tenant text := private.require_role('viewer');
  v_lines regclass := private.tenant_table(v_tenant, 'session_entries');
  v_german text[];
  v_english tsquery := private.search_query('pg_catalog.english', search_transcripts.query);
begin
  if search_transcripts.campaign_id is not null and private.campaign_name(search_transcripts.campaign_id) is null then
    perform private.fail('not_found', 'This campaign is not here, or not yours.', 'Choose one from the list.');
  end if;
  if search_transcripts.session is not null then
    perform private.require_session(search_transcripts.session);
  end if;
  if v_lines is null then
    return;
  end if;
  select coalesce(array_agg(campaign.id), '{}') into v_german
  from mgmt.campaigns as campaign
  where campaign.tenant_id = v_tenant and campaign.language = 'de';

  return query execute format(
    $query$
      -- Materialized, and without sequential scans: else a search for a common word reads and stems every line.
      with english as materialized (
        select line.id, line.session_id, line.campaign_id from %1$s as line
        where to_tsvector('english', line.text) @@ $1 and %2$s
      ),
      german as materialized (
        select line.id, line.session_id, line.campaign_id from %1$s as line
        where to_tsvector('german', line.text) @@ $2 and %2$s and cardinality($3) > 0
      ),
      found as (
        select line.id, line.in_german
        from (
          select *, false as in_german from english where campaign_id <> all ($3)
          union all
          select *, true from german where campaign_id = any ($3)
        ) as line
        where ($4 is null or line.campaign_id = $4) and ($6 is null or line.id < $6)
          -- Only what was said in sessions of this table, whatever session id was written into a line.
          and exists (select from public.sessions as s where s.id = line.session_id and s.tenant_id = $8)
        order by line.id desc
        limit $7
      ),
      hit as (
        select line.*, case when found.in_german then 'pg_catalog.german' else 'pg_catalog.english' end::regconfig as config,
          case when found.in_german then $2 else $1 end as query
        from found
        join %1$s as line on line.id = found.id
      )
      select hit.id, hit.session_id, session.started_at,
        jsonb_build_object('id', session.campaign_id, 'name', private.campaign_name(session.campaign_id)),
        hit.speaker_id, hit.speaker_name, hit.npc_id, hit.timestamp,
        private.marked(hit.config, hit.text, hit.query, char_length(hit.text) <= 400),
        (
          select jsonb_build_object(
            'id', line.id, 'speaker_id', line.speaker_id, 'speaker_name', line.speaker_name, 'npc_id', line.npc_id,
            'text', line.text
          )
          from %1$s as line where line.session_id = hit.session_id and line.id < hit.id order by line.id desc limit 1
        ),
        (
          select jsonb_build_object(
            'id', line.id, 'speaker_id', line.speaker_id, 'speaker_name', line.speaker_name, 'npc_id', line.npc_id,
            'text', line.text
          )
          from %1$s as line where line.session_id = hit.session_id and line.id > hit.id order by line.id limit 1
        )
      from hit
      join public.sessions as session on session.id = hit.session_id
      order by hit.id desc
    $query$,
    v_lines,
    case when search_transcripts.session is null then 'true' else 'line.session_id = $5' end
  ) using
    v_english, private.search_query('pg_catalog.german', search_transcripts.query), v_german,
    search_transcripts.campaign_id, search_transcripts.session, search_transcripts.before,
    least(greatest(coalesce("limit", 50), 1), 200), v_tenant;
end
$$;
comment on function mgmt.search_transcripts(text, text, text, bigint, int) is 'Lines of the own table that were said, newest first, at most 200 and, with before, older than a line. Finds lie between U+0002 and U+0003; campaign is { id, name }, line_before and line_after are { id, speaker_id, speaker_name, npc_id, text }. Definer: the schema follows from the caller''s tenant. Every member. 404 not_found, 422 validation.';
