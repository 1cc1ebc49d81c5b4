-- What only grows says which of two words of one second is the later: sums given back, attempts to pay. So a look at Stripe that
-- was followed by an event in its own second does not hide that event.

create or replace function private.newest_invoice(invoice text) returns private.snapshot
language plpgsql stable security definer set search_path = ''
as $$
declare
  v private.snapshot;
begin
  select stripe_event_id, created, facts, true into v
  from private.payment_events
  where object_id = invoice and private.event_subject(type) = 'invoice'
  order by
    case facts ->> 'status' when 'draft' then 0 when 'open' then 1 when 'uncollectible' then 2 else 3 end desc,
    created desc, (facts ->> 'attempts')::int desc, source = 'reconcile' desc, stripe_event_id desc
  limit 1;
  return v;
end
$$;

create or replace function private.newest_charge(charge text) returns private.snapshot
language plpgsql stable security definer set search_path = ''
as $$
declare
  v private.snapshot;
begin
  select stripe_event_id, created, facts, true into v
  from private.payment_events
  where object_id = charge and private.event_subject(type) = 'charge'
  order by created desc, (facts ->> 'refunded')::int desc, source = 'reconcile' desc, stripe_event_id desc
  limit 1;
  return v;
end
$$;
