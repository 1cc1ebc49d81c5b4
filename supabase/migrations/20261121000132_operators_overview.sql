-- The numbers an operator looks at first. Each is read from the rows that decide, none is kept.

create function mgmt.admin_overview() returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_now timestamptz := private.now();
begin
  perform private.as_operator('admin_overview');
  return jsonb_build_object(
    'as_of', v_now,
    'mode', private.deployment_mode(),
    'on_air', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'session_id', session.id, 'tenant_id', session.tenant_id, 'tenant_name', tenant.name, 'state', session.state,
        'started_at', session.started_at, 'last_heartbeat', session.last_heartbeat, 'is_lost', private.is_stuck(session)
      ) order by private.is_stuck(session) desc, session.started_at), '[]')
      from public.sessions as session
      left join public.tenants as tenant on tenant.id = session.tenant_id
      where session.state <> 'ended'
    ),
    'failed_starts', (
      select jsonb_build_object(
        'hour', count(*) filter (where request.created_at > v_now - interval '1 hour'),
        'day', count(*),
        'by_code', coalesce((
          select jsonb_object_agg(counted.error_code, counted.times)
          from (
            select each.error_code, count(*) as times from mgmt.session_requests as each
            where each.state = 'failed' and each.created_at > v_now - interval '24 hours' group by 1
          ) as counted
        ), '{}')
      )
      from mgmt.session_requests as request
      where request.state = 'failed' and request.created_at > v_now - interval '24 hours'
    ),
    'outbox', (
      select jsonb_build_object('due', count(*), 'oldest', min(waiting.run_at))
      from private.outbox as waiting where waiting.run_at <= v_now
    ),
    'tables', (
      select jsonb_build_object(
        'all', count(*),
        'new_day', count(*) filter (where tenant.created_at > v_now - interval '1 day'),
        'new_week', count(*) filter (where tenant.created_at > v_now - interval '7 days'),
        'new_month', count(*) filter (where tenant.created_at > v_now - interval '30 days'),
        'played_in_month', count(*) filter (where exists (
          select from public.sessions as session
          where session.tenant_id = tenant.id and session.activated_at > v_now - interval '30 days'
        ))
      )
      from public.tenants as tenant
    ),
    'subscriptions', (
      select coalesce(jsonb_object_agg(counted.status, counted.times), '{}')
      from (
        select subscription.status, count(*) as times
        from mgmt.subscriptions as subscription
        where subscription.ended_at is null and (subscription.status <> 'trialing' or subscription.trial_end > v_now)
        group by 1
      ) as counted
    )
  );
end
$$;
revoke execute on function mgmt.admin_overview() from public;
grant execute on function mgmt.admin_overview() to authenticated;
comment on function mgmt.admin_overview() is 'Super admins: what runs and what fails now: { as_of, mode, on_air, failed_starts: { hour, day, by_code }, outbox: { due, oldest }, tables, subscriptions by status }. 403 forbidden.';

create index session_requests_failed on mgmt.session_requests (created_at desc) where state = 'failed';

create function mgmt.admin_provider_health(hours int default 24) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_now timestamptz := private.now();
  v_since timestamptz := v_now - make_interval(hours => least(greatest(coalesce(admin_provider_health.hours, 24), 1), 744));
begin
  perform private.as_operator('admin_provider_health', null, jsonb_build_object('hours', admin_provider_health.hours));
  return jsonb_build_object(
    'as_of', v_now,
    'since', v_since,
    'voice_service', (
      select to_jsonb(capabilities) - 'id' from mgmt.gateway_capabilities as capabilities
    ),
    -- Time from the insert to the first sign that the pipeline runs, over sessions that became active.
    'starts', (
      select jsonb_build_object(
        'active', count(*) filter (where session.activated_at is not null),
        'never_active', count(*) filter (where session.activated_at is null and session.state = 'ended'),
        'ended_with_error', count(*) filter (where session.activated_at is not null and coalesce(session.error, '') <> ''),
        'p50_ms', percentile_cont(0.5) within group (order by extract(epoch from session.activated_at - session.started_at) * 1000),
        'p99_ms', percentile_cont(0.99) within group (order by extract(epoch from session.activated_at - session.started_at) * 1000)
      )
      from public.sessions as session where session.started_at > v_since
    ),
    'errors', (
      select coalesce(jsonb_agg(jsonb_build_object('error', frequent.error, 'times', frequent.times, 'last', frequent.last)), '[]')
      from (
        select left(session.error, 300) as error, count(*) as times, max(session.started_at) as last
        from public.sessions as session
        where session.started_at > v_since and coalesce(session.error, '') <> ''
        group by 1 order by times desc limit 20
      ) as frequent
    ),
    'hours', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'hour', hourly.hour, 'starts', hourly.starts, 'failed', hourly.failed
      ) order by hourly.hour), '[]')
      from (
        select
          date_trunc('hour', session.started_at) as hour, count(*) as starts,
          count(*) filter (where coalesce(session.error, '') <> '') as failed
        from public.sessions as session where session.started_at > v_since group by 1
      ) as hourly
    )
  );
end
$$;
revoke execute on function mgmt.admin_provider_health(int) from public;
grant execute on function mgmt.admin_provider_health(int) to authenticated;
comment on function mgmt.admin_provider_health(int) is 'Super admins: how starts went in the last hours (1 to 744): { as_of, since, voice_service, starts: { active, never_active, ended_with_error, p50_ms, p99_ms }, errors, hours }. 403 forbidden.';

create index if not exists sessions_started on public.sessions (started_at desc);
