-- Which plan a tenant is on. History is kept: a new row ends the one before, and one row per tenant is live.
--
-- What a row says is not yet the truth of this moment: a trial may be over, a grace period too. The clock decides, in
-- private.entitlement(), and jobs only make it visible here.

create table mgmt.subscriptions (
  id uuid primary key default gen_random_uuid(),
  tenant_id text not null references public.tenants (id) on delete cascade,
  plan_id text not null references mgmt.subscription_plans (id),
  next_plan_id text references mgmt.subscription_plans (id),
  status text not null,
  billing_interval text not null default 'monthly',
  stripe_customer_id text,
  stripe_subscription_id text unique,
  current_period_start timestamptz not null,
  current_period_end timestamptz not null,
  sessions_counted_from timestamptz,
  trial_end timestamptz,
  cancel_at_period_end boolean not null default false,
  canceled_at timestamptz,
  grace_period_end timestamptz,
  ended_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint subscriptions_status_known check (
    status in ('trialing', 'active', 'past_due', 'suspended', 'canceled', 'incomplete', 'paused')
  ),
  constraint subscriptions_interval_known check (billing_interval in ('monthly', 'yearly')),
  constraint subscriptions_period_not_empty check (current_period_end > current_period_start),
  constraint subscriptions_trial_has_end check (status <> 'trialing' or trial_end is not null)
);
create unique index subscriptions_live on mgmt.subscriptions (tenant_id) where ended_at is null;
create index subscriptions_tenant on mgmt.subscriptions (tenant_id, created_at desc);
create index subscriptions_plan on mgmt.subscriptions (plan_id);
create index subscriptions_next_plan on mgmt.subscriptions (next_plan_id) where next_plan_id is not null;
create index subscriptions_customer on mgmt.subscriptions (stripe_customer_id) where stripe_customer_id is not null;

alter table mgmt.subscriptions enable row level security;
alter table mgmt.subscriptions force row level security;

create policy "Owners read their table's subscriptions" on mgmt.subscriptions
  for select to authenticated using (
    tenant_id = (select private.current_tenant_id()) and (select private.has_role('tenant_owner'))
  );

grant select on mgmt.subscriptions to authenticated;
grant select, insert, update on mgmt.subscriptions to service_role;
-- NOTE: no write is granted to people: Stripe decides, through its webhooks.

create trigger touch_updated_at before update on mgmt.subscriptions
  for each row execute function private.touch_updated_at();

comment on table mgmt.subscriptions is 'History of plans per tenant; ended_at is null in the one live row.';
comment on column mgmt.subscriptions.next_plan_id is 'A downgrade that takes effect when the period ends.';
comment on column mgmt.subscriptions.sessions_counted_from is 'Set by an upgrade, which starts the count anew.';
comment on column mgmt.subscriptions.grace_period_end is 'Payment failed: sessions are allowed until then, seven days.';

create function private.restart_count_on_upgrade() returns trigger
language plpgsql set search_path = ''
as $$
begin
  if (select tier_order from mgmt.subscription_plans where id = new.plan_id)
    > (select tier_order from mgmt.subscription_plans where id = old.plan_id)
  then
    new.sessions_counted_from := private.now();
  end if;
  return new;
end
$$;
revoke execute on function private.restart_count_on_upgrade() from public;

create trigger restart_count_on_upgrade before update of plan_id on mgmt.subscriptions
  for each row when (new.plan_id <> old.plan_id) execute function private.restart_count_on_upgrade();

create function private.write_plan_to_tenant() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  update public.tenants as tenant
  set
    license_tier = case when plan.max_concurrent_sessions = 1 then 'shared' else 'dedicated' end,
    monthly_session_hours = coalesce(plan.monthly_session_hours, 0)
  from mgmt.subscription_plans as plan
  where tenant.id = new.tenant_id and plan.id = new.plan_id;
  return null;
end
$$;
revoke execute on function private.write_plan_to_tenant() from public;
comment on function private.write_plan_to_tenant() is 'Tells the gateway what the plan means to it. Definer: whoever applies a payment may not write tenants.';

create trigger write_plan_to_tenant after insert or update of plan_id on mgmt.subscriptions
  for each row when (new.ended_at is null) execute function private.write_plan_to_tenant();

-- One trial per Discord account, also after the account here is gone; so only a hash is kept.
create table private.used_trials (
  discord_id_hash bytea primary key,
  used_at timestamptz not null default now()
);
alter table private.used_trials enable row level security;
alter table private.used_trials force row level security;
comment on table private.used_trials is 'SHA-256 of every Discord id that had its trial.';
