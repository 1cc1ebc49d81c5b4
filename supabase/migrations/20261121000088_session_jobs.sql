-- What happens to sessions by themselves: the word of warning and the stop at the longest time, lost ones, starts that
-- nobody carries any more.
--
-- We never end a session by SQL. A stop is asked of the gateway, again and again until the row says that it has ended.
-- The longest time is judged when a job runs: what the plan allowed when the session began, or more by then, and never
-- more than the gateway can do. So a plan that shrinks does not cut a running game.

create function private.session_end_due(session public.sessions, hours numeric) returns timestamptz
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_now numeric := (private.entitlement(session.tenant_id)).max_session_hours;
  -- The gateway counts from the start of its worker and then simply ends it: one minute is for ending in order.
  v_gateway timestamptz := session.started_at + (
    select longest_session - interval '1 minute' from mgmt.gateway_capabilities
  );
begin
  if hours is null or v_now is null then
    return v_gateway;
  end if;
  return least(session.activated_at + make_interval(secs => (greatest(hours, v_now) * 3600)::double precision), v_gateway);
end
$$;
revoke execute on function private.session_end_due(public.sessions, numeric) from public;
comment on function private.session_end_due(public.sessions, numeric) is 'When a session reaches its longest time; hours: what its plan allowed at its beginning, null = no limit.';

create function private.plan_session_end() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  v_hours numeric := (private.entitlement(new.tenant_id)).max_session_hours;
  v_end timestamptz := private.session_end_due(new, v_hours);
  v_payload jsonb := jsonb_build_object('session_id', new.id, 'hours', v_hours);
begin
  perform private.enqueue('session.warn', v_payload, greatest(v_end - interval '5 minutes', new.activated_at));
  perform private.enqueue('session.stop', v_payload, v_end);
  return null;
exception when others then
  raise warning 'plan_session_end %: %', new.id, sqlerrm;
  return null;
end
$$;
revoke execute on function private.plan_session_end() from public;
comment on function private.plan_session_end() is 'Wants the warning and the stop as soon as a session is active. Never fails the gateway''s write.';

create trigger sessions_plan_end_new after insert on public.sessions
  for each row when (new.state = 'active') execute function private.plan_session_end();
create trigger sessions_plan_end after update of state on public.sessions
  for each row when (new.state = 'active' and old.state = 'pending') execute function private.plan_session_end();

create function private.session_facts(session public.sessions) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_strip_nulls(jsonb_build_object(
    'campaign', (select campaign.name from mgmt.campaigns as campaign where campaign.id = session.campaign_id)
  ))
$$;
revoke execute on function private.session_facts(public.sessions) from public;

create function private.warn_session(session text, hours numeric) returns text
language plpgsql security definer set search_path = ''
as $$
declare
  v_session public.sessions;
  v_end timestamptz;
begin
  select * into v_session from public.sessions as s where s.id = warn_session.session;
  if v_session.state is distinct from 'active' then
    return 'ended';
  end if;
  v_end := private.session_end_due(v_session, warn_session.hours);
  if v_end - interval '5 minutes' > private.now() + interval '5 seconds' then
    perform private.enqueue(
      'session.warn', jsonb_build_object('session_id', v_session.id, 'hours', warn_session.hours), v_end - interval '5 minutes'
    );
    return 'later';
  end if;
  perform private.notify(
    v_session.tenant_id, 'dm', 'session_warning', v_session.id,
    private.session_facts(v_session) || jsonb_build_object('ends_at', v_end)
  );
  return 'warned';
end
$$;
revoke execute on function private.warn_session(text, numeric) from public;
grant execute on function private.warn_session(text, numeric) to glyphoxa_worker;
comment on function private.warn_session(text, numeric) is 'The job session.warn: tells the Dungeon Masters, or wants itself again when the session may last longer by now.';

create function private.session_to_stop(session text, hours numeric) returns text
language plpgsql security definer set search_path = ''
as $$
declare
  v_session public.sessions;
  v_end timestamptz;
begin
  select * into v_session from public.sessions as s where s.id = session_to_stop.session;
  if coalesce(v_session.state, 'ended') = 'ended' then
    return 'ended';
  end if;
  v_end := private.session_end_due(v_session, session_to_stop.hours);
  if v_end > private.now() + interval '5 seconds' then
    perform private.enqueue(
      'session.stop', jsonb_build_object('session_id', v_session.id, 'hours', session_to_stop.hours), v_end
    );
    return 'later';
  end if;
  return 'due';
end
$$;
revoke execute on function private.session_to_stop(text, numeric) from public;
grant execute on function private.session_to_stop(text, numeric) to glyphoxa_worker;
comment on function private.session_to_stop(text, numeric) is 'The first half of the job session.stop: due, ended, or later, and then it is wanted again at that time.';

create function private.session_stop_asked(session text, hours numeric, asked int) returns text
language plpgsql security definer set search_path = ''
as $$
begin
  if not exists (select from public.sessions as s where s.id = session_stop_asked.session and s.state <> 'ended') then
    return 'ended';
  end if;
  perform private.enqueue(
    'session.stop',
    jsonb_build_object('session_id', session_stop_asked.session, 'hours', session_stop_asked.hours, 'asked', session_stop_asked.asked),
    private.now() + least(interval '10 seconds' * 2 ^ least(session_stop_asked.asked, 10), interval '5 minutes')
  );
  return 'asked again later';
end
$$;
revoke execute on function private.session_stop_asked(text, numeric, int) from public;
grant execute on function private.session_stop_asked(text, numeric, int) to glyphoxa_worker;
comment on function private.session_stop_asked(text, numeric, int) is 'The second half of session.stop: done when the row says that the session has ended, else wanted again, less and less often. asked: how often the gateway was asked.';

-- A session that ends badly says so to those who lead the table; one that was reported lost has been told already.

create function private.notify_session_failed() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if not exists (
    select from mgmt.notifications as told where told.kind = 'session_lost' and told.subject_id = new.id
      and told.tenant_id = new.tenant_id
  ) then
    perform private.notify(
      new.tenant_id, 'dm', 'session_failed', new.id,
      private.session_facts(new) || jsonb_build_object('error', left(new.error, 300))
    );
  end if;
  return null;
exception when others then
  raise warning 'notify_session_failed %: %', new.id, sqlerrm;
  return null;
end
$$;
revoke execute on function private.notify_session_failed() from public;
create trigger sessions_notify_failed after update of state on public.sessions
  for each row when (new.state = 'ended' and old.state <> 'ended' and new.error <> '')
  execute function private.notify_session_failed();

-- Sessions without a sign of life. The gateway's own sweep ends them within a minute; when it has not, somebody is told.

create function private.lost_sessions() returns table (session_id text, tenant_id text)
language sql stable security definer set search_path = ''
as $$
  select session.id, session.tenant_id
  from public.sessions as session
  where session.state <> 'ended'
    and case session.state
      when 'active' then coalesce(session.last_heartbeat, session.activated_at, session.started_at) < private.now() - interval '90 seconds'
      else session.started_at < private.now() - interval '270 seconds'
    end
    and not exists (
      select from mgmt.notifications as told
      where told.kind = 'session_lost' and told.subject_id = session.id and told.tenant_id = session.tenant_id
    )
  order by session.started_at
  limit 100
$$;
revoke execute on function private.lost_sessions() from public;
grant execute on function private.lost_sessions() to glyphoxa_worker;
comment on function private.lost_sessions() is 'Sessions that nobody has heard of for 90 s (pending: 270 s), twice as long as the gateway waits, and of which nobody was told.';

create function private.report_lost_session(session text, gateway text) returns boolean
language plpgsql security definer set search_path = ''
as $$
declare
  v_session public.sessions;
begin
  select * into v_session from public.sessions as s where s.id = report_lost_session.session and s.state <> 'ended';
  if not found then
    return false;
  end if;
  return private.notify(
    v_session.tenant_id, 'dm', 'session_lost', v_session.id,
    private.session_facts(v_session) || jsonb_build_object('gateway', report_lost_session.gateway)
  ) > 0;
end
$$;
revoke execute on function private.report_lost_session(text, text) from public;
grant execute on function private.report_lost_session(text, text) to glyphoxa_worker;
comment on function private.report_lost_session(text, text) is 'Tells the Dungeon Masters that a session is lost. gateway: what it says of it (playing, silent) or unreachable.';

-- Starts whose carrier died. The edge function settles its own; three minutes later nobody carries one any more.

create function private.watch_request() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.enqueue(
    'session.start', jsonb_build_object('request_id', new.id), private.now() + interval '3 minutes'
  );
  return null;
end
$$;
revoke execute on function private.watch_request() from public;
create trigger session_requests_watch after insert on mgmt.session_requests
  for each row when (new.state = 'asked') execute function private.watch_request();

create function private.open_request(request uuid) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'tenant_id', asked.tenant_id, 'campaign_id', asked.campaign_id, 'guild_id', asked.guild_id,
    'asked_at', asked.created_at,
    'session_id', (
      select session.id from public.sessions as session
      where session.tenant_id = asked.tenant_id and session.campaign_id = asked.campaign_id
        and session.guild_id = asked.guild_id
        and session.started_at >= asked.created_at + private.clock_offset() - interval '1 minute'
      order by session.started_at desc
      limit 1
    )
  )
  from mgmt.session_requests as asked
  where asked.id = open_request.request and asked.state = 'asked'
$$;
revoke execute on function private.open_request(uuid) from public;
grant execute on function private.open_request(uuid) to glyphoxa_worker;
comment on function private.open_request(uuid) is 'A start that is not settled, with the session that came of it if one did; null when it is settled.';

grant execute on function mgmt.session_request_settled(uuid, text, text, text) to glyphoxa_worker;

create function private.give_up_requests() returns int
language sql security definer set search_path = ''
as $$
  with given_up as (
    update mgmt.session_requests as asked
    set
      state = 'failed', error_code = 'gateway_timeout',
      error_message = 'The voice service has not answered this start.'
    where asked.state = 'asked' and asked.created_at < pg_catalog.now() - interval '10 minutes'
    returning asked.id
  )
  select count(*)::int from given_up
$$;
revoke execute on function private.give_up_requests() from public;
grant execute on function private.give_up_requests() to glyphoxa_worker;
comment on function private.give_up_requests() is 'Fails starts that nobody settled for ten minutes, whatever became of their job. created_at is of the real clock, so this is too.';
