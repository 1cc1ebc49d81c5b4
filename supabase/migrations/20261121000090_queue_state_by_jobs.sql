-- Rows for jobs that this worker does not know wait for a newer one: they are counted, and do not make this one late.

drop function private.queue_state();

create function private.queue_state(jobs text[]) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'outbox', jsonb_build_object(
      'rows', count(*),
      'due', count(*) filter (where waiting.run_at <= private.now() and waiting.job = any (queue_state.jobs)),
      'unknown', count(*) filter (where waiting.job <> all (queue_state.jobs)),
      'lag_seconds', greatest(coalesce(extract(
        epoch from private.now() - min(waiting.run_at) filter (where waiting.job = any (queue_state.jobs))
      ), 0), 0)
    ),
    'queues', coalesce((
      select jsonb_object_agg(queue.name, queue.facts) from (
        select job.name, jsonb_build_object(
          'ready', count(*) filter (where job.start_after <= pg_catalog.now()),
          'delayed', count(*) filter (where job.start_after > pg_catalog.now()),
          'lag_seconds', greatest(coalesce(extract(epoch from pg_catalog.now() - min(job.start_after)), 0), 0)
        ) as facts
        from pgboss.job as job
        where job.state < 'active' and job.name = any (queue_state.jobs)
        group by job.name
      ) as queue
    ), '{}'),
    'dead_letters', (select count(*) from private.dead_letters)
  )
  from private.outbox as waiting
$$;
revoke execute on function private.queue_state(text[]) from public;
grant execute on function private.queue_state(text[]) to glyphoxa_worker;
comment on function private.queue_state(text[]) is 'For readiness and metrics: { outbox: { rows, due, unknown, lag_seconds }, queues: { job: { ready, delayed, lag_seconds } }, dead_letters }.';
