-- The price list is a page for everybody, where there is something to buy. Who is not signed in reads the plans and nothing
-- else, so the plans themselves say whether this installation sells them.

alter table mgmt.subscription_plans add column offered boolean not null default false;
comment on column mgmt.subscription_plans.offered is 'Whether this installation sells plans: true in managed mode. Kept by a trigger on the setting.';
update mgmt.subscription_plans set offered = private.deployment_mode() = 'managed';

alter policy "Everybody reads the active plans" on mgmt.subscription_plans using (active and offered);

create function private.offer_plans() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  update mgmt.subscription_plans set offered = (new.value = '"managed"');
  return null;
end
$$;
revoke execute on function private.offer_plans() from public;
comment on function private.offer_plans() is 'Offers the plans where the mode is managed. Definer: who sets the mode need not own the plans.';

create trigger offer_plans after insert or update of value on private.settings
  for each row when (new.key = 'deployment.mode') execute function private.offer_plans();

-- A plan that is made later is offered where the others are.
create function private.offer_plan() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  new.offered := private.deployment_mode() = 'managed';
  return new;
end
$$;
revoke execute on function private.offer_plan() from public;
comment on function private.offer_plan() is 'As offer_plans(), for a new plan. Definer: reads the settings.';

create trigger offer_plan before insert on mgmt.subscription_plans
  for each row execute function private.offer_plan();
