-- Operators ask about every job there is: admin_overview() calls queue_state() without naming jobs.

create function private.queue_state() returns jsonb
language sql stable security definer set search_path = ''
as $$
  select private.queue_state(array(
    select queue.name from pgboss.queue
    union
    select waiting.job from private.outbox as waiting
  ))
$$;
revoke execute on function private.queue_state() from public;
comment on function private.queue_state() is 'queue_state(jobs) of all jobs, for operators.';
