-- What a person should hear of: the bell in the app, and on wish a mail or a message on Discord.
--
-- Whoever causes something calls private.notify() in the same transaction. It writes a row for each person concerned and
-- wants mail and messages sent as that person chose. A subject makes it idempotent: one person hears of the same subject
-- by the same kind once.

create table mgmt.notifications (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references mgmt.users (id) on delete cascade,
  tenant_id text not null references public.tenants (id) on delete cascade,
  kind text not null,
  subject_id text,
  data jsonb not null default '{}',
  in_app boolean not null default true,
  read_at timestamptz,
  created_at timestamptz not null default private.now(),
  updated_at timestamptz not null default now(),
  constraint notifications_kind_known check (kind in (
    'session_failed', 'session_lost', 'session_warning', 'quota_near', 'trial_ending', 'payment_failed', 'plan_paused',
    'plan_changed', 'voice_ready', 'voice_failed', 'invite_accepted', 'ticket_answered', 'license_ending', 'test'
  )),
  constraint notifications_data_is_small_object check (jsonb_typeof(data) = 'object' and octet_length(data::text) <= 4096)
);
create unique index notifications_once on mgmt.notifications (user_id, kind, subject_id);
create index notifications_newest on mgmt.notifications (user_id, created_at desc) where in_app;
create index notifications_tenant on mgmt.notifications (tenant_id);
-- For the clean-up of old ones.
create index notifications_created_at on mgmt.notifications (created_at);

alter table mgmt.notifications enable row level security;
alter table mgmt.notifications force row level security;

create policy "People read what they were told" on mgmt.notifications
  for select to authenticated using (
    user_id = (select auth.uid()) and tenant_id = (select private.tenant_as('viewer')) and in_app
  );

grant select on mgmt.notifications to authenticated, service_role;
-- NOTE: no write is granted: private.notify() writes, mark_notifications_read() marks.

create trigger touch_updated_at before update on mgmt.notifications
  for each row execute function private.touch_updated_at();

comment on table mgmt.notifications is 'What a person was told, one row each. The text is made from kind and data by whoever shows it.';
comment on column mgmt.notifications.subject_id is 'What it is about: a session, an invoice, an invite, a period.';
comment on column mgmt.notifications.in_app is 'False: wanted by mail or message only.';

create table private.notification_deliveries (
  notification_id uuid not null references mgmt.notifications (id) on delete cascade,
  channel text not null,
  outcome text not null,
  reason text,
  created_at timestamptz not null default now(),
  primary key (notification_id, channel),
  constraint notification_deliveries_channel_known check (channel in ('mail', 'discord')),
  constraint notification_deliveries_outcome_known check (outcome in ('sent', 'skipped')),
  constraint notification_deliveries_skipped_says_why check ((outcome = 'skipped') = (reason is not null))
);
alter table private.notification_deliveries enable row level security;
alter table private.notification_deliveries force row level security;
comment on table private.notification_deliveries is 'What became of a notification outside of the app; written with the end of the job that sent it.';

create function private.is_money_notice(kind text) returns boolean
language sql immutable set search_path = ''
as $$ select kind in ('trial_ending', 'payment_failed', 'plan_paused', 'plan_changed', 'license_ending') $$;
revoke execute on function private.is_money_notice(text) from public;
comment on function private.is_money_notice(text) is 'Whether a notification is about money, which only Owners read.';

create function private.wants_notice(kind text, channel text, preferences jsonb) returns boolean
language sql immutable set search_path = ''
as $$
  select case preferences -> 'notifications' -> kind -> channel
    when 'true' then true
    when 'false' then false
    else case channel
      when 'app' then true
      when 'mail' then private.is_money_notice(kind) or kind in ('session_failed', 'session_lost', 'voice_failed', 'test')
      else false
    end
  end
$$;
revoke execute on function private.wants_notice(text, text, jsonb) from public;
comment on function private.wants_notice(text, text, jsonb) is 'Whether a person with these preferences (notifications: { kind: { app, mail, discord } }) hears of a kind there. As given: everything in the app, money and failures by mail, nothing on Discord.';

create function private.notify_user(member uuid, kind text, subject_id text, data jsonb) returns boolean
language plpgsql security definer set search_path = ''
as $$
#variable_conflict use_column
declare
  v_member mgmt.users;
  v_preferences jsonb;
  v_id uuid;
  v_app boolean;
  v_mail boolean;
  v_discord boolean;
begin
  select * into v_member from mgmt.users as member where member.id = notify_user.member and member.deleted_at is null;
  select mine.preferences into v_preferences from mgmt.user_preferences as mine where mine.user_id = v_member.id;
  v_preferences := coalesce(v_preferences, '{}');
  v_app := private.wants_notice(notify_user.kind, 'app', v_preferences);
  v_mail := v_member.email is not null and private.wants_notice(notify_user.kind, 'mail', v_preferences);
  v_discord := v_member.discord_id is not null and private.wants_notice(notify_user.kind, 'discord', v_preferences);
  if v_member.id is null or not (v_app or v_mail or v_discord) then
    return false;
  end if;
  insert into mgmt.notifications (user_id, tenant_id, kind, subject_id, data, in_app)
  values (v_member.id, v_member.tenant_id, notify_user.kind, notify_user.subject_id, coalesce(notify_user.data, '{}'), v_app)
  on conflict do nothing
  returning id into v_id;
  if v_id is null then
    return false;
  end if;
  if v_app then
    perform private.send_change(v_member.tenant_id, 'notification', v_id::text, 'insert');
  end if;
  if v_mail then
    perform private.enqueue('notify.email', jsonb_build_object('notification_id', v_id));
  end if;
  if v_discord then
    perform private.enqueue('notify.discord', jsonb_build_object('notification_id', v_id));
  end if;
  return true;
end
$$;
revoke execute on function private.notify_user(uuid, text, text, jsonb) from public;
comment on function private.notify_user(uuid, text, text, jsonb) is 'Tells one person, as that person chose. False: told before, or wants to hear nothing of it.';

create function private.notify(tenant text, audience text, kind text, subject_id text default null, data jsonb default '{}')
returns int
language plpgsql security definer set search_path = ''
as $$
declare
  v_roles text[] := case
    when private.is_money_notice(notify.kind) or notify.audience = 'owner' then array['tenant_owner', 'super_admin']
    when notify.audience = 'dm' then array['dm', 'tenant_owner', 'super_admin']
    when notify.audience = 'member' then array['viewer', 'dm', 'tenant_owner', 'super_admin']
  end;
begin
  if v_roles is null then
    raise 'private.notify: audience is owner, dm or member, not %.', notify.audience;
  end if;
  return (
    select count(*) filter (where private.notify_user(member.id, notify.kind, notify.subject_id, notify.data))
    from mgmt.users as member
    where member.tenant_id = notify.tenant and member.role = any (v_roles) and member.deleted_at is null
  );
end
$$;
revoke execute on function private.notify(text, text, text, text, jsonb) from public;
grant execute on function private.notify(text, text, text, text, jsonb) to glyphoxa_worker;
comment on function private.notify(text, text, text, text, jsonb) is 'Tells the people of a tenant (owner; dm: and Owners; member: everybody) and returns how many. Money goes to Owners whatever the audience. With a subject, a second call tells nobody again.';

create function mgmt.mark_notifications_read(ids uuid[] default null) returns int
language plpgsql security definer set search_path = ''
as $$
declare
  v_tenant text := private.require_role('viewer');
  v_marked uuid[];
begin
  with marked as (
    update mgmt.notifications as mine
    set read_at = private.now()
    where mine.user_id = auth.uid() and mine.tenant_id = v_tenant and mine.read_at is null
      and (mark_notifications_read.ids is null or mine.id = any (mark_notifications_read.ids))
    returning mine.id
  )
  select coalesce(array_agg(id), '{}') into v_marked from marked;
  -- The bell on the person's other devices; one of them is enough to look again.
  if cardinality(v_marked) > 0 then
    perform private.send_change(v_tenant, 'notification', v_marked[1]::text, 'update');
  end if;
  return cardinality(v_marked);
end
$$;
revoke execute on function mgmt.mark_notifications_read(uuid[]) from public;
grant execute on function mgmt.mark_notifications_read(uuid[]) to authenticated;
comment on function mgmt.mark_notifications_read(uuid[]) is 'Marks the caller''s own notifications as read, all of them without ids; returns how many were unread. Ids of others change nothing.';

create function mgmt.send_test_notification() returns void
language plpgsql security definer set search_path = ''
as $$
declare
  v_recent int;
begin
  perform private.require_role('viewer');
  perform pg_advisory_xact_lock(hashtextextended('test-notification:' || auth.uid(), 0));
  select count(*) into v_recent from mgmt.notifications as told
  where told.user_id = auth.uid() and told.kind = 'test' and told.created_at > private.now() - interval '10 minutes';
  if v_recent >= 3 then
    perform private.fail('rate_limited', 'Three tests in ten minutes are enough.', 'Wait a little, then try again.');
  end if;
  perform private.notify_user(auth.uid(), 'test', null, '{}');
end
$$;
revoke execute on function mgmt.send_test_notification() from public;
grant execute on function mgmt.send_test_notification() to authenticated;
comment on function mgmt.send_test_notification() is 'Sends the caller a test by the channels chosen for it. 429 rate_limited after three in ten minutes.';

-- The jobs notify.email and notify.discord.

create function private.notification_to_send(notification uuid, channel text) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'id', told.id, 'tenant_id', told.tenant_id, 'kind', told.kind, 'subject_id', told.subject_id, 'data', told.data,
    'name', member.display_name, 'table', tenant.name,
    'language', coalesce(mine.preferences ->> 'language', 'en'),
    'email', case when channel = 'mail' then member.email end,
    'email_verified', member.email_verified,
    'discord_id', case when channel = 'discord' then member.discord_id end,
    'bot_token', case when channel = 'discord' then mgmt.bot_token_ciphertext(told.tenant_id) end
  )
  from mgmt.notifications as told
  join mgmt.users as member
    on member.id = told.user_id and member.tenant_id = told.tenant_id and member.deleted_at is null
  join public.tenants as tenant on tenant.id = told.tenant_id
  left join mgmt.user_preferences as mine on mine.user_id = member.id
  where told.id = notification and not exists (
    select from private.notification_deliveries as delivery
    where delivery.notification_id = told.id and delivery.channel = notification_to_send.channel
  )
$$;
revoke execute on function private.notification_to_send(uuid, text) from public;
grant execute on function private.notification_to_send(uuid, text) to glyphoxa_worker;
comment on function private.notification_to_send(uuid, text) is 'What mail or discord should send; null when it was sent, or the person has left.';

create function private.notification_sent(notification uuid, channel text, skipped text default null) returns void
language sql security definer set search_path = ''
as $$
  insert into private.notification_deliveries (notification_id, channel, outcome, reason)
  values (notification, channel, case when skipped is null then 'sent' else 'skipped' end, skipped)
  on conflict do nothing
$$;
revoke execute on function private.notification_sent(uuid, text, text) from public;
grant execute on function private.notification_sent(uuid, text, text) to glyphoxa_worker;
comment on function private.notification_sent(uuid, text, text) is 'Keeps what became of a delivery: sent, or skipped and why.';

-- Whom an invite brought.

create function private.notify_invite_accepted() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.notify(
    new.tenant_id, 'owner', 'invite_accepted', new.id::text,
    jsonb_build_object(
      'name', (select member.display_name from mgmt.users as member where member.id = new.used_by), 'role', new.role
    )
  );
  return null;
end
$$;
revoke execute on function private.notify_invite_accepted() from public;
create trigger notify_invite_accepted after update of used_at on mgmt.invites
  for each row when (old.used_at is null and new.used_at is not null and new.used_by is not null)
  execute function private.notify_invite_accepted();
