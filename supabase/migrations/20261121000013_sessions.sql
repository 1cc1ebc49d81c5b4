-- Sessions under the API, and what follows from the gateway's writes to public.sessions.
--
-- Every trigger here but the gate lets the gateway's write pass: a failure to count, to prepare or to announce is a
-- warning in the log, never the end of somebody's game.

create policy "Members read their table's sessions" on public.sessions
  for select to authenticated using (tenant_id = (select private.current_tenant_id()));
create policy "Members read what their table used" on public.usage_records
  for select to authenticated using (tenant_id = (select private.current_tenant_id()));

grant select (
  id, tenant_id, campaign_id, guild_id, channel_id, license_tier, state, error, started_at, activated_at, ended_at,
  last_heartbeat
) on public.sessions to authenticated, service_role;
grant select on public.usage_records to authenticated, service_role;

create function private.campaign_name(campaign_id text) returns text
language plpgsql stable security definer set search_path = ''
as $$
begin
  return (
    select campaign.name from mgmt.campaigns as campaign
    where campaign.id = campaign_name.campaign_id and campaign.tenant_id = private.current_tenant_id()
  );
end
$$;
revoke execute on function private.campaign_name(text) from public;
grant execute on function private.campaign_name(text) to authenticated, service_role;
comment on function private.campaign_name(text) is 'Name of one of the own table''s campaigns, also for players, also when it is archived or in the bin.';

create view mgmt.sessions with (security_invoker = true) as
  select
    id, tenant_id, campaign_id, private.campaign_name(campaign_id) as campaign_name, guild_id, channel_id, license_tier,
    state, error, started_at, activated_at, ended_at, last_heartbeat,
    case state
      when 'active' then coalesce(last_heartbeat, started_at) < (select private.now()) - interval '45 seconds'
      when 'pending' then started_at < (select private.now()) - interval '180 seconds'
      else false
    end as is_lost,
    private.session_counts(activated_at, ended_at) as counts
  from public.sessions;
grant select on mgmt.sessions to authenticated, service_role;
comment on view mgmt.sessions is 'Sessions of the own table. is_lost: no sign of life for 45 s, or pending for more than 180 s. counts: against the plan''s cap.';

create view mgmt.usage_records with (security_invoker = true) as
  select id, tenant_id, period, session_hours, llm_tokens, stt_seconds, tts_chars from public.usage_records;
grant select on mgmt.usage_records to authenticated, service_role;
comment on view mgmt.usage_records is 'What the gateway booked per month. Hours for billing are computed from sessions.';

create function private.is_own_session(session_id text) returns boolean
language sql stable security definer set search_path = ''
as $$
  select exists (
    select from public.sessions as session
    where session.id = is_own_session.session_id and session.tenant_id = private.current_tenant_id()
  )
$$;
revoke execute on function private.is_own_session(text) from public;
grant execute on function private.is_own_session(text) to authenticated;
comment on function private.is_own_session(text) is 'Whether a session of this id belongs to the caller''s tenant.';

create table mgmt.session_details (
  session_id text primary key references public.sessions (id) on delete cascade,
  tenant_id text not null default private.current_tenant_id() references public.tenants (id) on delete cascade,
  title text not null default '',
  notes text not null default '',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint session_details_title_length check (char_length(title) <= 120),
  constraint session_details_notes_length check (char_length(notes) <= 10000)
);
create index session_details_tenant on mgmt.session_details (tenant_id);

alter table mgmt.session_details enable row level security;
alter table mgmt.session_details force row level security;

create policy "Dungeon Masters read their notes on sessions" on mgmt.session_details
  for select to authenticated using (
    tenant_id = (select private.current_tenant_id()) and (select private.has_role('dm'))
  );
create policy "Dungeon Masters write notes on their sessions" on mgmt.session_details
  for insert to authenticated with check (
    tenant_id = (select private.current_tenant_id()) and (select private.has_role('dm'))
    and private.is_own_session(session_id)
  );
create policy "Dungeon Masters change their notes on sessions" on mgmt.session_details
  for update to authenticated
  using (tenant_id = (select private.current_tenant_id()) and (select private.has_role('dm')))
  with check (tenant_id = (select private.current_tenant_id()) and (select private.has_role('dm')));

grant select on mgmt.session_details to authenticated, service_role;
grant insert (session_id, title, notes) on mgmt.session_details to authenticated;
grant update (title, notes) on mgmt.session_details to authenticated;

create trigger touch_updated_at before update on mgmt.session_details
  for each row execute function private.touch_updated_at();

comment on table mgmt.session_details is 'Title and notes that Dungeon Masters give a session. Players do not read them.';

-- What the connected voice service can do. One row; the functions that talk to it keep it current.
create table mgmt.gateway_capabilities (
  id boolean primary key default true,
  npc_commands boolean,
  npc_fields text[] not null default '{name,personality,engine,voice,knowledge_scope,budget_tier,gm_helper,address_only}',
  longest_session interval not null default '4 hours',
  seen_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint gateway_capabilities_one_row check (id)
);
alter table mgmt.gateway_capabilities enable row level security;
alter table mgmt.gateway_capabilities force row level security;

create policy "Members read what the voice service can do" on mgmt.gateway_capabilities
  for select to authenticated using (true);

grant select on mgmt.gateway_capabilities to authenticated;
grant select, update on mgmt.gateway_capabilities to service_role;

create trigger touch_updated_at before update on mgmt.gateway_capabilities
  for each row execute function private.touch_updated_at();

comment on table mgmt.gateway_capabilities is 'One row: what this gateway can do, as last seen.';
comment on column mgmt.gateway_capabilities.npc_commands is 'Whether it mutes, unmutes and speaks from here; null = not known yet.';
comment on column mgmt.gateway_capabilities.npc_fields is 'Fields of an NPC that reach a live session.';
insert into mgmt.gateway_capabilities default values;

-- Times. The gateway writes the real clock; the product's clock may be ahead of it in tests. Activation is kept here.
create function private.session_times() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  v_offset interval := private.clock_offset();
begin
  if tg_op = 'INSERT' then
    new.started_at := new.started_at + v_offset;
    new.last_heartbeat := new.last_heartbeat + v_offset;
  elsif v_offset <> interval '0' then
    if new.last_heartbeat is distinct from old.last_heartbeat then
      new.last_heartbeat := new.last_heartbeat + v_offset;
    end if;
    if new.ended_at is distinct from old.ended_at then
      new.ended_at := greatest(new.ended_at + v_offset, new.started_at);
    end if;
  end if;
  if new.state = 'active' and new.activated_at is null then
    new.activated_at := private.now();
  end if;
  return new;
end
$$;
revoke execute on function private.session_times() from public;

create trigger sessions_clock before insert or update on public.sessions
  for each row execute function private.session_times();
-- Triggers fire by name: the clock before the gate.

create function private.announce_session() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform realtime.send(
    jsonb_build_object(
      'session_id', new.id, 'state', new.state, 'error', new.error, 'started_at', new.started_at,
      'activated_at', new.activated_at, 'ended_at', new.ended_at, 'last_heartbeat', new.last_heartbeat,
      'newest_line_id', private.newest_line_id(new.tenant_id, new.id)
    ),
    'state', 'session:' || new.id, true
  );
  -- Signs of life are for those who watch; the whole table hears of beginnings and ends.
  if tg_op = 'INSERT' or new.state <> old.state then
    perform realtime.send(
      jsonb_build_object('kind', 'session', 'id', new.id, 'op', lower(tg_op)), 'change', 'tenant:' || new.tenant_id, true
    );
  end if;
  return null;
exception when others then
  raise warning 'announce_session %: %', new.id, sqlerrm;
  return null;
end
$$;
revoke execute on function private.announce_session() from public;
comment on function private.announce_session() is 'Broadcasts state and signs of life. Never fails the gateway''s write.';

create trigger sessions_announce_new after insert on public.sessions
  for each row execute function private.announce_session();
create trigger sessions_announce after update on public.sessions
  for each row when (
    new.state <> old.state
    or new.error is distinct from old.error
    or new.last_heartbeat is distinct from old.last_heartbeat
    or new.ended_at is distinct from old.ended_at
  )
  execute function private.announce_session();

create function private.prepare_session() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.provision_tenant_schema(new.tenant_id);
  return null;
exception when others then
  -- The worker makes its schema itself; what is lost is the live transcript, not the session.
  raise warning 'prepare_session %: %', new.id, sqlerrm;
  return null;
end
$$;
revoke execute on function private.prepare_session() from public;

create trigger sessions_prepare after insert on public.sessions
  for each row execute function private.prepare_session();

create function private.close_session() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.summarize_session(new.tenant_id, new.id);
  return null;
exception when others then
  raise warning 'close_session %: %', new.id, sqlerrm;
  return null;
end
$$;
revoke execute on function private.close_session() from public;

create trigger sessions_close after update of state on public.sessions
  for each row when (new.state = 'ended' and old.state <> 'ended')
  execute function private.close_session();
