-- From the outbox into the queue, and what the operator sees of both.
--
-- The worker takes rows that are due and sends them to pg-boss in one transaction, so a job is in exactly one of the two
-- places at every moment. job_id is the id it has in both: a job that is handed over twice is one job.

grant usage on schema pgboss to glyphoxa_worker;
grant select, insert, update, delete on all tables in schema pgboss to glyphoxa_worker;
grant execute on all functions in schema pgboss to glyphoxa_worker;
-- NOTE: no create: the schema is made and changed by migrations only.
grant usage on schema private to glyphoxa_worker;
grant execute on function private.now() to glyphoxa_worker;
grant execute on function private.enqueue(text, jsonb, timestamptz) to glyphoxa_worker;

alter table private.outbox add column job_id uuid not null default gen_random_uuid();
comment on column private.outbox.job_id is 'The job''s id at pg-boss.';

create function private.announce_outbox() returns trigger
language plpgsql set search_path = ''
as $$
begin
  perform pg_catalog.pg_notify('glyphoxa_outbox', '');
  return null;
end
$$;
revoke execute on function private.announce_outbox() from public;
comment on function private.announce_outbox() is 'Wakes the workers that listen. Those that cannot, behind a pooler, look once a second.';

create trigger announce_outbox after insert on private.outbox
  for each statement execute function private.announce_outbox();

create function private.take_outbox(jobs text[], batch int default 200)
returns table (job text, job_id uuid, payload jsonb)
language sql security definer set search_path = ''
as $$
  delete from private.outbox as waiting
  where waiting.id in (
    select due.id from private.outbox as due
    where due.run_at <= private.now() and due.job = any (take_outbox.jobs)
    order by due.run_at, due.id
    limit take_outbox.batch
    for update skip locked
  )
  returning waiting.job, waiting.job_id, waiting.payload
$$;
revoke execute on function private.take_outbox(text[], int) from public;
grant execute on function private.take_outbox(text[], int) to glyphoxa_worker;
comment on function private.take_outbox(text[], int) is 'Takes rows that are due, of these jobs only: one that this worker does not know stays for a newer one. Call it in the transaction that sends them.';

create function private.work_due(jobs text[]) returns table (outbox boolean, queues text[])
language sql stable security definer set search_path = ''
as $$
  select
    exists (
      select from private.outbox as due where due.run_at <= private.now() and due.job = any (work_due.jobs)
    ),
    array(
      select name from unnest(work_due.jobs) as name
      where exists (
        select from pgboss.job as waiting
        where waiting.name = name.name and waiting.state < 'active' and not waiting.blocked
          and waiting.start_after <= pg_catalog.now()
      )
    )
$$;
revoke execute on function private.work_due(text[]) from public;
grant execute on function private.work_due(text[]) to glyphoxa_worker;
comment on function private.work_due(text[]) is 'Whether the outbox has rows that are due, and which queues have jobs to run. One statement for all of them, so that looking is cheap.';

create view private.dead_letters with (security_invoker = true) as
  select
    dead.id, dead.source_name as job, dead.data as payload, dead.source_retry_count as retries,
    dead.source_output as error, dead.source_created_on as wanted_at, dead.created_on as given_up_at
  from pgboss.job as dead
  where dead.name = 'dead.letter' and dead.state < 'completed';
comment on view private.dead_letters is 'Jobs that failed at every try. For the operator: look here, mend the cause, then private.revive_dead_letter(id).';

create function private.revive_dead_letter(id uuid) returns bigint
language sql security definer set search_path = ''
as $$
  with taken as (
    delete from pgboss.job as dead
    where dead.name = 'dead.letter' and dead.id = revive_dead_letter.id
    returning dead.source_name, dead.data
  )
  select private.enqueue(taken.source_name, coalesce(taken.data, '{}')) from taken
$$;
revoke execute on function private.revive_dead_letter(uuid) from public;
comment on function private.revive_dead_letter(uuid) is 'Wants a dead letter''s job done again and takes it out of the dead letters. Null: no such letter. For the operator.';

create function private.queue_state() returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'outbox', jsonb_build_object(
      'rows', count(*),
      'due', count(*) filter (where waiting.run_at <= private.now()),
      'lag_seconds', greatest(coalesce(extract(epoch from private.now() - min(waiting.run_at)), 0), 0)
    ),
    'queues', coalesce((
      select jsonb_object_agg(queue.name, queue.facts) from (
        select job.name, jsonb_build_object(
          'ready', count(*) filter (where job.start_after <= pg_catalog.now() and job.state < 'active'),
          'delayed', count(*) filter (where job.start_after > pg_catalog.now() and job.state < 'active'),
          'lag_seconds', coalesce(extract(epoch from pg_catalog.now() - min(job.start_after) filter (
            where job.start_after <= pg_catalog.now() and job.state < 'active'
          )), 0)
        ) as facts
        from pgboss.job as job
        where job.state <= 'active' and job.name not like '\_\_pgboss%' and job.name <> 'dead.letter'
        group by job.name
      ) as queue
    ), '{}'),
    'dead_letters', (select count(*) from private.dead_letters)
  )
  from private.outbox as waiting
$$;
revoke execute on function private.queue_state() from public;
grant execute on function private.queue_state() to glyphoxa_worker;
comment on function private.queue_state() is 'For readiness and metrics: { outbox: { rows, due, lag_seconds }, queues: { job: { ready, delayed, lag_seconds } }, dead_letters }.';
