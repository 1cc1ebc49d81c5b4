-- What Stripe said, kept verbatim, and what follows from it: invoices and payments.
--
-- private.payment_events is the truth: everything else about payments is derived from it and can be rebuilt
-- (private.replay_payment_events). A row is written once and never changes, but for how its application went.

create table private.payment_events (
  stripe_event_id text primary key,
  type text not null,
  created timestamptz not null,
  source text not null default 'webhook',
  payload jsonb not null,
  received_at timestamptz not null default now(),
  customer_id text,
  -- Read out of the payload when it is applied; what failed counts for nothing.
  object_id text,
  facts jsonb,
  facts_before jsonb,
  tenant_id text,
  applied_at timestamptz,
  outcome text,
  error text,
  constraint payment_events_source_known check (source in ('webhook', 'reconcile')),
  constraint payment_events_outcome_known check (outcome in ('applied', 'stale', 'ignored', 'failed'))
);
create index payment_events_object on private.payment_events (object_id, created);
create index payment_events_tenant on private.payment_events (tenant_id, created) where tenant_id is not null;
create index payment_events_failed on private.payment_events (customer_id) where outcome = 'failed';
create index payment_events_received on private.payment_events (received_at);
alter table private.payment_events enable row level security;
alter table private.payment_events force row level security;
-- NOTE: nothing is granted: mgmt.record_stripe_event() writes, and super admins read in Studio.

comment on table private.payment_events is 'Every delivery of Stripe and every look at Stripe, verbatim and append-only.';
comment on column private.payment_events.created is 'When it happened, by Stripe''s clock, in whole seconds. A reconcile row: when the look began.';
comment on column private.payment_events.source is 'webhook: Stripe sent it. reconcile: the object as fetched from Stripe.';
comment on column private.payment_events.facts is 'What counts of the object, as private.event_facts() reads it. facts_before: the same before the change.';
comment on column private.payment_events.tenant_id is 'Whose it is, once known. No reference: the log outlives its tenants.';
comment on column private.payment_events.outcome is 'stale: a newer state of the same thing was known already. failed: see error; the next delivery tries again.';

create function private.keep_payment_event() returns trigger
language plpgsql set search_path = ''
as $$
begin
  if tg_op = 'UPDATE' and row(new.stripe_event_id, new.type, new.created, new.source, new.payload, new.received_at)
    is not distinct from row(old.stripe_event_id, old.type, old.created, old.source, old.payload, old.received_at)
  then
    return new;
  end if;
  raise exception using errcode = 'insufficient_privilege', message = 'Payment events are kept as they came.';
end
$$;
revoke execute on function private.keep_payment_event() from public;
comment on function private.keep_payment_event() is 'Keeps the log verbatim, also from its owner.';

create trigger payment_events_stay before update or delete on private.payment_events
  for each row execute function private.keep_payment_event();
create trigger payment_events_keep_all before truncate on private.payment_events
  for each statement execute function private.keep_payment_event();

create table private.stripe_customers (
  stripe_customer_id text primary key,
  tenant_id text not null references public.tenants (id) on delete cascade,
  created_at timestamptz not null default now()
);
create index stripe_customers_tenant on private.stripe_customers (tenant_id, created_at);
alter table private.stripe_customers enable row level security;
alter table private.stripe_customers force row level security;
comment on table private.stripe_customers is 'Whose customer is whose. Never found by email address: those can be shared and changed.';

-- The newest known state of each subscription at Stripe, in our words. Derived from the log alone.
create table private.stripe_subscriptions (
  stripe_subscription_id text primary key,
  tenant_id text not null references public.tenants (id) on delete cascade,
  stripe_customer_id text not null,
  status text not null,
  plan_id text not null references mgmt.subscription_plans (id),
  billing_interval text not null,
  next_plan_id text references mgmt.subscription_plans (id),
  next_billing_interval text,
  period_start timestamptz not null,
  period_end timestamptz not null,
  trial_end timestamptz,
  cancel_at_period_end boolean not null,
  canceled_at timestamptz,
  started_at timestamptz not null,
  ended_at timestamptz,
  latest_invoice text,
  pending_update boolean not null,
  has_run boolean not null,
  upgraded_at timestamptz,
  unpaid_since timestamptz,
  observed_at timestamptz not null,
  observed_by text not null,
  certain boolean not null
);
create index stripe_subscriptions_tenant on private.stripe_subscriptions (tenant_id, started_at);
create index stripe_subscriptions_plan on private.stripe_subscriptions (plan_id);
create index stripe_subscriptions_next_plan on private.stripe_subscriptions (next_plan_id) where next_plan_id is not null;
alter table private.stripe_subscriptions enable row level security;
alter table private.stripe_subscriptions force row level security;
comment on table private.stripe_subscriptions is 'The newest known state of each subscription at Stripe.';
comment on column private.stripe_subscriptions.status is 'Stripe''s own word; mgmt.subscriptions has ours.';
comment on column private.stripe_subscriptions.has_run is 'Was ever more than an unfinished first payment: only then it takes a plan''s place.';
comment on column private.stripe_subscriptions.upgraded_at is 'The last change to a higher plan, by Stripe''s clock.';
comment on column private.stripe_subscriptions.unpaid_since is 'When Stripe first called it past due in this stretch. Used only while no unpaid invoice is known.';
comment on column private.stripe_subscriptions.observed_by is 'The event this state is from.';
comment on column private.stripe_subscriptions.certain is 'false: events of one second leave open which came last; a look at Stripe is on its way.';

alter table mgmt.subscriptions
  add column next_billing_interval text,
  add column started_at timestamptz,
  add column period_anchor timestamptz,
  add column stands_in boolean not null default false,
  add constraint subscriptions_next_interval_known check (next_billing_interval in ('monthly', 'yearly'));
update mgmt.subscriptions set started_at = current_period_start;
alter table mgmt.subscriptions
  alter column started_at set not null,
  alter column started_at set default private.now();
create unique index subscriptions_stand_in on mgmt.subscriptions (tenant_id, started_at) where stands_in;
create index subscriptions_due on mgmt.subscriptions (current_period_end) where ended_at is null;
create index subscriptions_overdue on mgmt.subscriptions (grace_period_end)
  where ended_at is null and grace_period_end is not null;
create index subscriptions_trials on mgmt.subscriptions (trial_end) where ended_at is null and status = 'trialing';
comment on column mgmt.subscriptions.next_billing_interval is 'Goes with next_plan_id.';
comment on column mgmt.subscriptions.started_at is 'Since when this row was the live one.';
comment on column mgmt.subscriptions.period_anchor is 'What later months are counted from; null: from the end of the period in the row.';
comment on column mgmt.subscriptions.stands_in is 'The free plan after something ended. Derived, so a rebuild may take it away again.';

create table mgmt.invoices (
  id uuid primary key default gen_random_uuid(),
  tenant_id text not null references public.tenants (id) on delete cascade,
  subscription_id uuid references mgmt.subscriptions (id) on delete set null,
  stripe_invoice_id text not null unique,
  stripe_subscription_id text,
  number text,
  status text not null,
  billing_reason text,
  currency text not null,
  subtotal_cents int not null,
  tax_cents int not null,
  total_cents int not null,
  amount_due_cents int not null,
  amount_paid_cents int not null,
  attempts int not null,
  period_start timestamptz not null,
  period_end timestamptz not null,
  issued_at timestamptz not null,
  due_date timestamptz,
  next_payment_attempt timestamptz,
  paid_at timestamptz,
  hosted_invoice_url text,
  pdf_url text,
  line_items jsonb not null default '[]',
  observed_at timestamptz not null,
  observed_by text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint invoices_status_known check (status in ('draft', 'open', 'paid', 'void', 'uncollectible')),
  constraint invoices_line_items_list check (jsonb_typeof(line_items) = 'array')
);
create index invoices_tenant on mgmt.invoices (tenant_id, issued_at desc);
create index invoices_subscription on mgmt.invoices (subscription_id);
create index invoices_stripe_subscription on mgmt.invoices (stripe_subscription_id, issued_at desc);

alter table mgmt.invoices enable row level security;
alter table mgmt.invoices force row level security;
create policy "Owners read their table's invoices" on mgmt.invoices
  for select to authenticated using (tenant_id = (select private.tenant_as('tenant_owner')));
grant select on mgmt.invoices to authenticated, service_role;
-- NOTE: no write is granted: invoices follow from private.payment_events.

create trigger touch_updated_at before update on mgmt.invoices
  for each row execute function private.touch_updated_at();
create trigger announce_change after insert or update on mgmt.invoices
  for each row execute function private.announce_change('invoice');
select private.audit_writes('mgmt.invoices', 'invoice', 'number');

comment on table mgmt.invoices is 'Invoices as Stripe knows them, for reading without asking Stripe. Amounts in the currency''s smallest unit.';
comment on column mgmt.invoices.issued_at is 'When it became payable (before that, when it was made).';
comment on column mgmt.invoices.attempts is 'How often a payment was tried.';
comment on column mgmt.invoices.line_items is '[{ description, amount_cents, quantity }]';
comment on column mgmt.invoices.hosted_invoice_url is 'Whoever has it can pay and read the invoice: for owners only.';

create table mgmt.payments (
  id uuid primary key default gen_random_uuid(),
  tenant_id text not null references public.tenants (id) on delete cascade,
  invoice_id uuid references mgmt.invoices (id) on delete set null,
  kind text not null,
  status text not null,
  amount_cents int not null,
  currency text not null,
  occurred_at timestamptz not null,
  stripe_invoice_id text unique,
  stripe_charge_id text unique,
  stripe_payment_intent_id text,
  receipt_url text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint payments_kind_known check (kind in ('payment', 'refund')),
  constraint payments_status_known check (status in ('succeeded', 'failed')),
  constraint payments_has_origin check ((kind = 'payment') = (stripe_invoice_id is not null) and (kind = 'refund') = (stripe_charge_id is not null))
);
create index payments_tenant on mgmt.payments (tenant_id, occurred_at desc);
create index payments_invoice on mgmt.payments (invoice_id);
create index payments_intent on mgmt.payments (stripe_payment_intent_id) where stripe_payment_intent_id is not null;

alter table mgmt.payments enable row level security;
alter table mgmt.payments force row level security;
create policy "Owners read their table's payments" on mgmt.payments
  for select to authenticated using (tenant_id = (select private.tenant_as('tenant_owner')));
grant select on mgmt.payments to authenticated, service_role;
-- NOTE: no write is granted: payments follow from private.payment_events.

create trigger touch_updated_at before update on mgmt.payments
  for each row execute function private.touch_updated_at();
create trigger announce_change after insert or update on mgmt.payments
  for each row execute function private.announce_change('payment');
select private.audit_writes('mgmt.payments', 'payment', 'kind');

comment on table mgmt.payments is 'Money that came in for an invoice, or failed to (kind payment), and what was given back of a charge (kind refund).';
comment on column mgmt.payments.amount_cents is 'Always positive. Of a refund: everything given back of this charge so far.';
comment on column mgmt.payments.invoice_id is 'Of a refund: the invoice that the charge paid, where Stripe told.';

create function mgmt.stripe_customer(tenant text) returns text
language sql stable security definer set search_path = ''
as $$
  select customer.stripe_customer_id
  from private.stripe_customers as customer
  where customer.tenant_id = stripe_customer.tenant
  order by customer.created_at, customer.stripe_customer_id
  limit 1
$$;
revoke execute on function mgmt.stripe_customer(text) from public;
grant execute on function mgmt.stripe_customer(text) to service_role, glyphoxa_worker;
comment on function mgmt.stripe_customer(text) is 'The tenant''s customer at Stripe; null before the first checkout. For functions and workers.';

create function mgmt.link_stripe_customer(tenant text, customer text) returns text
language plpgsql security definer set search_path = ''
as $$
begin
  perform from public.tenants as known where known.id = link_stripe_customer.tenant for key share;
  if not found then
    perform private.fail('not_found', 'This table does not exist.');
  end if;
  -- Two first checkouts at once end with one customer.
  perform pg_advisory_xact_lock(hashtextextended('stripe_customer:' || link_stripe_customer.tenant, 0));
  if mgmt.stripe_customer(link_stripe_customer.tenant) is null then
    insert into private.stripe_customers (stripe_customer_id, tenant_id)
    values (link_stripe_customer.customer, link_stripe_customer.tenant)
    on conflict do nothing;
    if not found then
      perform private.fail('conflict', 'This customer belongs to another table.');
    end if;
  end if;
  return mgmt.stripe_customer(link_stripe_customer.tenant);
end
$$;
revoke execute on function mgmt.link_stripe_customer(text, text) from public;
grant execute on function mgmt.link_stripe_customer(text, text) to service_role, glyphoxa_worker;
comment on function mgmt.link_stripe_customer(text, text) is 'Remembers the tenant''s customer and returns the one to use, which is another if one was linked before. 409 conflict when it is another table''s.';
