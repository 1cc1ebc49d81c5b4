-- The health page also says when the gateway gave its last sign of life, why starts were refused, and how the services behind the
-- tables' own keys answered when they were tested. No table is named, no key is read.

create or replace function mgmt.admin_provider_health(hours int default 24) returns jsonb
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
    'queue', private.queue_state(),
    'webhooks', private.webhook_health(),
    -- Jobs run by the clock every few minutes, so a worker that lives has done one lately.
    'workers', (
      select jsonb_build_object(
        'running', count(*) filter (where job.state = 'active'),
        'done', count(*) filter (where job.state = 'completed' and job.completed_on > v_since),
        'failed', count(*) filter (where job.state = 'failed' and job.completed_on > v_since),
        'last_done', max(job.completed_on) filter (where job.state = 'completed')
      )
      from pgboss.job as job
    ),
    'deliveries', (
      select coalesce(jsonb_object_agg(counted.channel, counted.outcomes), '{}')
      from (
        select each.channel, jsonb_object_agg(each.outcome, each.times) as outcomes
        from (
          select delivery.channel, delivery.outcome, count(*) as times
          from private.notification_deliveries as delivery where delivery.created_at > v_since group by 1, 2
        ) as each
        group by 1
      ) as counted
    ),
    'voice_service', (
      select to_jsonb(capabilities) - 'id' from mgmt.gateway_capabilities as capabilities
    ),
    -- Whatever plays says so every few seconds.
    'last_sign', (select max(session.last_heartbeat) from public.sessions as session where session.started_at > v_now - interval '2 days'),
    'refused', (
      select coalesce(jsonb_object_agg(counted.error_code, counted.times), '{}')
      from (
        select request.error_code, count(*) as times
        from mgmt.session_requests as request
        where request.state = 'failed' and request.created_at > v_since group by 1
      ) as counted
    ),
    -- The tables' own keys at language and voice services, as they were tested last.
    'providers', (
      select coalesce(jsonb_agg(to_jsonb(tested) order by tested.provider), '[]')
      from (
        select
          config.provider, count(distinct config.tenant_id) as tables,
          count(*) filter (where config.last_test_result = 'ok') as ok,
          count(*) filter (where config.last_test_result <> 'ok') as failed,
          percentile_cont(0.5) within group (order by config.last_test_ms) filter (where config.last_test_result = 'ok') as p50_ms,
          percentile_cont(0.99) within group (order by config.last_test_ms) filter (where config.last_test_result = 'ok') as p99_ms,
          max(config.last_test_at) as last_test_at
        from mgmt.provider_configs as config group by config.provider
      ) as tested
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
comment on function mgmt.admin_provider_health(int) is 'Super admins: how starts went in the last hours (1 to 744), and what works behind them: { as_of, since, queue, webhooks, workers: { running, done, failed, last_done }, deliveries by channel, voice_service, last_sign, refused by code, providers: [{ provider, tables, ok, failed, p50_ms, p99_ms, last_test_at }], starts: { active, never_active, ended_with_error, p50_ms, p99_ms }, errors, hours }. 403 forbidden.';
