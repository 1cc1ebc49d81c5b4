-- What `stripe.reconcile` asks: which of the things it sees at Stripe are known differently here, and another try for what was
-- recorded and could not be applied. What counts as a difference is decided by the functions that read events.

create function private.stripe_news(objects jsonb) returns setof text
language sql stable security definer set search_path = ''
as $$
  select seen.object ->> 'id'
  from (
    select object, 'reconcile.' || (object ->> 'object') as type from jsonb_array_elements(stripe_news.objects) as object
  ) as seen
  cross join lateral (
    select private.subscription_at(seen.object ->> 'id', 'infinity') as known
    where private.event_subject(seen.type) = 'subscription'
    union all
    select private.newest_invoice(seen.object ->> 'id') where private.event_subject(seen.type) = 'invoice'
    union all
    select private.newest_charge(seen.object ->> 'id') where private.event_subject(seen.type) = 'charge'
  ) as newest
  where (
      private.event_facts(seen.type, seen.object) is distinct from (newest.known).facts or not (newest.known).certain
    )
    -- The account may sell other things too, and tables may be gone.
    and exists (
      select from public.tenants as tenant
      where tenant.id = private.event_tenant_named(seen.object) or tenant.id = (
        select customer.tenant_id from private.stripe_customers as customer
        where customer.stripe_customer_id = private.stripe_id(seen.object -> 'customer')
      )
    )
$$;
revoke execute on function private.stripe_news(jsonb) from public;
grant execute on function private.stripe_news(jsonb) to glyphoxa_worker;
comment on function private.stripe_news(jsonb) is 'Of an array of subscriptions, invoices and charges as fetched from Stripe: the ids of those that the database knows differently, not for certain, or not at all.';

create function private.retry_payment_events() returns int
language plpgsql security definer set search_path = ''
as $$
declare
  c_at_once constant int := 500;
  v_event text;
  v_applied int := 0;
begin
  for v_event in
    select event.stripe_event_id
    from private.payment_events as event
    where event.outcome = 'failed'
    order by event.created, event.stripe_event_id
    limit c_at_once
  loop
    if (private.try_payment_event(v_event)).outcome <> 'failed' then
      v_applied := v_applied + 1;
    end if;
  end loop;
  return v_applied;
end
$$;
revoke execute on function private.retry_payment_events() from public;
grant execute on function private.retry_payment_events() to glyphoxa_worker;
comment on function private.retry_payment_events() is 'Tries recorded events of Stripe again that could not be applied, oldest first; how many could now.';
