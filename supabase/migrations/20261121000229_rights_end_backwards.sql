-- Rights that were given up end for what was told before, too; and some rules that a second reading found loose.

-- Who was Owner and is Dungeon Master now no longer reads of the table's money. A test is for whoever asked for it.

create or replace function private.notice_audience(kind text) returns text
language sql immutable set search_path = ''
as $$
  select case
    when private.is_money_notice(kind) or kind = 'invite_accepted' then 'tenant_owner'
    when kind in ('ticket_answered', 'test') then 'viewer'
    else 'dm'
  end
$$;

create function private.heard_kinds() returns text[]
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_roles constant text[] := array(
    select role from unnest(array['viewer', 'dm', 'tenant_owner']) as known (role) where private.has_role(known.role)
  );
begin
  return array(
    select kind from unnest(private.notice_kinds() || 'test'::text) as known (kind) where private.notice_audience(kind) = any (v_roles)
  );
end
$$;
revoke execute on function private.heard_kinds() from public;
grant execute on function private.heard_kinds() to authenticated;
comment on function private.heard_kinds() is 'Kinds of notifications that are for the caller''s role; none for nobody.';

drop policy "People read what they were told" on mgmt.notifications;
create policy "People read what they were told" on mgmt.notifications
  for select to authenticated using (
    user_id = (select auth.uid()) and tenant_id = (select private.tenant_as('viewer')) and in_app
      and kind = any ((select private.heard_kinds())::text[])
  );

create or replace function mgmt.me() returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_tenant text := private.require_role('viewer');
  v_plan private.entitlement := private.entitlement(v_tenant);
  v_heard constant text[] := private.heard_kinds();
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
          and told.kind = any (v_heard)
        limit 10
      ) as unread
    )
  );
end
$$;

-- A page after something that is no key is a fault of the caller, whatever Postgres thinks of it.

create or replace function private.read_export_page(source private.export_source, after jsonb, budget int) returns private.export_page
language plpgsql stable set search_path = ''
as $$
declare
  -- Rows of one request, so that a scan which finds little still ends in time.
  c_most constant int := 20000;
  v_keys text := (select string_agg(format('kept.%I', key), ', ' order by place) from unnest(source.keys) with ordinality as k (key, place));
  v_after text := 'true';
  v_row record;
  v_rows jsonb[] := '{}';
  v_page private.export_page := row(null, null, 0);
begin
  if after is not null then
    if jsonb_array_length(after) <> cardinality(source.keys) or exists (
      select from jsonb_array_elements(after) as given where jsonb_typeof(given) not in ('string', 'number')
    ) then
      perform private.fail('validation', 'after: must be what the page before gave as next.');
    end if;
    v_after := format(
      '(%s) > (%s)', v_keys,
      (select string_agg(quote_literal(value), ', ' order by place) from jsonb_array_elements_text(after) with ordinality as a (value, place))
    );
  end if;
  for v_row in execute format(
    'select to_jsonb(kept) as document, jsonb_build_array(%1$s) as key from (%2$s) as kept where %3$s order by %1$s limit %4$s',
    v_keys, source.query, v_after, c_most + 1
  ) loop
    if v_page.bytes >= budget or cardinality(v_rows) = c_most then
      v_page.rows := to_jsonb(v_rows);
      return v_page;
    end if;
    v_rows := array_append(v_rows, v_row.document);
    v_page.bytes := v_page.bytes + octet_length(v_row.document::text);
    v_page.next := v_row.key;
  end loop;
  v_page.rows := to_jsonb(v_rows);
  v_page.next := null;
  return v_page;
exception
  -- A key of another type than the column's.
  when data_exception then
    if after is null then
      raise;
    end if;
    perform private.fail('validation', 'after: must be what the page before gave as next.');
end
$$;

-- The bins of pages and NPCs are emptied by private.purge_bins(), before this.

create or replace function private.clean_up() returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_bin timestamptz := private.now() - interval '30 days';
  v jsonb := '{}';
  v_count int;
begin
  -- A campaign that a session still names as its own stays readable there by its id.
  delete from mgmt.campaigns as campaign
  where campaign.deleted_at < v_bin
    and not exists (select from public.tenants as tenant where tenant.campaign_id = campaign.id)
    and not exists (
      select from public.sessions as session where session.campaign_id = campaign.id and session.state <> 'ended'
    );
  get diagnostics v_count = row_count;
  v := v || jsonb_build_object('campaigns', v_count);

  -- Taken and revoked ones too: the audit log keeps what happened.
  delete from mgmt.invites as invite where coalesce(invite.used_at, invite.revoked_at, invite.expires_at) < v_bin;
  get diagnostics v_count = row_count;
  v := v || jsonb_build_object('invites', v_count);

  delete from mgmt.session_requests as request
  where request.state <> 'asked' and request.created_at + private.clock_offset() < v_bin;
  get diagnostics v_count = row_count;
  v := v || jsonb_build_object('session_requests', v_count);

  delete from mgmt.notifications as told where told.created_at < private.now() - interval '90 days';
  get diagnostics v_count = row_count;
  v := v || jsonb_build_object('notifications', v_count);
  return v;
end
$$;
comment on function private.clean_up() is 'Removes campaigns after 30 days in the bin, settled starts and closed invites after 30 and notifications after 90. Returns how many of each.';
