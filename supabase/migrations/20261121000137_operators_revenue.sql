-- Revenue, from what Stripe said and when it happened: the log of events is the only source, so a replay of it or a late
-- delivery changes these numbers exactly as far as it must.

create function private.recurring_revenue(at timestamptz)
returns table (tenant_id text, plan_id text, billing_interval text, currency text, monthly_cents numeric)
language sql stable security definer set search_path = ''
as $$
  select
    newest.tenant_id, newest.facts ->> 'plan', newest.facts ->> 'interval', newest.price ->> 'currency',
    (newest.price ->> 'unit_amount')::numeric / case newest.facts ->> 'interval' when 'yearly' then 12 else 1 end
  from (
    select distinct on (event.object_id)
      event.tenant_id, event.facts, event.payload #> '{data,object,items,data,0,price}' as price
    from private.payment_events as event
    where event.created < recurring_revenue.at and event.tenant_id is not null
      and event.type in (
        'customer.subscription.created', 'customer.subscription.updated', 'customer.subscription.deleted',
        'reconcile.subscription'
      )
    -- Stripe's clock has whole seconds. Within one an end comes last, and what pays comes after what does not yet.
    order by
      event.object_id, event.created desc, event.facts ? 'ended_at' desc,
      event.facts ->> 'status' in ('active', 'past_due') desc, event.stripe_event_id
  ) as newest
  where newest.facts ->> 'status' in ('active', 'past_due')
$$;
revoke execute on function private.recurring_revenue(timestamptz) from public;
comment on function private.recurring_revenue(timestamptz) is 'What paying tables bring per month, as of a moment: cents, a year''s price by twelve. One row per running subscription at Stripe.';

create function mgmt.admin_revenue(months int default 12) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_now timestamptz := private.now();
  v_months int := least(greatest(coalesce(admin_revenue.months, 12), 1), 36);
begin
  perform private.as_operator('admin_revenue', null, jsonb_build_object('months', v_months));
  return jsonb_build_object('as_of', v_now, 'months', (
    select jsonb_agg(jsonb_build_object(
      'month', to_char(span.starts at time zone 'UTC', 'YYYY-MM'),
      'currencies', (
        select coalesce(jsonb_object_agg(moved.currency, to_jsonb(moved) - 'currency'), '{}')
        from (
          select
            coalesce(later.currency, earlier.currency) as currency,
            round(coalesce(sum(later.cents), 0)) as mrr_cents,
            count(*) filter (where later.cents > 0) as paying,
            count(*) filter (where later.cents > 0 and earlier.cents is null) as new,
            round(coalesce(sum(later.cents) filter (where earlier.cents is null), 0)) as new_cents,
            count(*) filter (where later.cents is null and earlier.cents > 0) as lost,
            round(coalesce(sum(earlier.cents) filter (where later.cents is null), 0)) as lost_cents,
            round(coalesce(sum(later.cents - earlier.cents) filter (where later.cents > earlier.cents), 0)) as up_cents,
            round(coalesce(sum(earlier.cents - later.cents) filter (where later.cents < earlier.cents), 0)) as down_cents
          from (
            select tenant_id, currency, sum(monthly_cents) as cents
            from private.recurring_revenue(least(span.ends, v_now)) group by 1, 2
          ) as later
          full join (
            select tenant_id, currency, sum(monthly_cents) as cents
            from private.recurring_revenue(span.starts) group by 1, 2
          ) as earlier using (tenant_id, currency)
          group by 1
        ) as moved
      ),
      'by_plan', (
        select coalesce(jsonb_agg(to_jsonb(counted) order by counted.mrr_cents desc), '[]')
        from (
          select plan_id, billing_interval, currency, count(*) as tables, round(sum(monthly_cents)) as mrr_cents
          from private.recurring_revenue(least(span.ends, v_now)) group by 1, 2, 3
        ) as counted
      ),
      'received', (
        select coalesce(jsonb_object_agg(taken.currency, taken.cents), '{}')
        from (
          select
            payment.currency,
            sum(case payment.kind when 'refund' then -payment.amount_cents else payment.amount_cents end) as cents
          from mgmt.payments as payment
          where payment.status = 'succeeded' and payment.occurred_at >= span.starts and payment.occurred_at < span.ends
          group by 1
        ) as taken
      ),
      'trials', (
        select jsonb_build_object(
          'ended', count(*),
          'paying', count(*) filter (where exists (
            select from private.recurring_revenue(v_now) as paying where paying.tenant_id = trial.tenant_id
          ))
        )
        from mgmt.subscriptions as trial
        where trial.trial_end >= span.starts and trial.trial_end < span.ends and trial.stripe_subscription_id is null
      )
    ) order by span.starts)
    from (
      select month as starts, month + interval '1 month' as ends
      from generate_series(0, v_months - 1) as back
      cross join lateral (
        select (date_trunc('month', v_now at time zone 'UTC') - make_interval(months => back)) at time zone 'UTC' as month
      ) as named
    ) as span
  ));
end
$$;
revoke execute on function mgmt.admin_revenue(int) from public;
grant execute on function mgmt.admin_revenue(int) to authenticated;
comment on function mgmt.admin_revenue(int) is 'Super admins: per month (UTC, 1 to 36, the running one last): { month, currencies: { usd: { mrr_cents, paying, new, new_cents, lost, lost_cents, up_cents, down_cents } }, by_plan, received, trials: { ended, paying } }. 403 forbidden.';

create function private.webhook_health() returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'received_day', count(*) filter (where event.received_at > private.now() - interval '1 day'),
    'failed', count(*) filter (where event.outcome = 'failed'),
    'last_received', max(event.received_at) filter (where event.source = 'webhook'),
    'oldest_failed', min(event.received_at) filter (where event.outcome = 'failed')
  )
  from private.payment_events as event
  where event.received_at > private.now() - interval '30 days'
$$;
revoke execute on function private.webhook_health() from public;
comment on function private.webhook_health() is 'Deliveries of Stripe in the last 30 days, and those that could not be applied.';

create or replace function mgmt.admin_overview() returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_now timestamptz := private.now();
begin
  perform private.as_operator('admin_overview');
  return jsonb_build_object(
    'as_of', v_now,
    'mode', private.deployment_mode(),
    'on_air', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'session_id', session.id, 'tenant_id', session.tenant_id, 'tenant_name', tenant.name, 'state', session.state,
        'started_at', session.started_at, 'last_heartbeat', session.last_heartbeat, 'is_lost', private.is_stuck(session)
      ) order by private.is_stuck(session) desc, session.started_at), '[]')
      from public.sessions as session
      left join public.tenants as tenant on tenant.id = session.tenant_id
      where session.state <> 'ended'
    ),
    'failed_starts', (
      select jsonb_build_object(
        'hour', count(*) filter (where request.created_at > v_now - interval '1 hour'),
        'day', count(*),
        'by_code', coalesce((
          select jsonb_object_agg(counted.error_code, counted.times)
          from (
            select each.error_code, count(*) as times from mgmt.session_requests as each
            where each.state = 'failed' and each.created_at > v_now - interval '24 hours' group by 1
          ) as counted
        ), '{}')
      )
      from mgmt.session_requests as request
      where request.state = 'failed' and request.created_at > v_now - interval '24 hours'
    ),
    'queue', private.queue_state(),
    'webhooks', private.webhook_health(),
    'mrr', (
      select coalesce(jsonb_object_agg(summed.currency, summed.cents), '{}')
      from (
        select currency, round(sum(monthly_cents)) as cents from private.recurring_revenue(v_now) group by 1
      ) as summed
    ),
    'tables', (
      select jsonb_build_object(
        'all', count(*),
        'new_day', count(*) filter (where tenant.created_at > v_now - interval '1 day'),
        'new_week', count(*) filter (where tenant.created_at > v_now - interval '7 days'),
        'new_month', count(*) filter (where tenant.created_at > v_now - interval '30 days'),
        'played_in_month', count(*) filter (where exists (
          select from public.sessions as session
          where session.tenant_id = tenant.id and session.activated_at > v_now - interval '30 days'
        ))
      )
      from public.tenants as tenant
    ),
    'subscriptions', (
      select coalesce(jsonb_object_agg(counted.status, counted.times), '{}')
      from (
        select subscription.status, count(*) as times
        from mgmt.subscriptions as subscription
        where subscription.ended_at is null and (subscription.status <> 'trialing' or subscription.trial_end > v_now)
        group by 1
      ) as counted
    )
  );
end
$$;
comment on function mgmt.admin_overview() is 'Super admins: what runs and what fails now: { as_of, mode, on_air, failed_starts: { hour, day, by_code }, queue: { outbox, queues, dead_letters }, webhooks, mrr by currency in cents, tables, subscriptions by status }. 403 forbidden.';
