-- Nobody pays for a table that is gone, and news of it is no failure.
--
-- The plan in our rows is not all that Stripe charges: a second purchase, one that day 30 ended here alone, a checkout page
-- that is still open. So the job ends whatever the table's customers have at Stripe, and the deletion remembers these
-- customers, since Stripe speaks of them for a while.

alter table private.tenant_deletions add column stripe_customers text[] not null default '{}';
create index tenant_deletions_customers on private.tenant_deletions using gin (stripe_customers);
comment on column private.tenant_deletions.stripe_customers is 'Its customers at Stripe, from the purge on.';

create or replace function private.tenant_deletion(tenant_id text) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'purged', deletion.purged_at is not null,
    'at_gateway', exists (select from public.tenants as tenant where tenant.id = deletion.tenant_id),
    -- A voice service that never answers must not keep the data alive.
    'gateway_given_up', deletion.asked_at < private.now() - interval '6 hours',
    'stripe_customers', coalesce((
      select jsonb_agg(customer.stripe_customer_id order by customer.created_at, customer.stripe_customer_id)
      from private.stripe_customers as customer
      where customer.tenant_id = deletion.tenant_id
    ), '[]'),
    'files', coalesce((
      select jsonb_agg(jsonb_build_object('bucket', file.bucket_id, 'name', file.name))
      from storage.objects as file
      where starts_with(file.name, deletion.tenant_id || '/')
    ), '[]')
  )
  from private.tenant_deletions as deletion
  where deletion.tenant_id = tenant_deletion.tenant_id
$$;
comment on function private.tenant_deletion(text) is 'What the job tenant.delete still has to do: { purged, at_gateway, gateway_given_up, stripe_customers: [id], files: [{ bucket, name }] }; null when nobody asked for it.';

create or replace function private.purge_tenant(tenant_id text) returns boolean
language plpgsql security definer set search_path = ''
as $$
begin
  perform from private.tenant_deletions as deletion
  where deletion.tenant_id = purge_tenant.tenant_id and deletion.purged_at is null
  for update;
  if not found then
    return false;
  end if;
  -- First what news of payments takes first, so that the two wait for each other and never in a circle.
  if exists (select from public.tenants as tenant where tenant.id = purge_tenant.tenant_id) then
    perform private.lock_billing(purge_tenant.tenant_id);
  end if;
  update private.tenant_deletions as deletion
  set purged_at = private.now(), stripe_customers = array(
    select customer.stripe_customer_id from private.stripe_customers as customer
    where customer.tenant_id = purge_tenant.tenant_id
  )
  where deletion.tenant_id = purge_tenant.tenant_id;
  -- What names the tenant by a foreign key goes with it; the gateway's own tables have none.
  delete from public.tenants as tenant where tenant.id = purge_tenant.tenant_id;
  delete from public.npc_definitions as npc where npc.tenant_id = purge_tenant.tenant_id;
  delete from public.sessions as session where session.tenant_id = purge_tenant.tenant_id;
  delete from public.usage_records as usage where usage.tenant_id = purge_tenant.tenant_id;
  execute format('drop schema if exists %I cascade', private.tenant_schema(purge_tenant.tenant_id));
  return true;
end
$$;

-- Only metadata is our own functions' word. Whoever opens a payment link of the same account can put any client_reference_id
-- into its address, and would so become the customer of a table that is not theirs.
create or replace function private.event_tenant_named(object jsonb) returns text
language sql immutable set search_path = ''
as $$
  select nullif(coalesce(
    object #>> '{metadata,tenant_id}',
    object #>> '{parent,subscription_details,metadata,tenant_id}',
    object #>> '{subscription_details,metadata,tenant_id}'
  ), '')
$$;

create function private.is_of_purged_table(event private.payment_events) returns boolean
language plpgsql stable security definer set search_path = ''
as $$
begin
  return not exists (
      select from private.stripe_customers as known where known.stripe_customer_id = event.customer_id
    )
    and exists (
      select from private.tenant_deletions as deletion
      where deletion.purged_at is not null
        and (
          deletion.tenant_id = private.event_tenant_named(event.payload #> '{data,object}')
          or deletion.stripe_customers @> array[event.customer_id]
        )
    );
end
$$;
revoke execute on function private.is_of_purged_table(private.payment_events) from public;
comment on function private.is_of_purged_table(private.payment_events) is 'Whether Stripe speaks of a table that was deleted, by its name or its customer.';

create or replace function private.apply_payment_event(event_id text, out tenant text, out outcome text)
language plpgsql security definer set search_path = ''
as $$
declare
  v private.payment_events;
  v_subject text;
  v_other text;
begin
  select * into v from private.payment_events where stripe_event_id = event_id;
  v_subject := private.event_subject(v.type);
  if v_subject is null then
    outcome := 'ignored';
    return;
  end if;
  v := private.read_payment_event(event_id);
  if v_subject = 'invoice_payment' then
    -- It names no customer; the invoice does, now or later.
    tenant := (select invoice.tenant_id from mgmt.invoices as invoice where invoice.stripe_invoice_id = v.facts ->> 'invoice');
    if tenant is not null then
      perform private.lock_billing(tenant);
      perform private.link_refunds(tenant);
    end if;
    outcome := 'applied';
    return;
  end if;
  if private.is_of_purged_table(v) then
    outcome := 'ignored';
    return;
  end if;

  tenant := private.event_tenant(v);
  perform private.lock_billing(tenant);
  outcome := 'applied';
  case v_subject
    when 'subscription' then
      if not private.keep_stripe_subscription(v.object_id, tenant) and (
        select observed_by from private.stripe_subscriptions where stripe_subscription_id = v.object_id
      ) <> event_id then
        outcome := 'stale';
      end if;
      if not (select certain from private.stripe_subscriptions where stripe_subscription_id = v.object_id) then
        perform private.ask_stripe(v.object_id, tenant);
      end if;
    when 'invoice' then
      if not private.keep_invoice(v.object_id, tenant) and (private.newest_invoice(v.object_id)).event_id <> event_id then
        outcome := 'stale';
      end if;
      perform private.link_refunds(tenant);
    when 'charge' then
      if not private.keep_charge(v.object_id, tenant) and (private.newest_charge(v.object_id)).event_id <> event_id then
        outcome := 'stale';
      end if;
      perform private.link_refunds(tenant);
    when 'checkout' then
      null;
  end case;
  if v_subject in ('subscription', 'invoice') then
    perform private.project_billing(tenant);
  end if;

  -- What came before anybody could know whose customer it is.
  if v.customer_id is not null and private.link_customer(v.customer_id, tenant) then
    for v_other in
      select waiting.stripe_event_id from private.payment_events as waiting
      where waiting.customer_id = v.customer_id and waiting.outcome = 'failed' and waiting.stripe_event_id <> event_id
      order by waiting.created, waiting.stripe_event_id
    loop
      perform private.try_payment_event(v_other);
    end loop;
  end if;
end
$$;

-- What fails for ever (other products of the same account) must not keep what can be mended from its turn.
create or replace function private.retry_payment_events() returns int
language plpgsql security definer set search_path = ''
as $$
declare
  c_at_once constant int := 500;
  v_event text;
  v_applied int := 0;
begin
  for v_event in
    select newest.stripe_event_id
    from (
      select event.stripe_event_id, event.created
      from private.payment_events as event
      where event.outcome = 'failed'
      order by event.received_at desc, event.stripe_event_id
      limit c_at_once
    ) as newest
    order by newest.created, newest.stripe_event_id
  loop
    if (private.try_payment_event(v_event)).outcome <> 'failed' then
      v_applied := v_applied + 1;
    end if;
  end loop;
  return v_applied;
end
$$;
comment on function private.retry_payment_events() is 'Tries the 500 newest recorded events of Stripe again that could not be applied, in the order in which they happened; how many could now.';
