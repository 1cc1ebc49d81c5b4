-- What the job tenant.delete asks and does, in the words of private.purge_tenant().

create or replace function private.tenant_deletion(tenant_id text) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'purged', deletion.purged_at is not null,
    'at_gateway', exists (select from public.tenants as tenant where tenant.id = deletion.tenant_id),
    -- A voice service that never answers must not keep the data alive.
    'gateway_given_up', deletion.asked_at < private.now() - interval '6 hours',
    'stripe_subscriptions', coalesce((
      select jsonb_agg(subscription.stripe_subscription_id)
      from mgmt.subscriptions as subscription
      where subscription.tenant_id = deletion.tenant_id and subscription.stripe_subscription_id is not null
        and subscription.ended_at is null
    ), '[]'),
    'files', coalesce((
      select jsonb_agg(jsonb_build_object('bucket', file.bucket_id, 'name', file.name))
      from storage.objects as file
      where starts_with(file.name, deletion.tenant_id || '/')
    ), '[]')
  )
  from private.tenant_deletions as deletion
  where deletion.tenant_id = tenant_deletion.tenant_id
$$;
comment on function private.tenant_deletion(text) is 'What the job tenant.delete still has to do: { purged, at_gateway, gateway_given_up, stripe_subscriptions: [id], files: [{ bucket, name }] }; null when nobody asked for it.';
