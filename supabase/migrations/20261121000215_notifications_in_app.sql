-- Notifications as the app shows them: how many are unread comes with what every page loads already, and what a person wants to hear
-- of, by which way, is read and chosen one switch at a time.

-- Read with every page. Counting stops at ten, more is "9+".
create index notifications_unread on mgmt.notifications (user_id) where in_app and read_at is null;

create or replace function mgmt.me() returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_tenant text := private.require_role('viewer');
  v_plan private.entitlement := private.entitlement(v_tenant);
begin
  return jsonb_build_object(
    'user', (
      select jsonb_build_object(
        'id', id, 'display_name', display_name, 'avatar_url', avatar_url, 'role', role, 'email', email
      )
      from mgmt.users where id = auth.uid()
    ),
    'tenant', (
      select jsonb_build_object(
        'id', id, 'name', name, 'campaign_id', campaign_id, 'bot_set', bot_set, 'bot_last_four', bot_last_four,
        'guild_ids', to_jsonb(coalesce(guild_ids, '{}'))
      )
      from public.tenants where id = v_tenant
    ),
    'plan', private.plan_facts(v_plan),
    'subscription', case when v_plan.subscription_id is not null then (
      select jsonb_build_object(
        'status', v_plan.status, 'trial_end', trial_end, 'current_period_end', v_plan.period_end,
        'cancel_at_period_end', cancel_at_period_end, 'grace_period_end', grace_period_end
      )
      from mgmt.subscriptions where id = v_plan.subscription_id
    ) end,
    'above_plan', case
      when v_plan.mode = 'managed' and private.has_role('dm') then private.above_plan(v_tenant, v_plan.plan_id)
    end,
    'preferences', coalesce((select preferences from mgmt.user_preferences where user_id = auth.uid()), '{}'),
    'mode', v_plan.mode,
    'live_sessions', coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', session.id, 'campaign_id', session.campaign_id, 'campaign_name', coalesce(campaign.name, ''),
        'state', session.state, 'started_at', session.started_at, 'activated_at', session.activated_at
      ) order by session.started_at)
      from public.sessions as session
      left join mgmt.campaigns as campaign
        on campaign.id = session.campaign_id and campaign.tenant_id = session.tenant_id
      where session.tenant_id = v_tenant and session.state <> 'ended'
    ), '[]'),
    'owners', coalesce((
      select jsonb_agg(display_name order by created_at)
      from mgmt.users
      where tenant_id = v_tenant and role in ('tenant_owner', 'super_admin') and deleted_at is null
    ), '[]'),
    'unread_notifications', (
      select count(*)
      from (
        select from mgmt.notifications as told
        where told.user_id = auth.uid() and told.tenant_id = v_tenant and told.in_app and told.read_at is null
        limit 10
      ) as unread
    )
  );
end
$$;
comment on function mgmt.me() is 'Who I am, my table, what its plan allows, what is on air; above_plan: what exceeds the plan, for Dungeon Masters and Owners; unread_notifications: up to 10, which stands for more than nine. 401 signed_out, 404 no_account.';

-- Who joined by signing in takes the invite before there is an account, so that its name comes a statement later. Both ways of
-- joining end by naming who came, and that is when the Owner hears of it.
drop trigger notify_invite_accepted on mgmt.invites;
create trigger notify_invite_accepted after update of used_by on mgmt.invites
  for each row when (old.used_by is null and new.used_by is not null)
  execute function private.notify_invite_accepted();

create function private.notice_kinds() returns text[]
language sql immutable set search_path = ''
as $$
  select array[
    'session_failed', 'session_lost', 'session_warning', 'quota_near', 'trial_ending', 'payment_failed', 'plan_paused',
    'plan_changed', 'voice_ready', 'voice_failed', 'invite_accepted', 'ticket_answered', 'license_ending'
  ]
$$;
revoke execute on function private.notice_kinds() from public;
comment on function private.notice_kinds() is 'Everything a person can choose to hear of; tests are asked for.';

-- A test shows every way that somebody uses: in the app always, by mail or message when any kind goes there.
create or replace function private.wants_notice(kind text, channel text, preferences jsonb) returns boolean
language sql immutable set search_path = ''
as $$
  select case preferences -> 'notifications' -> kind -> channel
    when 'true' then true
    when 'false' then false
    else case
      when channel = 'app' then true
      when kind = 'test' then exists (
        select from unnest(private.notice_kinds()) as chosen (kind)
        where private.wants_notice(chosen.kind, wants_notice.channel, wants_notice.preferences)
      )
      when channel = 'mail' then private.is_money_notice(kind) or kind in ('session_failed', 'session_lost', 'voice_failed')
      else false
    end
  end
$$;
comment on function private.wants_notice(text, text, jsonb) is 'Whether a person with these preferences (notifications: { kind: { app, mail, discord } }) hears of a kind there. As given: everything in the app, money and failures by mail, nothing on Discord; a test goes by every way in use.';

create function private.notice_audience(kind text) returns text
language sql immutable set search_path = ''
as $$
  select case
    when private.is_money_notice(kind) or kind = 'invite_accepted' then 'tenant_owner'
    when kind = 'ticket_answered' then 'viewer'
    else 'dm'
  end
$$;
revoke execute on function private.notice_audience(text) from public;
comment on function private.notice_audience(text) is 'The least role that hears of a kind.';

create function mgmt.notification_choices() returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_tenant text := private.require_role('viewer');
  v_mode text := private.deployment_mode();
  v_preferences jsonb;
begin
  select mine.preferences into v_preferences from mgmt.user_preferences as mine where mine.user_id = auth.uid();
  v_preferences := coalesce(v_preferences, '{}');
  return (
    select jsonb_build_object(
      'mail', person.email is not null and person.email_verified,
      'discord', person.discord_id is not null,
      'kinds', (
        select coalesce(jsonb_agg(jsonb_build_object(
          'kind', kind,
          'app', private.wants_notice(kind, 'app', v_preferences),
          'mail', private.wants_notice(kind, 'mail', v_preferences),
          'discord', private.wants_notice(kind, 'discord', v_preferences)
        ) order by place), '[]')
        from unnest(private.notice_kinds()) with ordinality as known (kind, place)
        where private.has_role(private.notice_audience(kind))
          and case
            when kind = 'license_ending' then v_mode = 'licensed'
            when kind = 'quota_near' or private.is_money_notice(kind) then v_mode = 'managed'
            else true
          end
      )
    )
    from mgmt.users as person
    where person.id = auth.uid() and person.tenant_id = v_tenant
  );
end
$$;
revoke execute on function mgmt.notification_choices() from public;
grant execute on function mgmt.notification_choices() to authenticated;
comment on function mgmt.notification_choices() is 'What the caller can hear of here and by which way it is told: { mail, discord: whether the way is open (address confirmed, account linked), kinds: [{ kind, app, mail, discord }] }.';

create function mgmt.choose_notifications(choices jsonb) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_kind text;
  v_ways jsonb;
  v_chosen jsonb;
begin
  perform private.require_role('viewer');
  if jsonb_typeof(choices) is distinct from 'object' then
    perform private.fail('validation', 'choices: must be an object.');
  end if;
  insert into mgmt.user_preferences (user_id) values (auth.uid()) on conflict do nothing;
  select mine.preferences -> 'notifications' into v_chosen from mgmt.user_preferences as mine where mine.user_id = auth.uid() for update;
  if jsonb_typeof(v_chosen) is distinct from 'object' then
    v_chosen := '{}';
  end if;
  for v_kind, v_ways in select * from jsonb_each(choices) loop
    if v_kind <> all (private.notice_kinds()) then
      perform private.fail('validation', format('choices: there is no kind "%s".', left(v_kind, 40)));
    end if;
    if jsonb_typeof(v_ways) is distinct from 'object' or exists (
      select from jsonb_each(case jsonb_typeof(v_ways) when 'object' then v_ways else '{}' end) as way (name, wanted)
      where name not in ('app', 'mail', 'discord') or jsonb_typeof(wanted) <> 'boolean'
    ) then
      perform private.fail('validation', format('choices: %s takes app, mail and discord, true or false.', v_kind));
    end if;
    v_chosen := jsonb_set(
      v_chosen, array[v_kind],
      case jsonb_typeof(v_chosen -> v_kind) when 'object' then v_chosen -> v_kind else '{}' end || v_ways
    );
  end loop;
  perform mgmt.update_preferences(jsonb_build_object('notifications', v_chosen));
  return mgmt.notification_choices();
end
$$;
revoke execute on function mgmt.choose_notifications(jsonb) from public;
grant execute on function mgmt.choose_notifications(jsonb) to authenticated;
comment on function mgmt.choose_notifications(jsonb) is 'Sets single switches ({ kind: { app?, mail?, discord? } }) and leaves the others as they are, so that two devices do not undo each other. Returns notification_choices(). 422 validation.';
