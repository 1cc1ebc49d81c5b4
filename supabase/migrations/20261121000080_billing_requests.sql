-- What the edge function `billing` asks before it speaks to Stripe, each time as the person who calls: whether they own the table,
-- how the table pays now, and what it has above a plan's limits. Stripe's own answers come back by webhook, never by these.

create table private.checkout_attempts (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references mgmt.users (id) on delete cascade,
  tenant_id text not null references public.tenants (id) on delete cascade,
  plan_id text not null references mgmt.subscription_plans (id),
  billing_interval text not null,
  created_at timestamptz not null default now(),
  constraint checkout_attempts_interval_known check (billing_interval in ('monthly', 'yearly'))
);
create index checkout_attempts_user on private.checkout_attempts (user_id, created_at desc);
create index checkout_attempts_tenant on private.checkout_attempts (tenant_id);
create index checkout_attempts_plan on private.checkout_attempts (plan_id);
alter table private.checkout_attempts enable row level security;
alter table private.checkout_attempts force row level security;
comment on table private.checkout_attempts is 'Ways to Stripe''s checkout that people have asked for. Counted for the limit, and the key by which a double click makes one.';

create function private.above_plan(tenant_id text, plan_id text) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'npcs', coalesce((
      select jsonb_agg(jsonb_build_object(
        'campaign_id', campaign.id, 'campaign', campaign.name, 'count', npcs.count, 'allowed', plan.max_npcs
      ) order by campaign.name)
      from mgmt.campaigns as campaign
      cross join lateral (
        select count(*)::int as count
        from public.npc_definitions as npc
        where npc.tenant_id = campaign.tenant_id and npc.campaign_id = campaign.id
      ) as npcs
      where campaign.tenant_id = above_plan.tenant_id and campaign.deleted_at is null and campaign.archived_at is null
        and npcs.count > plan.max_npcs
    ), '[]'),
    'campaigns', (
      select jsonb_build_object('count', used, 'allowed', plan.max_campaigns)
      from private.campaigns_used(above_plan.tenant_id) as used
      where used > plan.max_campaigns
    ),
    'seats', (
      select jsonb_build_object('count', count(*)::int, 'allowed', plan.max_seats)
      from mgmt.users as member
      where member.tenant_id = above_plan.tenant_id and member.role <> 'viewer' and member.deleted_at is null
      having count(*) > plan.max_seats
    )
  )
  from mgmt.subscription_plans as plan
  where plan.id = above_plan.plan_id
$$;
revoke execute on function private.above_plan(text, text) from public;
comment on function private.above_plan(text, text) is 'What the tenant has more of than the plan allows: { npcs: [{ campaign_id, campaign, count, allowed }], campaigns and seats: { count, allowed } or null }. All of it is kept after a downgrade; null for an unknown plan.';

create function mgmt.billing_context(plan_id text default null) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_tenant text := private.require_role('tenant_owner');
begin
  return jsonb_build_object(
    'mode', private.deployment_mode(),
    'tenant', (
      select jsonb_build_object('id', tenant.id, 'name', tenant.name, 'contact_email', nullif(tenant.contact_email, ''))
      from public.tenants as tenant where tenant.id = v_tenant
    ),
    'email', (select member.email from mgmt.users as member where member.id = auth.uid()),
    'subscription', (
      select jsonb_build_object(
        'plan_id', subscription.plan_id, 'next_plan_id', subscription.next_plan_id, 'status', subscription.status,
        'billing_interval', subscription.billing_interval,
        'stripe_subscription_id', subscription.stripe_subscription_id,
        'current_period_end', subscription.current_period_end,
        'cancel_at_period_end', subscription.cancel_at_period_end
      )
      from mgmt.subscriptions as subscription
      where subscription.tenant_id = v_tenant and subscription.ended_at is null
    ),
    'above_plan', private.above_plan(v_tenant, billing_context.plan_id)
  );
end
$$;
revoke execute on function mgmt.billing_context(text) from public;
grant execute on function mgmt.billing_context(text) to authenticated;
comment on function mgmt.billing_context(text) is 'For the edge function billing, as its caller: { mode, tenant: { id, name, contact_email }, email, subscription: the live row''s facts or null, above_plan: what exceeds the named plan, or null }. 403 forbidden for everybody but Owners.';

create function mgmt.begin_checkout(plan_id text, billing_interval text) returns uuid
language plpgsql security definer set search_path = ''
as $$
declare
  v_tenant text := private.require_role('tenant_owner');
  c_per_hour constant int := 10;
  c_same_click constant interval := '1 minute';
  v_attempt uuid;
  v_free_at timestamptz;
begin
  if begin_checkout.billing_interval is null or begin_checkout.billing_interval not in ('monthly', 'yearly') then
    perform private.fail('validation', 'billing_interval: must be monthly or yearly.');
  end if;
  if not exists (
    select from mgmt.subscription_plans as plan
    where plan.id = begin_checkout.plan_id and plan.active and case begin_checkout.billing_interval
      when 'monthly' then plan.lookup_key_monthly is not null else plan.lookup_key_yearly is not null
    end
  ) then
    perform private.fail('validation', 'plan_id: this plan cannot be bought.');
  end if;
  -- Two clicks at the same moment are counted one after the other. The real clock: how often somebody clicks has nothing to do
  -- with the calendar that tests travel in.
  perform pg_advisory_xact_lock(hashtextextended('checkout:' || auth.uid(), 0));
  select attempt.id into v_attempt
  from private.checkout_attempts as attempt
  where attempt.user_id = auth.uid() and attempt.tenant_id = v_tenant and attempt.plan_id = begin_checkout.plan_id
    and attempt.billing_interval = begin_checkout.billing_interval
    and attempt.created_at > pg_catalog.now() - c_same_click
  order by attempt.created_at desc limit 1;
  if found then
    return v_attempt;
  end if;
  select attempt.created_at + interval '1 hour' into v_free_at
  from private.checkout_attempts as attempt
  where attempt.user_id = auth.uid() and attempt.created_at > pg_catalog.now() - interval '1 hour'
  order by attempt.created_at desc
  offset c_per_hour - 1 limit 1;
  if found then
    perform private.fail(
      'rate_limited',
      format('You can go to checkout %s times an hour.', c_per_hour),
      format('Wait %s minutes.', greatest(1, ceil(extract(epoch from v_free_at - pg_catalog.now()) / 60)))
    );
  end if;
  insert into private.checkout_attempts (user_id, tenant_id, plan_id, billing_interval)
  values (auth.uid(), v_tenant, begin_checkout.plan_id, begin_checkout.billing_interval)
  returning id into v_attempt;
  return v_attempt;
end
$$;
revoke execute on function mgmt.begin_checkout(text, text) from public;
grant execute on function mgmt.begin_checkout(text, text) to authenticated;
comment on function mgmt.begin_checkout(text, text) is 'Owners: counts one way to checkout (10 an hour per person: 429 rate_limited) and gives its id; the same plan again within a minute gives the same id, so that a double click makes one checkout. 403 forbidden, 422 validation.';
