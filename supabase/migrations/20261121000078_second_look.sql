-- A look at Stripe counts for the second of the newest event there, which may stay the same for days. If it contradicts the
-- events of that very second, it holds, and a second look that sees the same settles it; otherwise one would look for ever.

create or replace function private.subscription_at(subscription text, until timestamptz) returns private.snapshot
language plpgsql stable security definer set search_path = ''
as $$
declare
  v private.snapshot;
  v_seen private.snapshot;
  v_second timestamptz;
begin
  -- Nothing follows an end.
  select stripe_event_id, created, facts, true into v
  from private.payment_events
  where object_id = subscription and created <= until and private.event_subject(type) = 'subscription'
    and facts ->> 'status' in ('canceled', 'incomplete_expired')
  order by created desc, source = 'reconcile' desc, stripe_event_id desc
  limit 1;
  if found then
    return v;
  end if;

  -- A look at Stripe outdoes whatever had happened until then.
  select stripe_event_id, created, facts, true into v_seen
  from private.payment_events
  where object_id = subscription and created <= until and type = 'reconcile.subscription'
  order by created desc, stripe_event_id desc
  limit 1;

  select max(created) into v_second
  from private.payment_events
  where object_id = subscription and created <= until and source = 'webhook'
    and private.event_subject(type) = 'subscription'
    and created >= coalesce(v_seen.created, '-infinity');
  if v_second is null then
    return v_seen;
  end if;

  with told as (
    select stripe_event_id, created, type, facts, facts_before
    from private.payment_events
    where object_id = subscription and created = v_second and source = 'webhook'
      and private.event_subject(type) = 'subscription'
  ),
  changes as (
    select * from told where facts_before <> facts and type = 'customer.subscription.updated'
  ),
  balances as (
    select facts, sum(step) as balance
    from (
      select facts, 1 as step from changes
      union all
      select facts_before, -1 from changes
    ) as ends
    group by facts
  ),
  candidates as (
    select told.*, balances.balance from told join balances using (facts) where balances.balance > 0
    union all
    -- No change among them: each tells a state, and the first state only if nothing else does.
    select told.*, 1 from told
    where not exists (select from changes)
      and (type <> 'customer.subscription.created' or not exists (select from told where type <> 'customer.subscription.created'))
  )
  select
    (array_agg(stripe_event_id order by stripe_event_id desc))[1], v_second,
    (array_agg(facts order by stripe_event_id desc))[1],
    count(distinct facts) = 1 and max(balance) = 1
      and not exists (
        select from told
        where exists (select from changes) and facts not in (select facts from balances)
      )
  into v
  from candidates;

  if v.event_id is null then
    -- The changes of this second lead back to where they began.
    with told as (
      select stripe_event_id, type, facts, facts_before
      from private.payment_events
      where object_id = subscription and created = v_second and source = 'webhook'
        and private.event_subject(type) = 'subscription'
    )
    select stripe_event_id, v_second, told.facts, true into v
    from told
    where told.facts = coalesce(
      (select born.facts from told as born where born.type = 'customer.subscription.created'),
      (private.subscription_at(subscription, v_second - interval '1 second')).facts
    )
    order by stripe_event_id desc
    limit 1;
    if not found then
      select stripe_event_id, v_second, facts, false into v
      from private.payment_events
      where object_id = subscription and created = v_second and type = 'customer.subscription.updated'
      order by stripe_event_id desc
      limit 1;
    end if;
  end if;

  if v_seen.created = v_second then
    -- Heard and seen within one second: what was seen holds. If it is not what was heard, another look must say the same.
    select
      v.facts = v_seen.facts and bool_and(facts = v_seen.facts) or count(*) filter (where facts = v_seen.facts) >= 2
    into v_seen.certain
    from private.payment_events
    where object_id = subscription and created = v_second and type = 'reconcile.subscription';
    return v_seen;
  end if;
  return v;
end
$$;
