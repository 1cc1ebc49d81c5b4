-- A start, from the click to the session: the app asks, an edge function calls the gateway, the gateway inserts.
-- A row survives a reload before a session id exists, and says in the end what became of it.

create table mgmt.session_requests (
  id uuid primary key default gen_random_uuid(),
  tenant_id text not null references public.tenants (id) on delete cascade,
  campaign_id text not null,
  guild_id text not null,
  channel_id text not null,
  requested_by uuid references mgmt.users (id) on delete set null,
  idempotency_key uuid not null,
  state text not null default 'asked',
  session_id text references public.sessions (id) on delete set null,
  error_code text,
  error_message text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  foreign key (campaign_id, tenant_id) references mgmt.campaigns (id, tenant_id) on delete cascade,
  constraint session_requests_key_once unique (tenant_id, idempotency_key),
  constraint session_requests_state_known check (state in ('asked', 'accepted', 'failed')),
  constraint session_requests_failed_says_why check ((state = 'failed') = (error_code is not null))
);
create index session_requests_tenant on mgmt.session_requests (tenant_id, created_at desc);
create index session_requests_campaign on mgmt.session_requests (campaign_id, tenant_id);
create index session_requests_requested_by on mgmt.session_requests (requested_by);
create index session_requests_session on mgmt.session_requests (session_id);

alter table mgmt.session_requests enable row level security;
alter table mgmt.session_requests force row level security;

create policy "Dungeon Masters read their table's starts" on mgmt.session_requests
  for select to authenticated using (
    tenant_id = (select private.current_tenant_id()) and (select private.has_role('dm'))
  );

grant select on mgmt.session_requests to authenticated, service_role;
-- NOTE: no write is granted: request_session() asks, session_request_settled() and the session's row answer.

create trigger touch_updated_at before update on mgmt.session_requests
  for each row execute function private.touch_updated_at();

comment on table mgmt.session_requests is 'Starts asked for in the app. accepted: the gateway made the session; failed: error_code and error_message say why.';

create function private.check_start(tenant_id text, campaign_id text, guild_id text, channel_id text) returns void
language plpgsql stable security definer set search_path = ''
as $$
#variable_conflict use_column
declare
  v_tenant public.tenants;
  v private.verdict;
begin
  if coalesce(check_start.guild_id, '') !~ '^\d{17,20}$' then
    perform private.fail('bad_snowflake', 'guild_id: not the id of a Discord server.', 'Pick a server from the list.');
  end if;
  if coalesce(check_start.channel_id, '') !~ '^\d{17,20}$' then
    perform private.fail('bad_snowflake', 'channel_id: not the id of a voice channel.', 'Pick a channel from the list.');
  end if;
  if check_start.campaign_id is null then
    perform private.fail('validation', 'campaign_id: is missing.', 'Choose a campaign.');
  end if;
  if not private.is_own_campaign(check_start.campaign_id) then
    perform private.fail('not_found', 'This campaign is not here, or not yours.', 'Choose another campaign.');
  end if;
  select * into v_tenant from public.tenants as tenant where tenant.id = check_start.tenant_id;
  if not v_tenant.bot_set then
    perform private.fail('bot_missing', 'Your bot is not connected to Discord.', 'An Owner can connect it under Discord.');
  end if;
  if not exists (
    select from mgmt.discord_servers as server
    where server.guild_id = check_start.guild_id and server.tenant_id = check_start.tenant_id
  ) then
    perform private.fail(
      'guild_unknown', 'This Discord server is not one of your table''s.', 'An Owner can add it under Discord.'
    );
  end if;
  if exists (
    select from public.sessions as session
    where session.campaign_id = check_start.campaign_id and session.state <> 'ended'
  ) then
    perform private.fail(
      'campaign_busy',
      format('%s is on air already.', private.campaign_name(check_start.campaign_id)),
      'Open the running session, or end it first.'
    );
  end if;
  if exists (
    select from public.sessions as session where session.guild_id = check_start.guild_id and session.state <> 'ended'
  ) then
    perform private.fail(
      'guild_busy', 'Something plays on this server already.', 'Wait for its end, or choose another server.'
    );
  end if;
  v := private.judge_start(check_start.tenant_id, check_start.campaign_id);
  if v.code is not null then
    perform private.fail(v.code, v.message, v.hint);
  end if;
  if v.npcs = 0 then
    perform private.fail('no_npcs', 'Nobody can speak in this campaign yet.', 'Add an NPC first.');
  end if;
end
$$;
revoke execute on function private.check_start(text, text, text, text) from public;
comment on function private.check_start(text, text, text, text) is 'Every check that a person can understand, before the gateway is called. The insert stays the final judge.';

create function mgmt.request_session(campaign_id text, guild_id text, channel_id text, idempotency_key uuid)
returns mgmt.session_requests
language plpgsql security definer set search_path = ''
as $$
#variable_conflict use_column
declare
  v_tenant text := private.require_role('dm');
  v_request mgmt.session_requests;
begin
  if request_session.idempotency_key is null then
    perform private.fail('validation', 'idempotency_key: is missing.');
  end if;
  -- A second press with the same key waits for the first and gets its row.
  perform pg_advisory_xact_lock(hashtextextended(v_tenant || request_session.idempotency_key, 0));
  select * into v_request
  from mgmt.session_requests as request
  where request.tenant_id = v_tenant and request.idempotency_key = request_session.idempotency_key;
  if found then
    return v_request;
  end if;
  perform private.check_start(
    v_tenant, request_session.campaign_id, request_session.guild_id, request_session.channel_id
  );
  insert into mgmt.session_requests (tenant_id, campaign_id, guild_id, channel_id, requested_by, idempotency_key)
  values (
    v_tenant, request_session.campaign_id, request_session.guild_id, request_session.channel_id, auth.uid(),
    request_session.idempotency_key
  )
  returning * into v_request;
  return v_request;
end
$$;
revoke execute on function mgmt.request_session(text, text, text, uuid) from public;
grant execute on function mgmt.request_session(text, text, text, uuid) to authenticated;
comment on function mgmt.request_session(text, text, text, uuid) is 'Asks for a session: checks, then a row. The same key gives the same row. 403, 404, 409 bot_missing guild_unknown campaign_busy guild_busy no_npcs, 422 bad_snowflake, and the gate''s refusals.';

create function mgmt.session_request_settled(
  request uuid, session_id text default null, error_code text default null, error_message text default null
) returns mgmt.session_requests
language plpgsql security definer set search_path = ''
as $$
#variable_conflict use_column
declare
  v_request mgmt.session_requests;
begin
  if (session_request_settled.session_id is null) = (session_request_settled.error_code is null) then
    perform private.fail('validation', 'Either session_id or error_code must be given.');
  end if;
  update mgmt.session_requests as asked
  set
    state = case when session_request_settled.error_code is null then 'accepted' else 'failed' end,
    session_id = session_request_settled.session_id,
    error_code = session_request_settled.error_code,
    error_message = session_request_settled.error_message
  where asked.id = session_request_settled.request and asked.state = 'asked'
    and (session_request_settled.session_id is null or exists (
      select from public.sessions as session
      where session.id = session_request_settled.session_id and session.tenant_id = asked.tenant_id
    ));
  select * into v_request from mgmt.session_requests as asked where asked.id = session_request_settled.request;
  if not found then
    perform private.fail('not_found', 'There is no such request.');
  end if;
  return v_request;
end
$$;
revoke execute on function mgmt.session_request_settled(uuid, text, text, text) from public;
grant execute on function mgmt.session_request_settled(uuid, text, text, text) to service_role;
comment on function mgmt.session_request_settled(uuid, text, text, text) is 'Settles an open request by a session of its tenant or an error; a settled one stays as it is. Returns the row. The service role only.';

-- The answer of a call may be lost; the session's row is not.
create function private.settle_request() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  update mgmt.session_requests as request
  set state = 'accepted', session_id = new.id
  where request.id = (
    select asked.id from mgmt.session_requests as asked
    where asked.tenant_id = new.tenant_id and asked.campaign_id = new.campaign_id and asked.guild_id = new.guild_id
      and asked.state = 'asked'
    order by asked.created_at desc
    limit 1
  );
  return null;
exception when others then
  raise warning 'settle_request %: %', new.id, sqlerrm;
  return null;
end
$$;
revoke execute on function private.settle_request() from public;

create trigger sessions_settle_request after insert on public.sessions
  for each row execute function private.settle_request();

create function private.require_session(session text) returns public.sessions
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_tenant text := private.require_role('viewer');
  v_session public.sessions;
begin
  select * into v_session from public.sessions as s where s.id = require_session.session and s.tenant_id = v_tenant;
  if not found then
    perform private.fail('not_found', 'This session is not here, or not yours.', 'Choose one from the list.');
  end if;
  return v_session;
end
$$;
revoke execute on function private.require_session(text) from public;
comment on function private.require_session(text) is 'A session of the caller''s tenant; a foreign one and none at all are the same 404 not_found.';

create function mgmt.session_control(session text) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_session public.sessions := private.require_session(session_control.session);
begin
  perform private.require_role('dm');
  if v_session.state = 'ended' then
    perform private.fail('session_ended', 'This session has ended.', 'Read its transcript, or start another one.');
  end if;
  return jsonb_build_object(
    'id', v_session.id, 'tenant_id', v_session.tenant_id, 'campaign_id', v_session.campaign_id, 'state', v_session.state
  );
end
$$;
revoke execute on function mgmt.session_control(text) from public;
grant execute on function mgmt.session_control(text) to authenticated;
comment on function mgmt.session_control(text) is 'Proves, before every call to the gateway, that the caller may control this session. 404 not_found, 403 forbidden, 409 session_ended.';

create function mgmt.announce_npc(session text, npc text, muted boolean) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  perform mgmt.session_control(announce_npc.session);
  perform realtime.send(
    jsonb_build_object(
      'npc', announce_npc.npc, 'muted', announce_npc.muted,
      'by', (select display_name from mgmt.users where id = auth.uid())
    ),
    'npc', 'session:' || announce_npc.session, true
  );
end
$$;
revoke execute on function mgmt.announce_npc(text, text, boolean) from public;
grant execute on function mgmt.announce_npc(text, text, boolean) to authenticated;
comment on function mgmt.announce_npc(text, text, boolean) is 'Tells the watchers of a session that an NPC (null: all) was muted or unmuted. Errors as session_control().';

create function mgmt.onboarding_state() returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_tenant public.tenants;
begin
  select * into v_tenant from public.tenants as tenant where tenant.id = private.require_role('dm');
  return jsonb_build_object(
    'campaign', exists (
      select from mgmt.campaigns as campaign where campaign.tenant_id = v_tenant.id and campaign.deleted_at is null
        and (campaign.system <> '' or campaign.updated_at > campaign.created_at)
    ),
    'bot', v_tenant.bot_set,
    'server', exists (select from mgmt.discord_servers as server where server.tenant_id = v_tenant.id),
    'npc', exists (select from public.npc_definitions as npc where npc.tenant_id = v_tenant.id),
    'session', exists (select from public.sessions as session where session.tenant_id = v_tenant.id),
    'campaign_id', v_tenant.campaign_id
  );
end
$$;
revoke execute on function mgmt.onboarding_state() from public;
grant execute on function mgmt.onboarding_state() to authenticated;
comment on function mgmt.onboarding_state() is 'Which of the first steps are done. campaign: the default one was named by somebody. 403 forbidden for players.';
