-- What operators read of tables and people. Facts only: no lore, no personality, no transcript, no token.

create function private.member_count(tenant_id text) returns int
language sql stable security definer set search_path = ''
as $$
  select count(*)::int from mgmt.users as member
  where member.tenant_id = member_count.tenant_id and member.deleted_at is null
$$;
revoke execute on function private.member_count(text) from public;

create function private.is_stuck(session public.sessions) returns boolean
language sql stable set search_path = ''
as $$
  select case session.state
    when 'active' then coalesce(session.last_heartbeat, session.started_at) < private.now() - interval '45 seconds'
    when 'pending' then session.started_at < private.now() - interval '180 seconds'
    else false
  end
$$;
revoke execute on function private.is_stuck(public.sessions) from public;
comment on function private.is_stuck(public.sessions) is 'The rule of mgmt.sessions.is_lost, for operators.';

create function mgmt.admin_tenants(
  query text default null, filter text default null, after timestamptz default null, after_id text default null, "limit" int default 50
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_limit int := private.page_size(admin_tenants."limit");
  v_query text := nullif(btrim(admin_tenants.query), '');
  v_like text := private.contains_pattern(admin_tenants.query);
begin
  perform private.as_operator('admin_tenants', null, jsonb_build_object('query', v_query, 'filter', admin_tenants.filter));
  if admin_tenants.filter is not null
    and admin_tenants.filter not in ('over_cap', 'payment_open', 'stuck_session', 'over_fifty', 'trial')
  then
    perform private.fail('validation', 'filter: must be over_cap, payment_open, stuck_session, over_fifty or trial.');
  end if;
  return (
    with page as materialized (
      select tenant.id, tenant.name, tenant.contact_email, tenant.created_at, private.judge_start(tenant.id) as verdict
      from public.tenants as tenant
      where (
          v_query is null or tenant.id = v_query or tenant.name ilike v_like or tenant.contact_email ilike v_like
          or v_query = any (tenant.guild_ids)
          or exists (
            select from mgmt.users as member
            where member.tenant_id = tenant.id
              and (member.display_name ilike v_like or member.email ilike v_like or member.discord_id = v_query)
          )
          or exists (
            select from mgmt.subscriptions as subscription
            where subscription.tenant_id = tenant.id
              and v_query in (subscription.stripe_customer_id, subscription.stripe_subscription_id)
          )
        )
        and case admin_tenants.filter
          when 'payment_open' then exists (
            select from mgmt.subscriptions as subscription
            where subscription.tenant_id = tenant.id and subscription.ended_at is null
              and subscription.status in ('past_due', 'suspended', 'incomplete')
          )
          when 'trial' then (private.entitlement(tenant.id)).status = 'trialing'
          when 'stuck_session' then exists (
            select from public.sessions as session where session.tenant_id = tenant.id and private.is_stuck(session)
          )
          when 'over_cap' then (
            select (verdict).used >= ((verdict).plan).session_cap from private.judge_start(tenant.id) as verdict
          )
          when 'over_fifty' then (
            select ((verdict).plan).session_cap is null and (verdict).used > 50 from private.judge_start(tenant.id) as verdict
          )
          else true
        end
        and (
          admin_tenants.after is null
          or (tenant.created_at, tenant.id) < (admin_tenants.after, coalesce(admin_tenants.after_id, ''))
        )
      order by tenant.created_at desc, tenant.id desc
      limit v_limit
    )
    select jsonb_build_object(
      'rows', coalesce(jsonb_agg(jsonb_build_object(
        'id', page.id, 'name', page.name, 'contact_email', page.contact_email, 'created_at', page.created_at,
        'members', private.member_count(page.id),
        'plan', ((page.verdict).plan).plan_id, 'status', ((page.verdict).plan).status,
        'used', (page.verdict).used, 'cap', ((page.verdict).plan).session_cap, 'live', (page.verdict).live,
        'last_session_at', (
          select max(session.started_at) from public.sessions as session where session.tenant_id = page.id
        )
      ) order by page.created_at desc, page.id desc), '[]'),
      'next', case when count(*) = v_limit then (
        select jsonb_build_object('after', last.created_at, 'after_id', last.id)
        from page as last order by last.created_at, last.id limit 1
      ) end
    )
    from page
  );
end
$$;
revoke execute on function mgmt.admin_tenants(text, text, timestamptz, text, int) from public;
grant execute on function mgmt.admin_tenants(text, text, timestamptz, text, int) to authenticated;
comment on function mgmt.admin_tenants(text, text, timestamptz, text, int) is 'Super admins: tables by name, id, address, member, Discord or server id, Stripe id, newest first: { rows: [{ id, name, contact_email, created_at, members, plan, status, used, cap, live, last_session_at }], next: { after, after_id } or null }. filter: over_cap, payment_open, stuck_session, over_fifty, trial. 403 forbidden, 422 validation.';

create function mgmt.admin_tenant(tenant text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_tenant public.tenants;
  v private.verdict;
begin
  select * into v_tenant from public.tenants as known where known.id = admin_tenant.tenant;
  perform private.as_operator('admin_tenant', v_tenant.id, jsonb_build_object('asked', admin_tenant.tenant));
  if v_tenant.id is null then
    perform private.fail('not_found', 'There is no such table.');
  end if;
  v := private.judge_start(v_tenant.id);
  return jsonb_build_object(
    'tenant', jsonb_build_object(
      'id', v_tenant.id, 'name', v_tenant.name, 'contact_email', v_tenant.contact_email, 'license_tier', v_tenant.license_tier,
      'monthly_session_hours', v_tenant.monthly_session_hours, 'created_at', v_tenant.created_at,
      'bot_set', v_tenant.bot_set, 'dm_role_id', v_tenant.dm_role_id,
      'campaigns', (select count(*) from mgmt.campaigns as campaign where campaign.tenant_id = v_tenant.id and campaign.deleted_at is null),
      'npcs', (select count(*) from public.npc_definitions as npc where npc.tenant_id = v_tenant.id)
    ),
    'servers', (
      select coalesce(jsonb_agg(jsonb_build_object('guild_id', server.guild_id, 'name', server.name)), '[]')
      from mgmt.discord_servers as server where server.tenant_id = v_tenant.id
    ),
    'members', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'id', member.id, 'display_name', member.display_name, 'role', member.role, 'email', member.email,
        'discord_id', member.discord_id, 'last_login_at', member.last_login_at, 'created_at', member.created_at,
        'deleted_at', member.deleted_at
      ) order by member.created_at), '[]')
      from mgmt.users as member where member.tenant_id = v_tenant.id
    ),
    'quota', jsonb_build_object(
      'allowed', v.code is null, 'code', v.code, 'message', v.message, 'used', v.used, 'pending', v.pending, 'live', v.live,
      'plan', private.plan_facts(v.plan), 'status', (v.plan).status,
      'period_start', (v.plan).period_start, 'period_end', (v.plan).period_end
    ),
    'subscriptions', (
      select coalesce(jsonb_agg(to_jsonb(subscription) - 'tenant_id' order by subscription.created_at desc), '[]')
      from mgmt.subscriptions as subscription where subscription.tenant_id = v_tenant.id
    ),
    'sessions', (
      select coalesce(jsonb_agg(to_jsonb(recent) order by recent.started_at desc), '[]')
      from (
        select
          session.id, session.campaign_id, session.guild_id, session.state, session.error, session.started_at,
          session.activated_at, session.ended_at, session.last_heartbeat, private.is_stuck(session) as is_lost,
          private.session_counts(session.activated_at, session.ended_at) as counts
        from public.sessions as session where session.tenant_id = v_tenant.id
        order by session.started_at desc limit 50
      ) as recent
    ),
    'failed_starts', (
      select coalesce(jsonb_agg(to_jsonb(failed) order by failed.created_at desc), '[]')
      from (
        select request.id, request.error_code, request.error_message, request.created_at
        from mgmt.session_requests as request
        where request.tenant_id = v_tenant.id and request.state = 'failed'
        order by request.created_at desc limit 20
      ) as failed
    )
  );
end
$$;
revoke execute on function mgmt.admin_tenant(text) from public;
grant execute on function mgmt.admin_tenant(text) to authenticated;
comment on function mgmt.admin_tenant(text) is 'Super admins: one table''s facts: { tenant, servers, members, quota (as the gate sees it), subscriptions, sessions (last 50), failed_starts (last 20) }; the look stands in that table''s audit log. 403 forbidden, 404 not_found.';

create function mgmt.admin_users(
  query text default null, role text default null, after timestamptz default null, after_id uuid default null, "limit" int default 50
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_limit int := private.page_size(admin_users."limit");
  v_query text := nullif(btrim(admin_users.query), '');
  v_like text := private.contains_pattern(admin_users.query);
begin
  perform private.as_operator('admin_users', null, jsonb_build_object('query', v_query, 'role', admin_users.role));
  return (
    with page as (
      select member.*, tenant.name as tenant_name
      from mgmt.users as member
      join public.tenants as tenant on tenant.id = member.tenant_id
      where (
          v_query is null or member.display_name ilike v_like or member.email ilike v_like or member.discord_id = v_query
          or member.id::text = v_query
        )
        and (admin_users.role is null or member.role = admin_users.role)
        and (
          admin_users.after is null
          or (member.created_at, member.id)
            < (admin_users.after, coalesce(admin_users.after_id, '00000000-0000-0000-0000-000000000000'))
        )
      order by member.created_at desc, member.id desc
      limit v_limit
    )
    select jsonb_build_object(
      'rows', coalesce(jsonb_agg(jsonb_build_object(
        'id', page.id, 'display_name', page.display_name, 'email', page.email, 'role', page.role,
        'tenant_id', page.tenant_id, 'tenant_name', page.tenant_name, 'discord_id', page.discord_id,
        'sign_ins', array_remove(array[
          case when page.discord_id is not null then 'discord' end, case when page.google_id is not null then 'google' end,
          case when page.github_id is not null then 'github' end, case when page.email_verified then 'email' end
        ], null),
        'last_login_at', page.last_login_at, 'created_at', page.created_at, 'deleted_at', page.deleted_at
      ) order by page.created_at desc, page.id desc), '[]'),
      'next', case when count(*) = v_limit then (
        select jsonb_build_object('after', last.created_at, 'after_id', last.id)
        from page as last order by last.created_at, last.id limit 1
      ) end
    )
    from page
  );
end
$$;
revoke execute on function mgmt.admin_users(text, text, timestamptz, uuid, int) from public;
grant execute on function mgmt.admin_users(text, text, timestamptz, uuid, int) to authenticated;
comment on function mgmt.admin_users(text, text, timestamptz, uuid, int) is 'Super admins: people by name, address, Discord id or id, newest first: { rows: [{ id, display_name, email, role, tenant_id, tenant_name, discord_id, sign_ins, last_login_at, created_at, deleted_at }], next }. 403 forbidden.';
