-- What SQL wants done outside of the database: a job exists if and only if its cause committed.
--
-- Whoever causes work calls private.enqueue() in its own transaction. The worker hands rows that are due to pg-boss and
-- deletes them in one transaction of its own. A row is due by private.now(), so that tests travel past a delay.

create table private.outbox (
  id bigint generated always as identity primary key,
  job text not null,
  payload jsonb not null default '{}',
  run_at timestamptz not null,
  created_at timestamptz not null default now(),
  constraint outbox_job_named check (job ~ '^[a-z]+\.[a-z]+$'),
  constraint outbox_payload_object check (jsonb_typeof(payload) = 'object')
);
create index outbox_due on private.outbox (run_at, id);
alter table private.outbox enable row level security;
alter table private.outbox force row level security;
comment on table private.outbox is 'Jobs whose cause has committed and that pg-boss has not got yet.';
comment on column private.outbox.job is 'Name of a job of workers/jobs, such as usage.meter.';

create function private.enqueue(job text, payload jsonb default '{}', run_at timestamptz default null) returns bigint
language sql security definer set search_path = ''
as $$
  insert into private.outbox (job, payload, run_at)
  values (enqueue.job, enqueue.payload, coalesce(enqueue.run_at, private.now()))
  returning id
$$;
revoke execute on function private.enqueue(text, jsonb, timestamptz) from public;
comment on function private.enqueue(text, jsonb, timestamptz) is 'Wants a job done, at once or from run_at on (by private.now()). It may run more than once: handlers are idempotent.';
