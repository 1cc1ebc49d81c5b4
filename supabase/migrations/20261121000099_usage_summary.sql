-- What a table used, for people: the summary of the usage page and the same as a file.
--
-- Every member may know how much was played; what it costs about is the Owner's to read.

create function private.usage_window(
  tenant_id text, period date, until date, out starts timestamptz, out ends timestamptz, out kind text
)
language plpgsql stable security definer set search_path = '' set timezone = 'UTC'
as $$
declare
  v_plan private.entitlement;
begin
  if usage_window.period is null then
    v_plan := private.entitlement(usage_window.tenant_id);
    kind := 'current';
    starts := coalesce(v_plan.period_start, date_trunc('month', private.now()));
    ends := coalesce(v_plan.period_end, starts + interval '1 month');
  elsif usage_window.until is null then
    kind := 'month';
    starts := date_trunc('month', usage_window.period::timestamptz);
    ends := starts + interval '1 month';
  else
    if usage_window.until < usage_window.period then
      perform private.fail('validation', 'until: must not be before the first day.', 'Choose a later last day.');
    end if;
    if usage_window.until - usage_window.period > 366 then
      perform private.fail('validation', 'until: at most a year at a time.', 'Choose a shorter time.');
    end if;
    kind := 'custom';
    starts := usage_window.period::timestamptz;
    ends := (usage_window.until + 1)::timestamptz;
  end if;
end
$$;
revoke execute on function private.usage_window(text, date, date) from public;
comment on function private.usage_window(text, date, date) is 'The time that a summary is about, in UTC: without a day the present billing month, with one its calendar month, with two from the first to the last.';

create function private.usage_sessions(tenant_id text, starts timestamptz, ends timestamptz)
returns table (
  id text, campaign_id text, campaign_name text, state text, error text, started_at timestamptz, activated_at timestamptz,
  ended_at timestamptz, minutes numeric, counts boolean, llm_tokens bigint, stt_seconds numeric, tts_characters bigint,
  llm_cost_usd numeric, stt_cost_usd numeric, tts_cost_usd numeric, total_cost_usd numeric, estimated boolean
)
language plpgsql stable security definer set search_path = ''
as $$
#variable_conflict use_column
begin
  return query
    select
      session.id, session.campaign_id, campaign.name, session.state, nullif(session.error, ''), session.started_at,
      session.activated_at, session.ended_at, round(private.session_seconds(session) / 60, 1),
      private.session_counts(session.activated_at, session.ended_at), metered.llm_tokens, metered.stt_seconds,
      metered.tts_characters, metered.llm_cost_usd, metered.stt_cost_usd, metered.tts_cost_usd, metered.total_cost_usd,
      metered.estimated
    from public.sessions as session
    left join mgmt.campaigns as campaign
      on campaign.id = session.campaign_id and campaign.tenant_id = session.tenant_id
    left join mgmt.usage_metering as metered on metered.session_id = session.id
    where session.tenant_id = usage_sessions.tenant_id
      and coalesce(session.activated_at, session.started_at) >= usage_sessions.starts
      and coalesce(session.activated_at, session.started_at) < usage_sessions.ends
    order by coalesce(session.activated_at, session.started_at) desc, session.id;
end
$$;
revoke execute on function private.usage_sessions(text, timestamptz, timestamptz) from public;
comment on function private.usage_sessions(text, timestamptz, timestamptz) is 'Sessions that went on air (or were started and did not) in a time, newest first. Definer: callers are checked by the functions that ask.';

create function private.sees_costs() returns boolean
language sql stable security definer set search_path = ''
as $$ select private.has_role('tenant_owner') $$;
revoke execute on function private.sees_costs() from public;
comment on function private.sees_costs() is 'Whether the caller may read what sessions cost.';

create function mgmt.usage_summary(period date default null, until date default null) returns jsonb
language plpgsql stable security definer set search_path = '' set timezone = 'UTC'
as $$
declare
  v_tenant text := private.require_role('viewer');
  v_window record;
  v_plan private.entitlement;
  v private.verdict;
  v_played record;
  v_reported record;
  v_monthly numeric;
begin
  v_window := private.usage_window(v_tenant, usage_summary.period, usage_summary.until);
  v := private.judge_start(v_tenant);
  v_plan := v.plan;

  select
    count(*) filter (where session.counts) as counted,
    round(coalesce(sum(session.minutes), 0) / 60, 2) as hours,
    count(session.total_cost_usd) as priced,
    sum(session.llm_cost_usd) as llm, sum(session.stt_cost_usd) as stt, sum(session.tts_cost_usd) as tts,
    bool_or(session.estimated) as estimated,
    coalesce(jsonb_agg(jsonb_build_object(
      'id', session.id, 'campaign_id', session.campaign_id, 'campaign_name', session.campaign_name,
      'state', session.state, 'error', session.error, 'started_at', session.started_at,
      'activated_at', session.activated_at, 'ended_at', session.ended_at, 'minutes', session.minutes,
      'counts', session.counts
    )), '[]') as list
  into v_played
  from private.usage_sessions(v_tenant, v_window.starts, v_window.ends) as session;

  -- The gateway's book is by calendar months: all that the window touches.
  select
    sum(record.session_hours) as hours, nullif(sum(record.llm_tokens), 0) as llm_tokens,
    nullif(sum(record.stt_seconds), 0) as stt_seconds, nullif(sum(record.tts_chars), 0) as tts_characters
  into v_reported
  from public.usage_records as record
  where record.tenant_id = v_tenant and record.period >= date_trunc('month', v_window.starts)::date
    and record.period < v_window.ends::date;
  select nullif(tenant.monthly_session_hours, 0) into v_monthly from public.tenants as tenant where tenant.id = v_tenant;

  return jsonb_build_object(
    'period', jsonb_build_object('kind', v_window.kind, 'start', v_window.starts, 'end', v_window.ends),
    'plan', private.plan_facts(v_plan),
    'status', v_plan.status,
    'sessions', jsonb_build_object(
      -- What the gate counts starts anew with an upgrade; only the present month has a cap.
      'used', case v_window.kind when 'current' then v.used else v_played.counted end,
      'played', v_played.counted,
      'pending', case v_window.kind when 'current' then v.pending end,
      'cap', case v_window.kind when 'current' then v_plan.session_cap end,
      'left', case
        when v_window.kind = 'current' and v_plan.session_cap is not null
          then greatest(v_plan.session_cap - v.used - v.pending, 0)
      end
    ),
    'hours', jsonb_build_object(
      'used', v_played.hours, 'reported', v_reported.hours,
      'monthly_limit', case when v_window.kind <> 'custom' then v_monthly end
    ),
    'reported', jsonb_build_object(
      'llm_tokens', v_reported.llm_tokens, 'stt_seconds', v_reported.stt_seconds,
      'tts_characters', v_reported.tts_characters
    ),
    'campaigns', jsonb_build_object(
      'used', private.campaigns_used(v_tenant), 'max', v_plan.max_campaigns,
      'list', (
        select coalesce(jsonb_agg(jsonb_build_object('id', campaign.id, 'name', campaign.name, 'npcs', (
          select count(*) from public.npc_definitions as npc
          where npc.campaign_id = campaign.id and npc.tenant_id = v_tenant
        )) order by campaign.name), '[]')
        from mgmt.campaigns as campaign
        where campaign.tenant_id = v_tenant and campaign.deleted_at is null and campaign.archived_at is null
      )
    ),
    'npcs', jsonb_build_object('max', v_plan.max_npcs),
    'days', (
      select jsonb_agg(jsonb_build_object(
        'date', day::date, 'sessions', coalesce(played.sessions, 0), 'hours', coalesce(played.hours, 0)
      ) order by day)
      from generate_series(v_window.starts::date, (v_window.ends - interval '1 second')::date, interval '1 day') as day
      left join (
        select
          session.activated_at::date as date, count(*) filter (where session.counts) as sessions,
          round(sum(session.minutes) / 60, 2) as hours
        from private.usage_sessions(v_tenant, v_window.starts, v_window.ends) as session
        where session.activated_at is not null
        group by 1
      ) as played on played.date = day::date
    ),
    'weeks', (
      select jsonb_agg(jsonb_build_object(
        'date', week::date, 'sessions', coalesce(played.sessions, 0), 'hours', coalesce(played.hours, 0)
      ) order by week)
      from generate_series(date_trunc('week', v_window.starts), v_window.ends - interval '1 second', interval '1 week') as week
      left join (
        select
          date_trunc('week', session.activated_at) as date, count(*) filter (where session.counts) as sessions,
          round(sum(session.minutes) / 60, 2) as hours
        from private.usage_sessions(v_tenant, v_window.starts, v_window.ends) as session
        where session.activated_at is not null
        group by 1
      ) as played on played.date = week
    ),
    'list', v_played.list,
    'costs', case when private.sees_costs() and v_played.priced > 0 then jsonb_build_object(
      'currency', 'usd', 'sessions', v_played.priced, 'language', round(v_played.llm, 4), 'hearing', round(v_played.stt, 4),
      'speech', round(v_played.tts, 4), 'total', round(v_played.llm + v_played.stt + v_played.tts, 4),
      'estimated', v_played.estimated
    ) end
  );
end
$$;
revoke execute on function mgmt.usage_summary(date, date) from public;
grant execute on function mgmt.usage_summary(date, date) to authenticated;
comment on function mgmt.usage_summary(date, date) is 'What the table used in the present billing month, in the calendar month of a day, or from one day to another (UTC). costs: Owners only, an estimate, null where none is known. reported: null = the voice service did not say. Definer: counts what players may not read.';

-- As RFC 4180 has it. A spreadsheet must show what people wrote and not run it: texts that it would take for a formula
-- get an apostrophe in front.
create function private.csv_field(value text) returns text
language sql immutable set search_path = ''
as $$
  select case
    when safe.value ~ '[",\r\n]' or safe.value ~ '^\s|\s$' then '"' || replace(safe.value, '"', '""') || '"'
    else coalesce(safe.value, '')
  end
  from (select case when csv_field.value ~ '^[\s]*[=+\-@＝＋－＠\t\r\n]' then '''' || csv_field.value else csv_field.value end) as safe (value)
$$;
revoke execute on function private.csv_field(text) from public;
comment on function private.csv_field(text) is 'A text as one field of a CSV file that opens in a spreadsheet without becoming a formula. Not for numbers: a minus in front is theirs.';

create function private.csv_time(at timestamptz) returns text
language sql immutable set search_path = ''
as $$ select coalesce(to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), '') $$;
revoke execute on function private.csv_time(timestamptz) from public;
comment on function private.csv_time(timestamptz) is 'ISO 8601 in UTC, to the second.';

create function mgmt.usage_export(period date default null, until date default null) returns text
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_tenant text := private.require_role('viewer');
  v_window record;
  v_costs boolean := private.sees_costs();
begin
  v_window := private.usage_window(v_tenant, usage_export.period, usage_export.until);
  return 'session_id,campaign,started_at,on_air_at,ended_at,minutes,counted,state,error,llm_tokens,stt_seconds,tts_characters'
    || case when v_costs then ',llm_cost_usd,stt_cost_usd,tts_cost_usd,total_cost_usd,estimated' else '' end || E'\r\n'
    || coalesce((
      select string_agg(
        concat_ws(
          ',', private.csv_field(session.id), private.csv_field(coalesce(session.campaign_name, '')),
          private.csv_time(session.started_at), private.csv_time(session.activated_at), private.csv_time(session.ended_at),
          session.minutes::text, case when session.counts then 'yes' else 'no' end, session.state,
          private.csv_field(coalesce(session.error, '')), coalesce(session.llm_tokens::text, ''),
          coalesce(session.stt_seconds::text, ''), coalesce(session.tts_characters::text, '')
        )
        || case when v_costs then ',' || concat_ws(
          ',', coalesce(session.llm_cost_usd::text, ''), coalesce(session.stt_cost_usd::text, ''),
          coalesce(session.tts_cost_usd::text, ''), coalesce(session.total_cost_usd::text, ''),
          case session.estimated when true then 'yes' when false then 'no' else '' end
        ) else '' end,
        E'\r\n' order by coalesce(session.activated_at, session.started_at), session.id
      )
      from private.usage_sessions(v_tenant, v_window.starts, v_window.ends) as session
    ) || E'\r\n', '');
end
$$;
revoke execute on function mgmt.usage_export(date, date) from public;
grant execute on function mgmt.usage_export(date, date) to authenticated;
comment on function mgmt.usage_export(date, date) is 'The sessions of usage_summary() as CSV (UTF-8, CRLF, header in English), oldest first; costs in Owners'' files only. Empty fields: not reported. Definer: as usage_summary().';
