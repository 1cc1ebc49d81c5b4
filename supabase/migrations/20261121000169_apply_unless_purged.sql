-- Applying an event as 151 has it, and leaving alone what Stripe says of a deleted table as 156 has it: the one was written beside
-- the other.
--
-- A table is gone when its row is, and that may be the voice service's doing, a moment before the purge: so the deletion
-- remembers the customers from its beginning.

create or replace function private.is_of_purged_table(event private.payment_events) returns boolean
language plpgsql stable security definer set search_path = ''
as $$
begin
  return not exists (
      select from private.stripe_customers as known where known.stripe_customer_id = event.customer_id
    )
    and exists (
      select from private.tenant_deletions as deletion
      where (
          deletion.tenant_id = private.event_tenant_named(event.payload #> '{data,object}')
          or deletion.stripe_customers @> array[event.customer_id]
        )
        and not exists (select from public.tenants as tenant where tenant.id = deletion.tenant_id)
    );
end
$$;

create or replace function mgmt.delete_tenant(confirm_name text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_tenant text := private.lock_members('tenant_owner');
  v_name text := (select tenant.name from public.tenants as tenant where tenant.id = v_tenant);
begin
  if btrim(confirm_name) is distinct from btrim(v_name) then
    perform private.fail('validation', 'confirm_name: must be the name of the table.', 'Type the name exactly as it is shown.');
  end if;
  -- Locks in the order in which others take them: the invitation (whoever is joining), the gate (starts and news of
  -- payments queue on it, so none slips in after the check), the table's row (new members and plans refer to it).
  update mgmt.invites as invite set revoked_at = private.now()
  where invite.tenant_id = v_tenant and invite.used_at is null and invite.revoked_at is null;
  insert into private.session_gates as gate (tenant_id, starts) values (v_tenant, 1)
  on conflict (tenant_id) do update set starts = gate.starts + 1;
  perform from public.tenants as tenant where tenant.id = v_tenant for update;
  if exists (select from public.sessions as session where session.tenant_id = v_tenant and session.state <> 'ended') then
    perform private.fail('session_live', 'A session is on air.', 'End it first.');
  end if;

  insert into private.tenant_deletions (tenant_id, name, asked_by, members, asked_at, stripe_customers)
  select
    v_tenant, v_name, auth.uid(), coalesce(array_agg(member.id), '{}'), private.now(),
    array(select customer.stripe_customer_id from private.stripe_customers as customer where customer.tenant_id = v_tenant)
  from mgmt.users as member where member.tenant_id = v_tenant and member.deleted_at is null;
  -- In the bin a campaign is not started, whoever asks.
  update mgmt.campaigns as campaign set deleted_at = private.now()
  where campaign.tenant_id = v_tenant and campaign.deleted_at is null;
  perform private.enqueue('tenant.delete', jsonb_build_object('tenant_id', v_tenant));
  -- Last: from here on the caller is a member of nothing.
  update mgmt.users as member set deleted_at = private.now()
  where member.tenant_id = v_tenant and member.deleted_at is null;
  return jsonb_build_object('tenant_id', v_tenant);
end
$$;

create or replace function private.purge_tenant(tenant_id text) returns boolean
language plpgsql security definer set search_path = ''
as $$
begin
  perform from private.tenant_deletions as deletion
  where deletion.tenant_id = purge_tenant.tenant_id and deletion.purged_at is null
  for update;
  if not found then
    return false;
  end if;
  -- First what news of payments takes first, so that the two wait for each other and never in a circle.
  if exists (select from public.tenants as tenant where tenant.id = purge_tenant.tenant_id) then
    perform private.lock_billing(purge_tenant.tenant_id);
  end if;
  update private.tenant_deletions as deletion
  set purged_at = private.now(), stripe_customers = array(
    select unnest(deletion.stripe_customers)
    union
    select customer.stripe_customer_id from private.stripe_customers as customer
    where customer.tenant_id = purge_tenant.tenant_id
  )
  where deletion.tenant_id = purge_tenant.tenant_id;
  -- What names the tenant by a foreign key goes with it; the gateway's own tables have none.
  delete from public.tenants as tenant where tenant.id = purge_tenant.tenant_id;
  delete from public.npc_definitions as npc where npc.tenant_id = purge_tenant.tenant_id;
  delete from public.sessions as session where session.tenant_id = purge_tenant.tenant_id;
  delete from public.usage_records as usage where usage.tenant_id = purge_tenant.tenant_id;
  execute format('drop schema if exists %I cascade', private.tenant_schema(purge_tenant.tenant_id));
  return true;
end
$$;

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

  if private.is_of_purged_table(v) then
    outcome := 'ignored';
    return;
  end if;

  tenant := private.event_tenant(v);
  begin
    perform private.lock_billing(tenant);
  exception when foreign_key_violation then
    -- Purged while this waited for it.
    if not private.is_of_purged_table(v) then
      raise;
    end if;
    tenant := null;
    outcome := 'ignored';
    return;
  end;
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

comment on column private.tenant_deletions.stripe_customers is 'Its customers at Stripe.';
