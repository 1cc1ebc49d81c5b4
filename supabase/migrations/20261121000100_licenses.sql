-- License keys: what a self-hosted installation may do beyond the free core, and which keys this one has given out.
--
-- A key is a token signed with Ed25519. Postgres cannot check that signature, so it takes claims only from who has checked:
-- the edge function `licenses`, under the service role. No key text is ever stored (docs/decisions/licenses.md).

create table mgmt.licenses (
  id uuid primary key,
  kind text not null,
  tenant_id text references public.tenants (id) on delete cascade,
  table_id text not null,
  licensee text not null,
  features text[] not null,
  issued_at timestamptz not null,
  expires_at timestamptz not null,
  key_fingerprint text not null,
  created_at timestamptz not null default private.now(),
  updated_at timestamptz not null default now(),
  constraint licenses_kind_known check (kind in ('issued', 'installed')),
  constraint licenses_table_shape check (table_id ~ '^[a-z][a-z0-9_]{0,55}$'),
  constraint licenses_installed_here check (kind = 'issued' or tenant_id = table_id),
  constraint licenses_licensee_length check (btrim(licensee) <> '' and char_length(licensee) <= 120),
  constraint licenses_features_known check (
    features <@ array['voice_cloning', 'priority_support', 'analytics'] and cardinality(features) > 0
  ),
  constraint licenses_lasts check (expires_at > issued_at)
);
create index licenses_tenant on mgmt.licenses (tenant_id, expires_at desc) where tenant_id is not null;

alter table mgmt.licenses enable row level security;
alter table mgmt.licenses force row level security;

create policy "Owners read their table's licenses" on mgmt.licenses
  for select to authenticated using (tenant_id = (select private.tenant_as('tenant_owner')));

grant select on mgmt.licenses to authenticated, service_role;
-- NOTE: no write is granted: licenses come in by install_license() and admin_issue_license() only.

create trigger touch_updated_at before update on mgmt.licenses
  for each row execute function private.touch_updated_at();
select private.audit_writes('mgmt.licenses', 'license', 'licensee');

comment on table mgmt.licenses is 'Licenses installed in tables of this installation, and those that its operators issued. Never the key itself.';
comment on column mgmt.licenses.id is 'jti of the key.';
comment on column mgmt.licenses.tenant_id is 'The table here that it is for; null for one of another installation.';
comment on column mgmt.licenses.table_id is 'tid of the key: the table, here or elsewhere.';
comment on column mgmt.licenses.key_fingerprint is 'Thumbprint (RFC 7638) of the public key that the signature was checked with; pending for an issued one that is not signed yet.';

create function private.licensed_feature(tenant_id text, feature text) returns boolean
language sql stable security definer set search_path = ''
as $$
  select private.deployment_mode() = 'licensed' and exists (
    select from mgmt.licenses as license
    where license.tenant_id = licensed_feature.tenant_id and license.kind = 'installed'
      and licensed_feature.feature = any (license.features)
      -- 30 days of grace after its end.
      and license.expires_at + interval '30 days' > private.now()
  )
$$;
revoke execute on function private.licensed_feature(text, text) from public;
comment on function private.licensed_feature(text, text) is 'Whether an installed license gives a table this feature now, grace included. Definer: licenses are the Owner''s to read.';

create function private.has_feature(tenant_id text, feature text) returns boolean
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_plan private.entitlement;
begin
  if has_feature.feature is null
    or has_feature.feature not in ('voice_cloning', 'priority_support', 'analytics', 'knowledge_graph')
  then
    raise 'private.has_feature: there is no feature %.', has_feature.feature;
  end if;
  v_plan := private.entitlement(has_feature.tenant_id);
  return coalesce(
    case has_feature.feature
      when 'voice_cloning' then v_plan.custom_voices
      when 'priority_support' then v_plan.priority_support
      when 'knowledge_graph' then v_plan.knowledge_graph
      when 'analytics' then v_plan.mode = 'managed' or private.licensed_feature(has_feature.tenant_id, 'analytics')
    end,
    false
  );
end
$$;
revoke execute on function private.has_feature(text, text) from public;
comment on function private.has_feature(text, text) is 'Feature matrix of the billing document, section 10: managed by plan, licensed by license, selfhosted the free core. Definer: as private.entitlement().';

-- In licensed mode only a license gives more than the free core. Whatever else entitlement() says by now stays as it is.
do $$
declare
  v_old text := pg_get_functiondef('private.entitlement(text)'::regprocedure);
  v_new text;
begin
  v_new := replace(v_old,
    'v.custom_voices := v.mode = ''licensed'';',
    'v.custom_voices := private.licensed_feature(entitlement.tenant_id, ''voice_cloning'');');
  v_new := replace(v_new,
    'v.priority_support := v.mode = ''licensed'';',
    'v.priority_support := private.licensed_feature(entitlement.tenant_id, ''priority_support'');');
  if v_old not like '%v.custom_voices := v.mode%' or v_old not like '%v.priority_support := v.mode%' or v_new = v_old then
    raise 'private.entitlement() does not say any more what a license changes.';
  end if;
  execute v_new;
end
$$;

-- What a key says, after somebody else has checked its signature.
create function private.install_license(tenant_id text, claims jsonb, key_fingerprint text) returns mgmt.licenses
language plpgsql security definer set search_path = ''
as $$
declare
  v mgmt.licenses;
begin
  if private.deployment_mode() = 'managed' then
    perform private.fail('conflict', 'This installation has plans and needs no license.', 'See the plans at /billing/plans.');
  end if;
  if install_license.claims ->> 'tid' is distinct from install_license.tenant_id then
    perform private.fail('validation', 'key: This license is for another table.', 'Ask for a key with the id of this table.');
  end if;
  if to_timestamp((install_license.claims ->> 'exp')::numeric) <= private.now() then
    perform private.fail('validation', 'key: This license has ended.', 'Ask for a new one.');
  end if;
  insert into mgmt.licenses as license (
    id, kind, tenant_id, table_id, licensee, features, issued_at, expires_at, key_fingerprint
  )
  values (
    (install_license.claims ->> 'jti')::uuid, 'installed', install_license.tenant_id, install_license.tenant_id,
    install_license.claims ->> 'sub',
    array(select jsonb_array_elements_text(install_license.claims -> 'features')),
    to_timestamp((install_license.claims ->> 'iat')::numeric), to_timestamp((install_license.claims ->> 'exp')::numeric),
    install_license.key_fingerprint
  )
  -- The same key again; one that was issued here is now installed here as well.
  on conflict (id) do update set kind = 'installed', key_fingerprint = excluded.key_fingerprint
  returning * into v;
  return v;
end
$$;
revoke execute on function private.install_license(text, jsonb, text) from public;
comment on function private.install_license(text, jsonb, text) is 'Takes claims { jti, tid, sub, features, iat, exp } whose signature the caller has checked. Safe to run again. 409 conflict in managed mode, 422 validation for another table''s or an ended one.';

create function mgmt.install_license(tenant text, claims jsonb, key_fingerprint text) returns jsonb
language sql security definer set search_path = ''
as $$
  select to_jsonb(installed) - 'created_at' - 'updated_at'
  from private.install_license(install_license.tenant, install_license.claims, install_license.key_fingerprint) as installed
$$;
revoke execute on function mgmt.install_license(text, jsonb, text) from public;
grant execute on function mgmt.install_license(text, jsonb, text) to service_role;
comment on function mgmt.install_license(text, jsonb, text) is 'As private.install_license(), for the edge function that has checked the key and that its caller owns the table.';

create function mgmt.license_state() returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_tenant text := private.require_role('tenant_owner');
  v mgmt.licenses;
begin
  select * into v
  from mgmt.licenses as license
  where license.tenant_id = v_tenant and license.kind = 'installed'
  order by license.expires_at desc
  limit 1;
  return jsonb_build_object(
    'mode', private.deployment_mode(),
    'state', case
      when v.id is null then 'none'
      when v.expires_at > private.now() then 'valid'
      when v.expires_at + interval '30 days' > private.now() then 'grace'
      else 'ended'
    end,
    'licensee', v.licensee, 'features', to_jsonb(v.features), 'expires_at', v.expires_at,
    'features_end_at', v.expires_at + interval '30 days',
    'table_id', v_tenant,
    'active', (
      select jsonb_agg(feature order by feature)
      from unnest(array['voice_cloning', 'priority_support', 'analytics', 'knowledge_graph']) as feature
      where private.has_feature(v_tenant, feature)
    )
  );
end
$$;
revoke execute on function mgmt.license_state() from public;
grant execute on function mgmt.license_state() to authenticated;
comment on function mgmt.license_state() is 'Owner: { mode, state: none, valid, grace, ended; licensee, features, expires_at, features_end_at (end of grace), table_id, active (features that are on now) }.';

create function private.check_license() returns int
language plpgsql security definer set search_path = ''
as $$
declare
  v_license record;
  v_told int := 0;
begin
  if private.deployment_mode() <> 'licensed' then
    return 0;
  end if;
  for v_license in
    select distinct on (license.tenant_id) license.*
    from mgmt.licenses as license
    where license.kind = 'installed'
    order by license.tenant_id, license.expires_at desc
  loop
    -- Two weeks before, at the end, and when the features stop; each is told once.
    if v_license.expires_at <= private.now() + interval '14 days' then
      v_told := v_told + private.notify(
        v_license.tenant_id, 'owner', 'license_ending',
        v_license.id || case
          when v_license.expires_at + interval '30 days' <= private.now() then '/ended'
          when v_license.expires_at <= private.now() then '/grace'
          else '/ending'
        end,
        jsonb_build_object(
          'expires_at', v_license.expires_at, 'features_end_at', v_license.expires_at + interval '30 days'
        )
      );
    end if;
  end loop;
  return v_told;
end
$$;
revoke execute on function private.check_license() from public;
grant execute on function private.check_license() to glyphoxa_worker;
comment on function private.check_license() is 'Tells Owners of licensed tables what ends when, and returns how many it told. Features end by the clock, not by this. Safe to run again; the job license.check.';

create function mgmt.admin_issue_license(table_id text, licensee text, features text[], months int default 12) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v mgmt.licenses;
begin
  perform private.as_operator(
    'issue_license',
    (select tenant.id from public.tenants as tenant where tenant.id = admin_issue_license.table_id),
    jsonb_build_object(
      'table_id', admin_issue_license.table_id, 'licensee', admin_issue_license.licensee,
      'features', admin_issue_license.features, 'months', admin_issue_license.months
    ),
    'act'
  );
  if coalesce(admin_issue_license.table_id, '') !~ '^[a-z][a-z0-9_]{0,55}$' then
    perform private.fail('validation', 'table_id: This is no id of a table.', 'It stands under Settings, Table.');
  end if;
  if coalesce(btrim(admin_issue_license.licensee), '') = '' or char_length(admin_issue_license.licensee) > 120 then
    perform private.fail('validation', 'licensee: must have 1 to 120 characters.');
  end if;
  if admin_issue_license.months is null or admin_issue_license.months not between 1 and 36 then
    perform private.fail('validation', 'months: must be 1 to 36.');
  end if;
  if cardinality(coalesce(admin_issue_license.features, '{}')) = 0
    or not admin_issue_license.features <@ array['voice_cloning', 'priority_support', 'analytics']
  then
    perform private.fail('validation', 'features: must be some of voice_cloning, priority_support, analytics.');
  end if;
  insert into mgmt.licenses (
    id, kind, tenant_id, table_id, licensee, features, issued_at, expires_at, key_fingerprint
  )
  values (
    gen_random_uuid(), 'issued',
    (select tenant.id from public.tenants as tenant where tenant.id = admin_issue_license.table_id),
    admin_issue_license.table_id, btrim(admin_issue_license.licensee),
    array(select distinct unnest(admin_issue_license.features) order by 1), date_trunc('second', private.now()),
    date_trunc('second', private.now()) + make_interval(months => admin_issue_license.months), 'pending'
  )
  returning * into v;
  return jsonb_build_object(
    'jti', v.id, 'tid', v.table_id, 'sub', v.licensee, 'features', v.features,
    'iat', extract(epoch from v.issued_at)::bigint, 'exp', extract(epoch from v.expires_at)::bigint
  );
end
$$;
revoke execute on function mgmt.admin_issue_license(text, text, text[], int) from public;
grant execute on function mgmt.admin_issue_license(text, text, text[], int) to authenticated;
comment on function mgmt.admin_issue_license(text, text, text[], int) is 'Super admins: notes a license and returns the claims to sign. The edge function licenses signs them; the claims alone open nothing.';

create function mgmt.license_signed(license uuid, key_fingerprint text) returns void
language sql security definer set search_path = ''
as $$
  update mgmt.licenses as issued set key_fingerprint = license_signed.key_fingerprint
  where issued.id = license_signed.license and issued.key_fingerprint = 'pending'
$$;
revoke execute on function mgmt.license_signed(uuid, text) from public;
grant execute on function mgmt.license_signed(uuid, text) to service_role;
comment on function mgmt.license_signed(uuid, text) is 'Notes which key an issued license was signed with.';

create function mgmt.admin_licenses() returns setof mgmt.licenses
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.as_operator('licenses');
  return query select license.* from mgmt.licenses as license order by license.created_at desc, license.id limit 500;
end
$$;
revoke execute on function mgmt.admin_licenses() from public;
grant execute on function mgmt.admin_licenses() to authenticated;
comment on function mgmt.admin_licenses() is 'Super admins: the newest 500 licenses, issued and installed.';
