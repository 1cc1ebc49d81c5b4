-- When a plan that is not paid ends on day 30, Stripe says a moment later that it was canceled then, not on day 30: the free plan
-- after it begins anew, and its Owner was told a second time. A subscription ends once, so that is what is told of.

create or replace function private.tell_of_plan() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  v_before text;
  v_status_before text;
  v_ended text;
begin
  if tg_op = 'UPDATE' then
    v_before := old.plan_id;
    v_status_before := old.status;
  else
    select earlier.plan_id, earlier.stripe_subscription_id into v_before, v_ended
    from mgmt.subscriptions as earlier
    where earlier.tenant_id = new.tenant_id and earlier.ended_at is not null
    order by earlier.ended_at desc
    limit 1;
  end if;
  if new.status = 'past_due' and v_status_before is distinct from 'past_due' then
    perform private.notify(
      new.tenant_id, 'owner', 'payment_failed', to_char(new.grace_period_end at time zone 'UTC', 'YYYYMMDDHH24MISS'),
      jsonb_build_object('grace_period_end', new.grace_period_end)
    );
  elsif new.status = 'suspended' and v_status_before is distinct from 'suspended' then
    perform private.notify(
      new.tenant_id, 'owner', 'plan_paused', to_char(new.grace_period_end at time zone 'UTC', 'YYYYMMDDHH24MISS'),
      jsonb_build_object('grace_period_end', new.grace_period_end)
    );
  end if;
  if v_before <> new.plan_id then
    perform private.notify(
      new.tenant_id, 'owner', 'plan_changed',
      case
        when new.stands_in and v_ended is not null then new.plan_id || ' after ' || v_ended
        else new.plan_id || to_char(
          case tg_op
            when 'INSERT' then new.started_at
            else greatest(new.started_at, new.sessions_counted_from, new.current_period_start)
          end at time zone 'UTC', ' YYYYMMDDHH24MISS'
        )
      end,
      jsonb_build_object('plan', (select plan.name from mgmt.subscription_plans as plan where plan.id = new.plan_id))
    );
  end if;
  return null;
end
$$;
