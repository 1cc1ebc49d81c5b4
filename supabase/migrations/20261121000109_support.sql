-- Support tickets: a thread between a person of a table and support.
--
-- People read their own, Owners all of their table. Whoever answers keeps its notes, the person in charge and the number
-- in another system in private tables, so that no policy has to remember to hide them.

create table mgmt.support_tickets (
  id uuid primary key default gen_random_uuid(),
  tenant_id text not null references public.tenants (id) on delete cascade,
  opened_by uuid references mgmt.users (id) on delete set null,
  subject text not null,
  category text not null,
  priority text not null default 'normal',
  status text not null default 'open',
  context jsonb not null default '{}',
  last_message_at timestamptz not null,
  closed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint support_tickets_id_tenant unique (id, tenant_id),
  constraint support_tickets_subject_length check (char_length(subject) between 5 and 140),
  constraint support_tickets_category_known check (
    category in ('question', 'billing', 'bug', 'voice', 'account', 'idea')
  ),
  constraint support_tickets_priority_known check (priority in ('normal', 'high', 'urgent')),
  constraint support_tickets_status_known check (status in ('open', 'in_progress', 'waiting_on_user', 'closed')),
  constraint support_tickets_closed_has_time check ((status = 'closed') = (closed_at is not null)),
  constraint support_tickets_context_is_object check (
    jsonb_typeof(context) = 'object' and octet_length(context::text) <= 4096
  )
);
create index support_tickets_tenant on mgmt.support_tickets (tenant_id, last_message_at desc);
create index support_tickets_opened_by on mgmt.support_tickets (opened_by, created_at desc);
-- What support has to look at, over all tables.
create index support_tickets_unfinished on mgmt.support_tickets (last_message_at) where status <> 'closed';

create table mgmt.support_messages (
  id bigint generated always as identity primary key,
  ticket_id uuid not null,
  tenant_id text not null references public.tenants (id) on delete cascade,
  author uuid references mgmt.users (id) on delete set null,
  from_support boolean not null default false,
  body text not null,
  created_at timestamptz not null default now(),
  foreign key (ticket_id, tenant_id) references mgmt.support_tickets (id, tenant_id) on delete cascade,
  constraint support_messages_body_length check (char_length(body) between 1 and 10000)
);
create index support_messages_ticket on mgmt.support_messages (ticket_id, tenant_id, id);
create index support_messages_tenant on mgmt.support_messages (tenant_id);
create index support_messages_author on mgmt.support_messages (author);

create table private.support_facts (
  ticket_id uuid primary key references mgmt.support_tickets (id) on delete cascade,
  assigned_to text,
  external_ref text unique,
  tags text[] not null default '{}',
  notes text not null default '',
  updated_at timestamptz not null default now()
);
alter table private.support_facts enable row level security;
alter table private.support_facts force row level security;
create trigger touch_updated_at before update on private.support_facts
  for each row execute function private.touch_updated_at();
comment on table private.support_facts is 'What support keeps of a ticket for itself. Nobody of the table ever reads it.';
comment on column private.support_facts.external_ref is 'Number of the ticket in another system.';

alter table mgmt.support_tickets enable row level security;
alter table mgmt.support_tickets force row level security;
alter table mgmt.support_messages enable row level security;
alter table mgmt.support_messages force row level security;

create function private.readable_tickets() returns setof uuid
language plpgsql stable security definer set search_path = ''
as $$
begin
  return query
    select ticket.id from mgmt.support_tickets as ticket
    where ticket.tenant_id = (select private.current_tenant_id())
      and (ticket.opened_by = (select auth.uid()) or (select private.has_role('tenant_owner')));
end
$$;
revoke execute on function private.readable_tickets() from public;
grant execute on function private.readable_tickets() to authenticated;
comment on function private.readable_tickets() is 'Tickets that the caller may read: the own ones, and for an Owner all of the table.';

create policy "Members read their own tickets, Owners all of the table" on mgmt.support_tickets
  for select to authenticated using (
    tenant_id = (select private.tenant_as('viewer'))
    and (opened_by = (select auth.uid()) or tenant_id = (select private.tenant_as('tenant_owner')))
  );
create policy "Who reads a ticket reads its messages" on mgmt.support_messages
  for select to authenticated using (
    tenant_id = (select private.tenant_as('viewer')) and ticket_id in (select private.readable_tickets())
  );

grant select on mgmt.support_tickets, mgmt.support_messages to authenticated, service_role;
-- NOTE: no write is granted: a ticket and its first message belong together, and states follow rules.

create trigger touch_updated_at before update on mgmt.support_tickets
  for each row execute function private.touch_updated_at();

create function private.own_ticket(ticket uuid) returns mgmt.support_tickets
language plpgsql security definer set search_path = ''
as $$
declare
  v_tenant text := private.require_role('viewer');
  v_ticket mgmt.support_tickets;
begin
  select * into v_ticket
  from mgmt.support_tickets as known
  where known.id = own_ticket.ticket and known.tenant_id = v_tenant
    and (known.opened_by = auth.uid() or private.has_role('tenant_owner'))
  for update;
  if not found then
    perform private.fail('not_found', 'This ticket is not here, or not yours.');
  end if;
  return v_ticket;
end
$$;
revoke execute on function private.own_ticket(uuid) from public;
comment on function private.own_ticket(uuid) is 'A ticket that the caller may read, locked. 404 not_found.';

create function private.check_ticket_text(body text) returns text
language plpgsql set search_path = ''
as $$
begin
  if body is null or btrim(body) = '' then
    perform private.fail('validation', 'body: write something first.');
  end if;
  if char_length(btrim(body)) > 10000 then
    perform private.fail('validation', 'body: longer than 10,000 characters.', 'Shorten it.');
  end if;
  return btrim(body);
end
$$;
revoke execute on function private.check_ticket_text(text) from public;

create function mgmt.open_ticket(
  subject text, category text, body text, priority text default 'normal', context jsonb default '{}'
) returns mgmt.support_tickets
language plpgsql security definer set search_path = ''
as $$
declare
  c_per_hour constant int := 10;
  v_tenant text := private.require_role('viewer');
  v_ticket mgmt.support_tickets;
begin
  if open_ticket.subject is null or char_length(btrim(open_ticket.subject)) not between 5 and 140 then
    perform private.fail('validation', 'subject: must have 5 to 140 characters.', 'Say it in one line.');
  end if;
  if open_ticket.category is null
    or open_ticket.category not in ('question', 'billing', 'bug', 'voice', 'account', 'idea')
  then
    perform private.fail('validation', 'category: must be question, billing, bug, voice, account or idea.');
  end if;
  if open_ticket.body is null or char_length(btrim(open_ticket.body)) not between 20 and 10000 then
    perform private.fail('validation', 'body: must have 20 to 10,000 characters.', 'What did you do, what did you see?');
  end if;
  if open_ticket.priority is null or open_ticket.priority not in ('normal', 'high', 'urgent') then
    perform private.fail('validation', 'priority: must be normal, high or urgent.');
  end if;
  if open_ticket.priority <> 'normal' and (private.entitlement(v_tenant)).priority_support is not true then
    perform private.fail('feature_locked', 'Your plan does not have priority support.', 'Send it with normal priority.');
  end if;
  if jsonb_typeof(open_ticket.context) is distinct from 'object' or octet_length(open_ticket.context::text) > 4096 then
    perform private.fail('validation', 'context: must be an object of at most 4 kB.');
  end if;
  perform pg_advisory_xact_lock(hashtextextended('tickets:' || auth.uid(), 0));
  if (
    select count(*) from mgmt.support_tickets as known
    where known.opened_by = auth.uid() and known.created_at > pg_catalog.now() - interval '1 hour'
  ) >= c_per_hour then
    perform private.fail('rate_limited', format('You can open %s tickets an hour.', c_per_hour), 'Add to one of them.');
  end if;

  insert into mgmt.support_tickets (tenant_id, opened_by, subject, category, priority, context, last_message_at)
  values (
    v_tenant, auth.uid(), btrim(open_ticket.subject), open_ticket.category, open_ticket.priority,
    open_ticket.context, private.now()
  )
  returning * into v_ticket;
  insert into mgmt.support_messages (ticket_id, tenant_id, author, body)
  values (v_ticket.id, v_tenant, auth.uid(), btrim(open_ticket.body));
  perform private.enqueue('support.sync', jsonb_build_object('ticket_id', v_ticket.id));
  return v_ticket;
end
$$;
revoke execute on function mgmt.open_ticket(text, text, text, text, jsonb) from public;
grant execute on function mgmt.open_ticket(text, text, text, text, jsonb) to authenticated;
comment on function mgmt.open_ticket(text, text, text, text, jsonb) is 'Every member: a new ticket with its first message. 402 feature_locked (priority), 422 validation, 429 rate_limited.';

create function mgmt.reply_ticket(ticket uuid, body text) returns mgmt.support_messages
language plpgsql security definer set search_path = ''
as $$
declare
  c_per_hour constant int := 60;
  v_ticket mgmt.support_tickets := private.own_ticket(ticket);
  v_message mgmt.support_messages;
begin
  if v_ticket.status = 'closed' then
    perform private.fail('conflict', 'This ticket is closed.', 'Reopen it, or open a new one.');
  end if;
  perform pg_advisory_xact_lock(hashtextextended('tickets:' || auth.uid(), 0));
  if (
    select count(*) from mgmt.support_messages as known
    where known.author = auth.uid() and known.created_at > pg_catalog.now() - interval '1 hour'
  ) >= c_per_hour then
    perform private.fail('rate_limited', format('You can write %s messages an hour.', c_per_hour), 'Wait a little.');
  end if;
  insert into mgmt.support_messages (ticket_id, tenant_id, author, body)
  values (v_ticket.id, v_ticket.tenant_id, auth.uid(), private.check_ticket_text(reply_ticket.body))
  returning * into v_message;
  update mgmt.support_tickets as known
  set last_message_at = private.now(), status = case known.status when 'waiting_on_user' then 'open' else known.status end
  where known.id = v_ticket.id;
  perform private.enqueue('support.sync', jsonb_build_object('ticket_id', v_ticket.id));
  return v_message;
end
$$;
revoke execute on function mgmt.reply_ticket(uuid, text) from public;
grant execute on function mgmt.reply_ticket(uuid, text) to authenticated;
comment on function mgmt.reply_ticket(uuid, text) is 'Who reads a ticket adds to it. 404 not_found, 409 conflict (closed), 422 validation, 429 rate_limited.';

create function mgmt.close_ticket(ticket uuid) returns mgmt.support_tickets
language plpgsql security definer set search_path = ''
as $$
declare
  v_ticket mgmt.support_tickets := private.own_ticket(ticket);
begin
  if v_ticket.status <> 'closed' then
    update mgmt.support_tickets as known set status = 'closed', closed_at = private.now() where known.id = v_ticket.id
    returning * into v_ticket;
    perform private.enqueue('support.sync', jsonb_build_object('ticket_id', v_ticket.id));
  end if;
  return v_ticket;
end
$$;
revoke execute on function mgmt.close_ticket(uuid) from public;
grant execute on function mgmt.close_ticket(uuid) to authenticated;
comment on function mgmt.close_ticket(uuid) is 'Who reads a ticket closes it; closing twice changes nothing. 404 not_found.';

create function mgmt.reopen_ticket(ticket uuid) returns mgmt.support_tickets
language plpgsql security definer set search_path = ''
as $$
declare
  v_ticket mgmt.support_tickets := private.own_ticket(ticket);
begin
  if v_ticket.status = 'closed' then
    if v_ticket.closed_at <= private.now() - interval '14 days' then
      perform private.fail('gone', 'This ticket was closed more than 14 days ago.', 'Open a new one.');
    end if;
    update mgmt.support_tickets as known set status = 'open', closed_at = null where known.id = v_ticket.id
    returning * into v_ticket;
    perform private.enqueue('support.sync', jsonb_build_object('ticket_id', v_ticket.id));
  end if;
  return v_ticket;
end
$$;
revoke execute on function mgmt.reopen_ticket(uuid) from public;
grant execute on function mgmt.reopen_ticket(uuid) to authenticated;
comment on function mgmt.reopen_ticket(uuid) is 'Who reads a ticket opens it again, up to 14 days after it was closed. 404 not_found, 410 gone.';

create function private.answer_ticket(ticket uuid, body text, author uuid default null, status text default 'waiting_on_user')
returns mgmt.support_messages
language plpgsql security definer set search_path = ''
as $$
declare
  v_message mgmt.support_messages;
  v_tenant text;
begin
  update mgmt.support_tickets as known
  set status = answer_ticket.status, last_message_at = private.now(),
    closed_at = case when answer_ticket.status = 'closed' then private.now() end
  where known.id = answer_ticket.ticket
  returning known.tenant_id into v_tenant;
  if not found then
    perform private.fail('not_found', 'There is no such ticket.');
  end if;
  insert into mgmt.support_messages (ticket_id, tenant_id, author, from_support, body)
  values (answer_ticket.ticket, v_tenant, answer_ticket.author, true, private.check_ticket_text(answer_ticket.body))
  returning * into v_message;
  return v_message;
end
$$;
revoke execute on function private.answer_ticket(uuid, text, uuid, text) from public;
grant execute on function private.answer_ticket(uuid, text, uuid, text) to glyphoxa_worker;
comment on function private.answer_ticket(uuid, text, uuid, text) is 'Support answers. For the functions of super admins, and for the worker that brings answers from another system. 404 not_found, 422 validation.';

create trigger announce_change after insert or update or delete on mgmt.support_tickets
  for each row execute function private.announce_change('ticket');
select private.audit_writes('mgmt.support_tickets', 'ticket', 'subject');
-- NOTE: messages are only added to, and are their own history. An audit row would repeat what a member told support to
-- Owners who may not read it later; the ticket's row above says that somebody wrote.

comment on table mgmt.support_tickets is 'Questions to support. A member reads the own ones, an Owner all of the table.';
comment on column mgmt.support_tickets.context is 'What the person agreed to send along: page, browser, session, last error code.';
comment on column mgmt.support_tickets.status is 'open and in_progress wait for support, waiting_on_user for the table.';
comment on table mgmt.support_messages is 'The thread of a ticket, in order of id. Never changed.';
