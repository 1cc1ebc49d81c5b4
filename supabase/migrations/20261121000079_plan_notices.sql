-- Owners hear of what happens to their plan: a payment that failed, a plan that rests, another plan, a trial that ends soon.
-- Each is told once: the subject names what happened and when, not the row.

create function private.tell_of_plan() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  v_before text;
  v_status_before text;
begin
  if tg_op = 'UPDATE' then
    v_before := old.plan_id;
    v_status_before := old.status;
  else
    select earlier.plan_id into v_before
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
      new.plan_id || to_char(
        case tg_op
          when 'INSERT' then new.started_at
          else greatest(new.started_at, new.sessions_counted_from, new.current_period_start)
        end at time zone 'UTC', ' YYYYMMDDHH24MISS'
      ),
      jsonb_build_object('plan', (select plan.name from mgmt.subscription_plans as plan where plan.id = new.plan_id))
    );
  end if;
  return null;
end
$$;
revoke execute on function private.tell_of_plan() from public;
comment on function private.tell_of_plan() is 'Trigger of live subscriptions that Stripe or the clock changes. Plans that signing up or an operator gives are no news.';

create trigger tell_of_plan after insert or update of plan_id, status on mgmt.subscriptions
  for each row when (new.ended_at is null and (new.stripe_subscription_id is not null or new.stands_in))
  execute function private.tell_of_plan();

create or replace function private.expire_trials() returns int
language plpgsql security definer set search_path = ''
as $$
begin
  if private.deployment_mode() = 'managed' then
    perform private.notify(
      trial.tenant_id, 'owner', 'trial_ending', to_char(trial.trial_end at time zone 'UTC', 'YYYYMMDDHH24MISS'),
      jsonb_build_object('trial_end', trial.trial_end)
    )
    from mgmt.subscriptions as trial
    where trial.ended_at is null and trial.status = 'trialing'
      and trial.trial_end > private.now() and trial.trial_end <= private.now() + interval '3 days';
  end if;
  return private.project_due(array(select private.due_tenants('expire_trials')));
end
$$;
comment on function private.expire_trials() is 'Puts tenants whose trial is over on the free plan, from the moment it ended, and tells owners three days ahead. Returns rows changed.';
