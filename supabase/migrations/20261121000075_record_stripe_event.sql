-- The one door for what Stripe says: recorded first, then applied, in one transaction.

create function private.link_customer(customer text, tenant text) returns boolean
language plpgsql security definer set search_path = ''
as $$
begin
  insert into private.stripe_customers (stripe_customer_id, tenant_id)
  values (customer, tenant)
  on conflict do nothing;
  return found;
end
$$;
revoke execute on function private.link_customer(text, text) from public;

create function private.event_tenant(event private.payment_events) returns text
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_named text := private.event_tenant_named(event.payload #> '{data,object}');
  v_linked text := (
    select tenant_id from private.stripe_customers where stripe_customer_id = event.customer_id
  );
begin
  if v_named <> v_linked then
    raise exception using detail = 'foreign_customer',
      message = format('Customer %s belongs to another table than %s.', event.customer_id, v_named);
  end if;
  if v_linked is not null then
    return v_linked;
  end if;
  if not exists (select from public.tenants as tenant where tenant.id = v_named) then
    raise exception using detail = 'unknown_tenant', message = format('There is no table %s.', v_named);
  end if;
  if v_named is null then
    raise exception using detail = 'unknown_tenant', message = 'Neither the object nor its customer names a table.';
  end if;
  return v_named;
end
$$;
revoke execute on function private.event_tenant(private.payment_events) from public;
comment on function private.event_tenant(private.payment_events) is 'Whose event it is: by what our functions wrote on the object, or by its customer. Raises unknown_tenant, foreign_customer.';

create function private.ask_stripe(subscription text, tenant text) returns void
language sql security definer set search_path = ''
as $$
  select private.enqueue(
    'stripe.reconcile', jsonb_build_object('stripe_subscription_id', subscription, 'tenant_id', tenant),
    -- The second that is in doubt must be over.
    private.now() + interval '5 seconds'
  )
  where not exists (
    select from private.outbox as wanted
    where wanted.job = 'stripe.reconcile' and wanted.payload ->> 'stripe_subscription_id' = subscription
  )
$$;
revoke execute on function private.ask_stripe(text, text) from public;
comment on function private.ask_stripe(text, text) is 'Has a subscription fetched from Stripe, because what was heard leaves its state open.';

create function private.apply_payment_event(event_id text, out tenant text, out outcome text)
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
  update private.payment_events as event set
    object_id = case v_subject
      -- What it is looked for by.
      when 'invoice_payment' then private.stripe_id(event.payload #> '{data,object,payment,payment_intent}')
      else event.payload #>> '{data,object,id}'
    end,
    facts = private.event_facts(event.type, event.payload #> '{data,object}'),
    facts_before = case when event.type = 'customer.subscription.updated' then private.event_facts(
      event.type,
      private.jsonb_overlay(event.payload #> '{data,object}', event.payload #> '{data,previous_attributes}')
    ) end
  where event.stripe_event_id = event_id
  returning * into v;
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
revoke execute on function private.apply_payment_event(text) from public;
comment on function private.apply_payment_event(text) is 'Brings what is derived up to date with one recorded event.';

create function private.try_payment_event(event_id text, out outcome text, out error text)
language plpgsql security definer set search_path = ''
as $$
declare
  v_tenant text;
  v_message text;
  v_detail text;
begin
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
revoke execute on function private.try_payment_event(text) from public;
comment on function private.try_payment_event(text) is 'Applies a recorded event; a failure undoes what it did, keeps the record, and says why.';

create function mgmt.record_stripe_event(event jsonb, source text default 'webhook') returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_object constant jsonb := event #> '{data,object}';
  v_type text := event ->> 'type';
  v_id text := event ->> 'id';
  v_done record;
begin
  if record_stripe_event.source = 'reconcile' then
    v_type := 'reconcile.' || (v_object ->> 'object');
    v_id := coalesce(v_id, format('reconcile_%s_%s_%s', v_object ->> 'id', event ->> 'created', md5(v_object::text)));
  elsif record_stripe_event.source <> 'webhook' then
    perform private.fail('validation', 'source: must be webhook or reconcile.');
  end if;
  if v_id is null or v_type is null or jsonb_typeof(event -> 'created') is distinct from 'number'
    or jsonb_typeof(v_object) is distinct from 'object'
  then
    perform private.fail('validation', 'event: must be an event as Stripe sends it, with id, type, created and data.object.');
  end if;

  insert into private.payment_events (stripe_event_id, type, created, source, payload, customer_id)
  values (
    v_id, v_type, private.stripe_time(event ->> 'created'), record_stripe_event.source, event,
    private.stripe_id(v_object -> 'customer')
  )
  on conflict do nothing;
  if not found and (select outcome from private.payment_events where stripe_event_id = v_id) <> 'failed' then
    return jsonb_build_object('event_id', v_id, 'outcome', 'duplicate');
  end if;
  select * into v_done from private.try_payment_event(v_id);
  return jsonb_strip_nulls(jsonb_build_object('event_id', v_id, 'outcome', v_done.outcome, 'error', v_done.error));
end
$$;
revoke execute on function mgmt.record_stripe_event(jsonb, text) from public;
grant execute on function mgmt.record_stripe_event(jsonb, text) to service_role, glyphoxa_worker;
comment on function mgmt.record_stripe_event(jsonb, text) is 'Records an event of Stripe verbatim, then applies it: { event_id, outcome: applied | duplicate | ignored | stale | failed, error? }. source reconcile: { created, data: { object } } as fetched, created being when the look began. A failed one is tried again when it comes again.';
