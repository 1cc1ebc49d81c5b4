-- A license that was issued here before its table was made belongs to no table yet. Installing it left that so: the Owner was
-- told that it is installed, and had nothing of it.

update mgmt.licenses as license set tenant_id = license.table_id
where license.kind = 'installed' and license.tenant_id is null
  and exists (select from public.tenants as tenant where tenant.id = license.table_id);
delete from mgmt.licenses where kind = 'installed' and tenant_id is null;
alter table mgmt.licenses drop constraint licenses_installed_here;
alter table mgmt.licenses add constraint licenses_installed_here
  check (kind = 'issued' or (tenant_id is not null and tenant_id = table_id));

create or replace function private.install_license(tenant_id text, claims jsonb, key_fingerprint text) returns mgmt.licenses
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
  -- The same key again; one that was issued here is now installed here as well. Never another table's.
  on conflict (id) do update
    set kind = 'installed', tenant_id = excluded.tenant_id, key_fingerprint = excluded.key_fingerprint
    where license.table_id = excluded.table_id
  returning * into v;
  if v.id is null then
    perform private.fail('conflict', 'A license of this id belongs to another table.', 'Ask for a new key.');
  end if;
  return v;
end
$$;
