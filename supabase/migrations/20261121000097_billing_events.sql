-- What each session was on air, on which plan: a ledger beside the gateway's own book, which counts hours twice or never.
--
-- Rows come from public.sessions by trigger, one per session and kind whatever the gateway repeats. A failure to write the
-- ledger never fails the gateway's write: private.book_session() is asked again when the session is metered.

create table mgmt.billing_events (
  id bigint generated always as identity primary key,
  tenant_id text not null references public.tenants (id) on delete cascade,
  session_id text not null,
  event_type text not null,
  session_minutes numeric(10, 2),
  plan_id text not null,
  period date not null,
  created_at timestamptz not null default private.now(),
  constraint billing_events_type_known check (event_type in ('session_start', 'session_end')),
  constraint billing_events_end_has_minutes check ((event_type = 'session_end') = (session_minutes is not null)),
  constraint billing_events_period_is_month check (extract(day from period) = 1),
  constraint billing_events_once unique (session_id, event_type)
);
create index billing_events_tenant on mgmt.billing_events (tenant_id, period);

alter table mgmt.billing_events enable row level security;
alter table mgmt.billing_events force row level security;

create policy "Owners read what their table played" on mgmt.billing_events
  for select to authenticated using (tenant_id = (select private.tenant_as('tenant_owner')));

grant select on mgmt.billing_events to authenticated, service_role;
-- NOTE: no write is granted to anybody: triggers on public.sessions add rows, and nothing changes them.

comment on table mgmt.billing_events is 'One row when a session goes on air and one when it ends. Append-only. Sessions that never went on air have none.';
comment on column mgmt.billing_events.session_minutes is 'Minutes on air; null in session_start.';
comment on column mgmt.billing_events.plan_id is 'Plan when the session went on air; the mode where there are no plans, none without a subscription.';
comment on column mgmt.billing_events.period is 'First day of the month (UTC) in which the session went on air.';

create function private.month_of(at timestamptz) returns date
language sql immutable set search_path = ''
as $$ select date_trunc('month', at at time zone 'UTC')::date $$;
revoke execute on function private.month_of(timestamptz) from public;
comment on function private.month_of(timestamptz) is 'First day of the month, in UTC, as usage_records.period has it.';

create function private.book_session(session public.sessions) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  if session.activated_at is null then
    return;
  end if;
  insert into mgmt.billing_events (tenant_id, session_id, event_type, plan_id, period)
  values (
    session.tenant_id, session.id, 'session_start',
    coalesce((private.entitlement(session.tenant_id)).plan_id, 'none'), private.month_of(session.activated_at)
  )
  on conflict (session_id, event_type) do nothing;
  if session.state = 'ended' then
    insert into mgmt.billing_events (tenant_id, session_id, event_type, session_minutes, plan_id, period)
    select begun.tenant_id, begun.session_id, 'session_end', private.session_seconds(session) / 60.0, begun.plan_id, begun.period
    from mgmt.billing_events as begun
    where begun.session_id = session.id and begun.event_type = 'session_start'
    on conflict (session_id, event_type) do nothing;
  end if;
end
$$;

create function private.session_seconds(session public.sessions) returns numeric
language sql stable set search_path = ''
as $$
  select greatest(
    extract(epoch from coalesce(session.ended_at, private.now()) - coalesce(session.activated_at, session.ended_at)), 0
  )::numeric
$$;
revoke execute on function private.session_seconds(public.sessions) from public;
comment on function private.session_seconds(public.sessions) is 'How long a session was on air; of a running one, until now. 0 if it never was.';
revoke execute on function private.book_session(public.sessions) from public;
comment on function private.book_session(public.sessions) is 'Writes what the ledger lacks of a session. Safe to run again. Definer: the gateway may not read plans, and nobody may write the ledger.';

create function private.bill_session() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  v private.verdict;
begin
  perform private.book_session(new);
  if new.state = 'ended' then
    if new.activated_at is not null then
      -- A minute later, so that what the gateway books when a session ends is there to be read.
      perform private.enqueue('usage.meter', jsonb_build_object('session_id', new.id), private.now() + interval '1 minute');
    end if;
  else
    v := private.judge_start(new.tenant_id);
    if (v.plan).session_cap - v.used - v.pending = 1 then
      perform private.notify(
        new.tenant_id, 'dm', 'quota_near', new.tenant_id || '/' || (v.plan).counted_from::date,
        jsonb_build_object('left', 1, 'cap', (v.plan).session_cap, 'period_end', (v.plan).period_end)
      );
    end if;
  end if;
  return null;
exception when others then
  raise warning 'bill_session %: %', new.id, sqlerrm;
  return null;
end
$$;
revoke execute on function private.bill_session() from public;
comment on function private.bill_session() is 'Keeps the ledger, asks for metering, and says when one session is left. Never fails the gateway''s write.';

create trigger sessions_bill_new after insert on public.sessions
  for each row when (new.state <> 'pending') execute function private.bill_session();
create trigger sessions_bill after update of state on public.sessions
  for each row when (new.state <> old.state and new.state in ('active', 'ended'))
  execute function private.bill_session();
