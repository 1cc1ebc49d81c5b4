-- Rebuilding table by table, while webhooks arrive and sessions start, and saying what was not as the log says.
--
-- Locks are taken in one order by everybody: the table's gate (private.lock_billing) first, then rows of the log, then what
-- is derived. Whose customer is whose is decided under a lock of the customer, since there may be no table to lock yet.

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
  if v_subject = 'invoice_payment' then
    -- It names no customer; the invoice does, now or later.
    tenant := (
      select invoice.tenant_id from mgmt.invoices as invoice
      where invoice.stripe_invoice_id = private.stripe_id(v.payload #> '{data,object,invoice}')
    );
    if tenant is not null then
      perform private.lock_billing(tenant);
    end if;
    perform private.read_payment_event(event_id);
    if tenant is not null then
      perform private.link_refunds(tenant);
    end if;
    outcome := 'applied';
    return;
  end if;

  tenant := private.event_tenant(v);
  perform private.lock_billing(tenant);
  v := private.read_payment_event(event_id);
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

create function private.lock_customer(customer text) returns void
language sql security definer set search_path = ''
as $$ select pg_advisory_xact_lock(hashtextextended('customer:' || customer, 0)) $$;
revoke execute on function private.lock_customer(text) from public;
comment on function private.lock_customer(text) is 'Held to the end of the transaction by whoever links a customer, or finds that nobody has.';

create or replace function private.try_payment_event(event_id text, out outcome text, out error text)
language plpgsql security definer set search_path = ''
as $$
declare
  v_tenant text;
  v_message text;
  v_detail text;
begin
  -- Whoever makes this customer known finds this event, or this event finds the customer. Taken outside of the block below,
  -- whose failure would give it back.
  perform private.lock_customer(event.customer_id)
  from private.payment_events as event
  where event.stripe_event_id = event_id and private.event_subject(event.type) is not null
    and private.event_tenant_named(event.payload #> '{data,object}') is null
    and not exists (select from private.stripe_customers where stripe_customer_id = event.customer_id);
  begin
    select applied.tenant, applied.outcome into v_tenant, outcome from private.apply_payment_event(event_id) as applied;
  exception when others then
    -- Busy, full, cut off: nothing is wrong with the event, so Stripe shall send it again.
    if left(sqlstate, 2) in ('40', '53', '55', '57', '58') then
      raise;
    end if;
    get stacked diagnostics v_message = message_text, v_detail = pg_exception_detail;
    outcome := 'failed';
    error := case when v_detail ~ '^[a-z_]+$' then v_detail else 'error ' || sqlstate end || ': ' || v_message;
  end;
  update private.payment_events as event
  set
    tenant_id = coalesce(v_tenant, event.tenant_id), outcome = try_payment_event.outcome, error = try_payment_event.error,
    applied_at = case when try_payment_event.outcome <> 'failed' then private.now() end
  where event.stripe_event_id = event_id
    -- Somebody else may have applied it meanwhile.
    and (event.outcome is null or event.outcome = 'failed');
end
$$;

create or replace function private.link_customer(customer text, tenant text) returns boolean
language plpgsql security definer set search_path = ''
as $$
begin
  if exists (select from private.stripe_customers where stripe_customer_id = customer) then
    return false;
  end if;
  perform private.lock_customer(customer);
  insert into private.stripe_customers (stripe_customer_id, tenant_id)
  values (customer, tenant)
  on conflict do nothing;
  return found;
end
$$;

drop function private.replay_payment_events(text);

create function private.replay_payment_events(tenant text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_before jsonb;
  v_after jsonb;
  v_object record;
  v_event text;
  v_events int := 0;
begin
  perform private.lock_billing(tenant);
  -- What the clock has made due is no difference from the log.
  if exists (
    select from mgmt.subscriptions as live
    where live.tenant_id = replay_payment_events.tenant and live.ended_at is null and private.settled(live) is distinct from live
  ) then
    perform private.project_billing(tenant);
  end if;
  v_before := private.billing_image(tenant);

  for v_event in
    select event.stripe_event_id from private.payment_events as event
    where event.tenant_id = replay_payment_events.tenant and event.outcome in ('applied', 'stale')
  loop
    perform private.read_payment_event(v_event);
    v_events := v_events + 1;
  end loop;

  -- What the log does not know is not true.
  delete from private.stripe_subscriptions as known
  where known.tenant_id = replay_payment_events.tenant and not exists (
    select from private.payment_events as event where event.object_id = known.stripe_subscription_id
  );
  delete from mgmt.payments as known
  where known.tenant_id = replay_payment_events.tenant and not exists (
    select from private.payment_events as event
    where event.object_id = coalesce(known.stripe_invoice_id, known.stripe_charge_id)
  );
  delete from mgmt.invoices as known
  where known.tenant_id = replay_payment_events.tenant and not exists (
    select from private.payment_events as event where event.object_id = known.stripe_invoice_id
  );

  for v_object in
    select distinct private.event_subject(event.type) as subject, event.object_id
    from private.payment_events as event
    where event.tenant_id = replay_payment_events.tenant and event.object_id is not null
    order by subject desc, event.object_id
  loop
    perform case v_object.subject
      when 'subscription' then private.keep_stripe_subscription(v_object.object_id, tenant)
      when 'invoice' then private.keep_invoice(v_object.object_id, tenant)
      when 'charge' then private.keep_charge(v_object.object_id, tenant)
    end;
  end loop;
  perform private.project_billing(tenant);
  perform private.link_refunds(tenant);
  v_after := private.billing_image(tenant);

  return jsonb_build_object('events', v_events) || (
    select jsonb_object_agg(kind, jsonb_build_object(
      'rows', (select count(*) from jsonb_object_keys(v_after -> kind)),
      'differed', coalesce((
        select jsonb_agg(jsonb_build_object(
          'row', key,
          'fields', case
            when was.value is null then '["missing"]'
            when become.value is null then '["unknown to Stripe"]'
            else (
              select jsonb_agg(field order by field) from jsonb_object_keys(become.value) as field
              where become.value -> field is distinct from was.value -> field
            )
          end
        ) order by key)
        from jsonb_each(v_before -> kind) as was
        full join jsonb_each(v_after -> kind) as become using (key)
        where was.value is distinct from become.value
      ), '[]')
    ))
    from unnest(array['subscriptions', 'invoices', 'payments']) as kind
  );
end
$$;
revoke execute on function private.replay_payment_events(text) from public;
comment on function private.replay_payment_events(text) is 'Rebuilds one table''s subscriptions, invoices and payments from the log: { events, subscriptions | invoices | payments: { rows, differed: [{ row, fields }] } }. Starts of its sessions and webhooks about it wait meanwhile. For operators.';

create function private.replayable_tenants() returns setof text
language sql stable security definer set search_path = ''
as $$
  select tenant.id from public.tenants as tenant
  where exists (select from private.payment_events as event where event.tenant_id = tenant.id)
  order by tenant.id
$$;
revoke execute on function private.replayable_tenants() from public;
comment on function private.replayable_tenants() is 'Those of whom the log knows anything. Others never paid: what they have, nobody at Stripe gave them, and a replay leaves it.';
