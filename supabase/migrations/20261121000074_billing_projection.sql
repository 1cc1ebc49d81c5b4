-- From Stripe's subscriptions and the clock to mgmt.subscriptions: who had which plan when, with one live row.
--
-- The rows are computed whole, every time, from what is known of Stripe and from the rows of our own (the one that
-- signing up made). So it does not matter in which order things became known, and jobs and webhooks cannot disagree.

-- An upgrade at Stripe says itself when it happened; only for a plan that is changed by hand this moment counts.
drop trigger restart_count_on_upgrade on mgmt.subscriptions;
create trigger restart_count_on_upgrade before update of plan_id on mgmt.subscriptions
  for each row when (new.plan_id <> old.plan_id and new.stripe_subscription_id is null)
  execute function private.restart_count_on_upgrade();

create function private.lock_billing(tenant text) returns void
language sql security definer set search_path = ''
as $$
  insert into private.session_gates as gate (tenant_id, starts)
  values (lock_billing.tenant, 0)
  on conflict (tenant_id) do update set starts = gate.starts
$$;
revoke execute on function private.lock_billing(text) from public;
comment on function private.lock_billing(text) is 'Whatever changes a tenant''s plan first takes the row that starts of sessions queue on, then the subscription: as the gate does.';

create function private.subscription_standing(
  subscription private.stripe_subscriptions, out status text, out grace_period_end timestamptz
)
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_latest mgmt.invoices;
  v_known boolean;
begin
  status := case subscription.status
    when 'unpaid' then 'past_due' when 'incomplete_expired' then 'canceled' else subscription.status
  end;
  if status not in ('active', 'past_due') then
    return;
  end if;
  select * into v_latest
  from mgmt.invoices as invoice
  where invoice.stripe_subscription_id = subscription.stripe_subscription_id
  order by invoice.issued_at desc, (invoice.stripe_invoice_id = subscription.latest_invoice) desc nulls last, invoice.stripe_invoice_id desc
  limit 1;
  v_known := v_latest.id is not null and (
    subscription.latest_invoice is null
    or v_latest.issued_at >= subscription.observed_at
    or exists (select from mgmt.invoices as invoice where invoice.stripe_invoice_id = subscription.latest_invoice)
  );
  -- News of the invoice may be here before news of the subscription.
  if v_known and v_latest.status = 'paid' then
    status := 'active';
  elsif v_known and v_latest.status = 'open' and v_latest.attempts > 0 and not subscription.pending_update
    and v_latest.observed_at >= subscription.observed_at
  then
    status := 'past_due';
  end if;

  if status = 'past_due' then
    grace_period_end := interval '7 days' + coalesce(
      -- The first invoice of this stretch that was not paid; retries do not move it.
      (
        select min(invoice.issued_at)
        from mgmt.invoices as invoice
        where invoice.stripe_subscription_id = subscription.stripe_subscription_id
          and invoice.status in ('open', 'uncollectible') and invoice.attempts > 0
          and invoice.issued_at > coalesce((
            select max(paid.issued_at)
            from mgmt.invoices as paid
            where paid.stripe_subscription_id = subscription.stripe_subscription_id and paid.status = 'paid'
          ), '-infinity')
      ),
      subscription.unpaid_since, subscription.observed_at
    );
  end if;
end
$$;
revoke execute on function private.subscription_standing(private.stripe_subscriptions) from public;
comment on function private.subscription_standing(private.stripe_subscriptions) is 'Our status of a subscription at Stripe, and until when sessions go on although a payment failed.';

-- What the clock does to a row, exactly as private.entitlement() says it.
create function private.settled(subscription mgmt.subscriptions) returns mgmt.subscriptions
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_now constant timestamptz := private.now();
  v mgmt.subscriptions := subscription;
begin
  if v.ended_at is not null then
    return v;
  end if;
  if v.status = 'trialing' and v.stripe_subscription_id is null and v.trial_end <= v_now then
    v.ended_at := v.trial_end;
    return v;
  end if;
  if v.status in ('past_due', 'suspended') and v.grace_period_end + interval '23 days' <= v_now then
    -- Day 30 after the payment that failed.
    v.status := 'canceled';
    v.ended_at := v.grace_period_end + interval '23 days';
    v.canceled_at := coalesce(v.canceled_at, v.ended_at);
    return v;
  end if;
  if v.status = 'past_due' and v.grace_period_end <= v_now then
    v.status := 'suspended';
  end if;
  -- A paid period is renewed by Stripe's word alone, but a change that was agreed on happens in time.
  if v.status in ('active', 'past_due', 'suspended') and v.current_period_end <= v_now and not v.cancel_at_period_end
    and (v.stripe_subscription_id is null or v.next_plan_id is not null)
  then
    v.period_anchor := coalesce(v.period_anchor, v.current_period_end);
    select month_start, month_end into v.current_period_start, v.current_period_end
    from private.month_window(v.period_anchor, v_now);
    v.plan_id := coalesce(v.next_plan_id, v.plan_id);
    v.billing_interval := coalesce(v.next_billing_interval, v.billing_interval);
    v.next_plan_id := null;
    v.next_billing_interval := null;
  end if;
  return v;
end
$$;
revoke execute on function private.settled(mgmt.subscriptions) from public;
comment on function private.settled(mgmt.subscriptions) is 'A subscription''s row as it should read at private.now().';

create function private.subscription_row(known private.stripe_subscriptions) returns mgmt.subscriptions
language plpgsql stable security definer set search_path = ''
as $$
declare
  v mgmt.subscriptions;
begin
  v.tenant_id := known.tenant_id;
  v.stripe_customer_id := known.stripe_customer_id;
  v.stripe_subscription_id := known.stripe_subscription_id;
  v.plan_id := known.plan_id;
  v.billing_interval := known.billing_interval;
  v.next_plan_id := known.next_plan_id;
  v.next_billing_interval := known.next_billing_interval;
  v.current_period_start := known.period_start;
  v.current_period_end := known.period_end;
  v.trial_end := known.trial_end;
  v.cancel_at_period_end := known.cancel_at_period_end;
  v.canceled_at := known.canceled_at;
  v.started_at := known.started_at;
  v.ended_at := known.ended_at;
  v.sessions_counted_from := known.upgraded_at;
  v.stands_in := false;
  select status, grace_period_end into v.status, v.grace_period_end from private.subscription_standing(known);
  return private.settled(v);
end
$$;
revoke execute on function private.subscription_row(private.stripe_subscriptions) from public;

create function private.stand_in(tenant text, since timestamptz, until timestamptz) returns mgmt.subscriptions
language plpgsql stable security definer set search_path = ''
as $$
declare
  v mgmt.subscriptions;
begin
  v.tenant_id := tenant;
  v.plan_id := 'apprentice';
  v.status := 'active';
  v.billing_interval := 'monthly';
  v.cancel_at_period_end := false;
  v.started_at := since;
  v.ended_at := until;
  v.period_anchor := since;
  v.stands_in := true;
  select month_start, month_end into v.current_period_start, v.current_period_end
  from private.month_window(since, greatest(since, least(private.now(), until - interval '1 microsecond')));
  return v;
end
$$;
revoke execute on function private.stand_in(text, timestamptz, timestamptz) from public;
comment on function private.stand_in(text, timestamptz, timestamptz) is 'The free plan between two others, or since the last one ended (until is null).';

create function private.billing_history(tenant text) returns setof mgmt.subscriptions
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_rows mgmt.subscriptions[] := '{}';
  v_row mgmt.subscriptions;
  v_known private.stripe_subscriptions;
  v_stored timestamptz;
  v_covered timestamptz;
  v_live int;
begin
  for v_known in
    select * from private.stripe_subscriptions as known
    where known.tenant_id = billing_history.tenant and known.has_run
    order by known.started_at, known.stripe_subscription_id
  loop
    v_rows := v_rows || private.subscription_row(v_known);
  end loop;
  -- Bought twice: the later one is the plan, until it ends before the other.
  for place in reverse cardinality(v_rows) .. 1 loop
    if v_rows[place].ended_at is null then
      if v_live is null then
        v_live := place;
      else
        v_row := v_rows[place];
        v_row.ended_at := v_rows[v_live].started_at;
        v_rows[place] := v_row;
      end if;
    end if;
  end loop;

  for v_row in
    select * from mgmt.subscriptions as own
    where own.tenant_id = billing_history.tenant and not own.stands_in
      and not exists (
        select from private.stripe_subscriptions as known where known.stripe_subscription_id = own.stripe_subscription_id
      )
  loop
    v_stored := v_row.ended_at;
    v_row := private.settled(v_row);
    -- A purchase ends the trial or the free plan that was before it.
    v_row.ended_at := least(v_stored, v_row.ended_at, (
      select min(greatest(bought.started_at, v_row.started_at))
      from unnest(v_rows) as bought
      where bought.id is null and (bought.ended_at is null or bought.ended_at > v_row.started_at)
    ));
    v_rows := v_rows || v_row;
  end loop;

  for v_row in select * from unnest(v_rows) as held order by held.started_at loop
    if v_covered < v_row.started_at then
      v_rows := v_rows || private.stand_in(tenant, v_covered, v_row.started_at);
    end if;
    v_covered := greatest(v_covered, coalesce(v_row.ended_at, 'infinity'));
  end loop;
  if v_covered < 'infinity' then
    v_rows := v_rows || private.stand_in(tenant, v_covered, null);
  end if;
  return query select * from unnest(v_rows);
end
$$;
revoke execute on function private.billing_history(text) from public;
comment on function private.billing_history(text) is 'The rows that mgmt.subscriptions should have of a tenant, own rows with their id: every moment since the first one has a plan.';

create function private.project_billing(tenant text) returns int
language plpgsql security definer set search_path = ''
as $$
declare
  v_wanted mgmt.subscriptions[];
  v mgmt.subscriptions;
  v_known mgmt.subscriptions;
  v_changed int := 0;
begin
  perform private.lock_billing(tenant);
  v_wanted := array(select wanted from private.billing_history(tenant) as wanted);

  delete from mgmt.subscriptions as known
  where known.tenant_id = project_billing.tenant and known.stands_in and not exists (
    select from unnest(v_wanted) as wanted where wanted.stands_in and wanted.started_at = known.started_at
  );
  get diagnostics v_changed = row_count;

  -- What ends, ends before something else is live: there is one live row at any time.
  for v in select * from unnest(v_wanted) as wanted order by wanted.ended_at is null, wanted.started_at loop
    select * into v_known
    from mgmt.subscriptions as known
    where known.tenant_id = v.tenant_id and (
      known.id = v.id or known.stripe_subscription_id = v.stripe_subscription_id
      or known.stands_in and v.stands_in and known.started_at = v.started_at
    );
    if not found then
      v.id := gen_random_uuid();
      v.created_at := now();
      v.updated_at := now();
      insert into mgmt.subscriptions select v.*;
      v_changed := v_changed + 1;
      continue;
    end if;
    v.id := v_known.id;
    v.created_at := v_known.created_at;
    v.updated_at := v_known.updated_at;
    if v is distinct from v_known then
      update mgmt.subscriptions set
        tenant_id = v.tenant_id, plan_id = v.plan_id, next_plan_id = v.next_plan_id, status = v.status,
        billing_interval = v.billing_interval, next_billing_interval = v.next_billing_interval,
        stripe_customer_id = v.stripe_customer_id, current_period_start = v.current_period_start,
        current_period_end = v.current_period_end, period_anchor = v.period_anchor,
        sessions_counted_from = v.sessions_counted_from, trial_end = v.trial_end,
        cancel_at_period_end = v.cancel_at_period_end, canceled_at = v.canceled_at,
        grace_period_end = v.grace_period_end, started_at = v.started_at, ended_at = v.ended_at
      where id = v.id;
      v_changed := v_changed + 1;
    end if;
  end loop;

  update mgmt.invoices as invoice
  set subscription_id = subscription.id
  from mgmt.subscriptions as subscription
  where invoice.tenant_id = project_billing.tenant
    and subscription.stripe_subscription_id = invoice.stripe_subscription_id
    and invoice.subscription_id is distinct from subscription.id;
  return v_changed;
end
$$;
revoke execute on function private.project_billing(text) from public;
comment on function private.project_billing(text) is 'Writes a tenant''s subscriptions as they should be now, and returns how many rows that changed. Definer: whoever brings news may not write plans.';
