-- What the pages of operators ask besides: a table by a session of it, what Stripe said about it, the log by who else can write,
-- and queue, webhooks, workers and mail beside the voice service, so that one look at the health is one row in the log.

create or replace function mgmt.admin_tenants(
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
          or exists (
            select from public.sessions as session where session.id = v_query and session.tenant_id = tenant.id
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
comment on function mgmt.admin_tenants(text, text, timestamptz, text, int) is 'Super admins: tables by name, id, address, member, Discord or server id, session id, Stripe id, newest first: { rows: [{ id, name, contact_email, created_at, members, plan, status, used, cap, live, last_session_at }], next: { after, after_id } or null }. filter: over_cap, payment_open, stuck_session, over_fifty, trial. 403 forbidden, 422 validation.';

create or replace function mgmt.admin_tenant(tenant text) returns jsonb
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
    -- What Stripe said and what became of it; never the payload, which has addresses in it.
    'events', (
      select coalesce(jsonb_agg(to_jsonb(said) order by said.created desc, said.id desc), '[]')
      from (
        select event.stripe_event_id as id, event.type, event.created, event.source, event.outcome, event.error
        from private.payment_events as event where event.tenant_id = v_tenant.id
        order by event.created desc, event.stripe_event_id desc limit 20
      ) as said
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
comment on function mgmt.admin_tenant(text) is 'Super admins: one table''s facts: { tenant, servers, members, quota (as the gate sees it), subscriptions, events (last 20 of Stripe), sessions (last 50), failed_starts (last 20) }; the look stands in that table''s audit log. 403 forbidden, 404 not_found.';

drop function mgmt.admin_audit(text, uuid, text, text, timestamptz, timestamptz, bigint, int);
create function mgmt.admin_audit(
  tenant text default null, actor uuid default null, actor_kind text default null, kind text default null,
  thing text default null,
  since timestamptz default null, until timestamptz default null, before bigint default null, "limit" int default 50
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_limit int := private.page_size(admin_audit."limit");
begin
  perform private.as_operator('admin_audit', null, jsonb_build_object(
    'tenant', admin_audit.tenant, 'actor', admin_audit.actor, 'actor_kind', admin_audit.actor_kind, 'kind', admin_audit.kind, 'thing', admin_audit.thing,
    'since', admin_audit.since, 'until', admin_audit.until
  ));
  return (
    with page as (
      select entry.*
      from mgmt.audit_log as entry
      where (admin_audit.tenant is null or entry.tenant_id = admin_audit.tenant)
        and (admin_audit.actor is null or entry.actor = admin_audit.actor)
        and (admin_audit.actor_kind is null or entry.actor_kind = admin_audit.actor_kind)
        and (admin_audit.kind is null or entry.resource_type = admin_audit.kind)
        and (admin_audit.thing is null or entry.resource_id = admin_audit.thing)
        and (admin_audit.since is null or entry.created_at >= admin_audit.since)
        and (admin_audit.until is null or entry.created_at < admin_audit.until)
        and (admin_audit.before is null or entry.id < admin_audit.before)
      order by entry.id desc
      limit v_limit
    )
    select jsonb_build_object(
      'rows', coalesce(jsonb_agg(
        to_jsonb(page) || jsonb_build_object(
          'tenant_name', (select known.name from public.tenants as known where known.id = page.tenant_id),
          'actor_name', (select known.display_name from mgmt.users as known where known.id = page.actor)
        ) order by page.id desc
      ), '[]'),
      'next', case when count(*) = v_limit then min(page.id) end
    )
    from page
  );
end
$$;
revoke execute on function mgmt.admin_audit(text, uuid, text, text, text, timestamptz, timestamptz, bigint, int) from public;
grant execute on function mgmt.admin_audit(text, uuid, text, text, text, timestamptz, timestamptz, bigint, int) to authenticated;
comment on function mgmt.admin_audit(text, uuid, text, text, text, timestamptz, timestamptz, bigint, int) is 'Super admins: the audit log of all tables, newest first: { rows: [audit_log row with tenant_name, actor_name], next }; next as before gives the page after. actor_kind: user, operator, system, gateway. 403 forbidden.';

create or replace function mgmt.admin_provider_health(hours int default 24) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_now timestamptz := private.now();
  v_since timestamptz := v_now - make_interval(hours => least(greatest(coalesce(admin_provider_health.hours, 24), 1), 744));
begin
  perform private.as_operator('admin_provider_health', null, jsonb_build_object('hours', admin_provider_health.hours));
  return jsonb_build_object(
    'as_of', v_now,
    'since', v_since,
    'queue', private.queue_state(),
    'webhooks', private.webhook_health(),
    -- Jobs run by the clock every few minutes, so a worker that lives has done one lately.
    'workers', (
      select jsonb_build_object(
        'running', count(*) filter (where job.state = 'active'),
        'done', count(*) filter (where job.state = 'completed' and job.completed_on > v_since),
        'failed', count(*) filter (where job.state = 'failed' and job.completed_on > v_since),
        'last_done', max(job.completed_on) filter (where job.state = 'completed')
      )
      from pgboss.job as job
    ),
    'deliveries', (
      select coalesce(jsonb_object_agg(counted.channel, counted.outcomes), '{}')
      from (
        select each.channel, jsonb_object_agg(each.outcome, each.times) as outcomes
        from (
          select delivery.channel, delivery.outcome, count(*) as times
          from private.notification_deliveries as delivery where delivery.created_at > v_since group by 1, 2
        ) as each
        group by 1
      ) as counted
    ),
    'voice_service', (
      select to_jsonb(capabilities) - 'id' from mgmt.gateway_capabilities as capabilities
    ),
    -- Time from the insert to the first sign that the pipeline runs, over sessions that became active.
    'starts', (
      select jsonb_build_object(
        'active', count(*) filter (where session.activated_at is not null),
        'never_active', count(*) filter (where session.activated_at is null and session.state = 'ended'),
        'ended_with_error', count(*) filter (where session.activated_at is not null and coalesce(session.error, '') <> ''),
        'p50_ms', percentile_cont(0.5) within group (order by extract(epoch from session.activated_at - session.started_at) * 1000),
        'p99_ms', percentile_cont(0.99) within group (order by extract(epoch from session.activated_at - session.started_at) * 1000)
      )
      from public.sessions as session where session.started_at > v_since
    ),
    'errors', (
      select coalesce(jsonb_agg(jsonb_build_object('error', frequent.error, 'times', frequent.times, 'last', frequent.last)), '[]')
      from (
        select left(session.error, 300) as error, count(*) as times, max(session.started_at) as last
        from public.sessions as session
        where session.started_at > v_since and coalesce(session.error, '') <> ''
        group by 1 order by times desc limit 20
      ) as frequent
    ),
    'hours', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'hour', hourly.hour, 'starts', hourly.starts, 'failed', hourly.failed
      ) order by hourly.hour), '[]')
      from (
        select
          date_trunc('hour', session.started_at) as hour, count(*) as starts,
          count(*) filter (where coalesce(session.error, '') <> '') as failed
        from public.sessions as session where session.started_at > v_since group by 1
      ) as hourly
    )
  );
end
$$;
comment on function mgmt.admin_provider_health(int) is 'Super admins: how starts went in the last hours (1 to 744), and what works behind them: { as_of, since, queue, webhooks, workers: { running, done, failed, last_done }, deliveries by channel, voice_service, starts: { active, never_active, ended_with_error, p50_ms, p99_ms }, errors, hours }. 403 forbidden.';
