-- What operators ask of all tables at once, counted in one pass: among 10,000 tables the gate, asked one by one, takes longer than
-- the API waits.

create function private.plan_use() returns table (tenant_id text, plan private.entitlement, used int)
language sql stable security definer set search_path = ''
as $$
  with known as materialized (
    select tenant.id, private.entitlement(tenant.id) as plan from public.tenants as tenant
  ),
  played as (
    select known.id, count(*)::int as times
    from known
    join public.sessions as session on session.tenant_id = known.id and session.activated_at >= (known.plan).counted_from
    where private.session_counts(session.activated_at, session.ended_at)
    group by known.id
  )
  select known.id, known.plan, coalesce(played.times, 0) from known left join played using (id)
$$;
revoke execute on function private.plan_use() from public;
comment on function private.plan_use() is 'Every table with its plan and the sessions it has used of it, as private.judge_start() counts them, in one pass. For private callers alone.';

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
          -- The row says who may be in a trial, the clock who still is.
          when 'trial' then exists (
            select from mgmt.subscriptions as subscription
            where subscription.tenant_id = tenant.id and subscription.ended_at is null and subscription.status = 'trialing'
          ) and (private.entitlement(tenant.id)).status = 'trialing'
          when 'stuck_session' then exists (
            select from public.sessions as session
            where session.tenant_id = tenant.id and session.state <> 'ended' and private.is_stuck(session)
          )
          -- Neither names the tenant, so that each runs once.
          when 'over_cap' then tenant.id in (
            select known.tenant_id from private.plan_use() as known where known.used >= (known.plan).session_cap
          )
          when 'over_fifty' then tenant.id in (
            select known.tenant_id from private.plan_use() as known where (known.plan).session_cap is null and known.used > 50
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
