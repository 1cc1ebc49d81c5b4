-- Who may listen where, and what a table is told about changes.
--
-- session:<id>  transcript lines, state, NPC switches, presence of watchers
-- tenant:<id>   { kind, id, op } of rows that changed; it reaches every member, so it never carries content
--
-- People only receive, and show that they are here: everything else is sent by the database.

create function private.may_join_topic() returns boolean
language sql stable security definer set search_path = ''
as $$
  select coalesce(case split_part(realtime.topic(), ':', 1)
    when 'tenant' then substr(realtime.topic(), 8) = private.current_tenant_id()
    when 'session' then private.is_own_session(substr(realtime.topic(), 9))
  end, false)
$$;
revoke execute on function private.may_join_topic() from public;
grant execute on function private.may_join_topic() to authenticated;
comment on function private.may_join_topic() is 'Whether the topic in question is the caller''s own tenant, or one of its sessions.';

create policy "Members hear their own table and its sessions" on realtime.messages
  for select to authenticated using (extension in ('broadcast', 'presence') and (select private.may_join_topic()));
create policy "Members show that they are here" on realtime.messages
  for insert to authenticated with check (extension = 'presence' and (select private.may_join_topic()));

create function private.send_change(tenant_id text, kind text, id text, op text) returns void
language sql security definer set search_path = ''
as $$
  select realtime.send(
    jsonb_build_object('kind', kind, 'id', id, 'op', lower(op)), 'change', 'tenant:' || tenant_id, true
  )
$$;
revoke execute on function private.send_change(text, text, text, text) from public;

create function private.announce_change() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  v_row record;
  v_op text := tg_op;
begin
  if tg_op = 'DELETE' then v_row := old; else v_row := new; end if;
  -- Moving to the bin and back is what people see as delete and insert.
  if tg_nargs > 1 and tg_argv[1] = 'bin' and tg_op = 'UPDATE' then
    v_op := case
      when old.deleted_at is null and new.deleted_at is not null then 'DELETE'
      when old.deleted_at is not null and new.deleted_at is null then 'INSERT'
      else 'UPDATE'
    end;
  end if;
  if v_row.tenant_id <> '' then
    perform private.send_change(v_row.tenant_id, tg_argv[0], v_row.id::text, v_op);
  end if;
  return null;
end
$$;
revoke execute on function private.announce_change() from public;
comment on function private.announce_change() is 'Trigger of tables with id and tenant_id: argument kind, and bin where deleted_at is a bin.';

create trigger announce_change after insert or update or delete on mgmt.session_requests
  for each row execute function private.announce_change('session_request');
create trigger announce_change after insert or update or delete on mgmt.campaigns
  for each row execute function private.announce_change('campaign', 'bin');
create trigger announce_change after insert or update or delete on public.npc_definitions
  for each row execute function private.announce_change('npc');
create trigger announce_change after insert or update or delete on mgmt.campaign_lore
  for each row execute function private.announce_change('lore', 'bin');
create trigger announce_change after insert or update or delete on mgmt.campaign_characters
  for each row execute function private.announce_change('character');
create trigger announce_change after insert or delete or update of tenant_id, role, display_name, avatar_url, deleted_at
  on mgmt.users
  for each row execute function private.announce_change('member', 'bin');
create trigger announce_change after insert or update on mgmt.subscriptions
  for each row execute function private.announce_change('subscription');

create function private.announce_tenant() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.send_change(new.id, 'tenant', new.id, tg_op);
  return null;
end
$$;
revoke execute on function private.announce_tenant() from public;
create trigger announce_change after update on public.tenants
  for each row execute function private.announce_tenant();

create function private.announce_server() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.send_change(new.tenant_id, 'tenant', new.tenant_id, 'update');
  return null;
end
$$;
revoke execute on function private.announce_server() from public;
create trigger announce_change after insert or update on mgmt.discord_servers
  for each row execute function private.announce_server();

create function private.announce_preferences() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.send_change(member.tenant_id, 'preference', member.id::text, tg_op)
  from mgmt.users as member
  where member.id = new.user_id;
  return null;
end
$$;
revoke execute on function private.announce_preferences() from public;
create trigger announce_change after insert or update on mgmt.user_preferences
  for each row execute function private.announce_preferences();
