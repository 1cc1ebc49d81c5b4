-- A table's own accounts at language and voice services. The key itself lies encrypted in private.secrets; people
-- see its last four characters. Owners only. Written by the edge function `providers`, which encrypts and tests.

alter table private.secrets drop constraint secrets_name_known;
alter table private.secrets add constraint secrets_name_known
  check (name ~ '^(bot_token|provider:(llm|stt|tts|s2s|vad|embeddings))$');

create table mgmt.provider_configs (
  id uuid primary key default gen_random_uuid(),
  tenant_id text not null references public.tenants (id) on delete cascade,
  slot text not null,
  provider text not null,
  model text not null default '',
  base_url text,
  options jsonb not null default '{}',
  key_last_four text,
  last_test_at timestamptz,
  last_test_result text,
  last_test_ms int,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint provider_configs_slot_once unique (tenant_id, slot),
  constraint provider_configs_slot_known check (slot in ('llm', 'stt', 'tts', 's2s', 'vad', 'embeddings')),
  constraint provider_configs_provider_named check (provider ~ '^[a-z0-9][a-z0-9_-]{0,39}$'),
  constraint provider_configs_model_length check (char_length(model) <= 120),
  constraint provider_configs_base_url_shape check (base_url ~ '^https?://' and char_length(base_url) <= 300),
  constraint provider_configs_options_is_object check (
    jsonb_typeof(options) = 'object' and octet_length(options::text) <= 4096
  ),
  constraint provider_configs_last_four_length check (char_length(key_last_four) <= 4),
  constraint provider_configs_test_result_known check (
    last_test_result in ('ok', 'key_refused', 'quota', 'timeout', 'unreachable')
  )
);

alter table mgmt.provider_configs enable row level security;
alter table mgmt.provider_configs force row level security;

create policy "Owners read their table's service keys" on mgmt.provider_configs
  for select to authenticated using (
    tenant_id = (select private.tenant_as('tenant_owner'))
  );

grant select on mgmt.provider_configs to authenticated, service_role;
-- NOTE: no write is granted: a key is tested and encrypted on its way here.

create trigger touch_updated_at before update on mgmt.provider_configs
  for each row execute function private.touch_updated_at();

create function mgmt.set_provider(
  tenant text, slot text, provider text, model text default '', base_url text default null, options jsonb default '{}',
  ciphertext text default null, last_four text default null
) returns mgmt.provider_configs
language plpgsql security definer set search_path = ''
as $$
declare
  v_before mgmt.provider_configs;
  v_config mgmt.provider_configs;
  v_secret constant text := 'provider:' || set_provider.slot;
begin
  if not exists (select from public.tenants as known where known.id = set_provider.tenant for share) then
    perform private.fail('not_found', 'There is no such table.');
  end if;
  select * into v_before
  from mgmt.provider_configs as config
  where config.tenant_id = set_provider.tenant and config.slot = set_provider.slot
  for update;
  insert into mgmt.provider_configs as config (tenant_id, slot, provider, model, base_url, options)
  values (
    set_provider.tenant, set_provider.slot, set_provider.provider, coalesce(set_provider.model, ''),
    nullif(set_provider.base_url, ''), coalesce(set_provider.options, '{}')
  )
  on conflict on constraint provider_configs_slot_once do update
    set provider = excluded.provider, model = excluded.model, base_url = excluded.base_url, options = excluded.options
  returning * into v_config;
  if set_provider.ciphertext is not null then
    insert into private.secrets as secret (tenant_id, name, ciphertext, last_four)
    values (set_provider.tenant, v_secret, set_provider.ciphertext, coalesce(set_provider.last_four, ''))
    on conflict (tenant_id, name) do update
      set ciphertext = excluded.ciphertext, last_four = excluded.last_four, set_at = pg_catalog.now();
    v_config.key_last_four := coalesce(set_provider.last_four, '');
  elsif v_config.provider is distinct from v_before.provider or v_config.base_url is distinct from v_before.base_url then
    -- A key goes to the service it was given for, never to another address.
    delete from private.secrets as secret where secret.tenant_id = set_provider.tenant and secret.name = v_secret;
    v_config.key_last_four := null;
  end if;
  update mgmt.provider_configs as config
  set key_last_four = v_config.key_last_four,
    last_test_at = null, last_test_result = null, last_test_ms = null
  where config.id = v_config.id
  returning * into v_config;
  return v_config;
exception when check_violation then
  perform private.fail('validation', 'One of the fields is not as it must be.', 'Check slot, provider, model and address.');
end
$$;
revoke execute on function mgmt.set_provider(text, text, text, text, text, jsonb, text, text) from public;
grant execute on function mgmt.set_provider(text, text, text, text, text, jsonb, text, text) to service_role;
comment on function mgmt.set_provider(text, text, text, text, text, jsonb, text, text) is 'Sets one slot. Without ciphertext the key stays, unless service or address changed: then it is forgotten. The service role only. 404 not_found, 422 validation.';

create function mgmt.remove_provider(tenant text, slot text) returns boolean
language plpgsql security definer set search_path = ''
as $$
begin
  delete from private.secrets as secret
  where secret.tenant_id = remove_provider.tenant and secret.name = 'provider:' || remove_provider.slot;
  delete from mgmt.provider_configs as config
  where config.tenant_id = remove_provider.tenant and config.slot = remove_provider.slot;
  return found;
end
$$;
revoke execute on function mgmt.remove_provider(text, text) from public;
grant execute on function mgmt.remove_provider(text, text) to service_role;
comment on function mgmt.remove_provider(text, text) is 'Forgets a slot with its key; false when there was none. The service role only.';

create function mgmt.provider_key_ciphertext(tenant text, slot text) returns text
language sql stable security definer set search_path = ''
as $$
  select secret.ciphertext from private.secrets as secret
  where secret.tenant_id = tenant and secret.name = 'provider:' || slot
$$;
revoke execute on function mgmt.provider_key_ciphertext(text, text) from public;
grant execute on function mgmt.provider_key_ciphertext(text, text) to service_role, glyphoxa_worker;
comment on function mgmt.provider_key_ciphertext(text, text) is 'The encrypted key of a slot as set_provider() got it, or null. The service role and the worker only.';

create function mgmt.provider_tested(tenant text, slot text, result text, latency_ms int default null)
returns mgmt.provider_configs
language plpgsql security definer set search_path = ''
as $$
declare
  v_config mgmt.provider_configs;
begin
  update mgmt.provider_configs as config
  set last_test_at = private.now(), last_test_result = provider_tested.result, last_test_ms = provider_tested.latency_ms
  where config.tenant_id = provider_tested.tenant and config.slot = provider_tested.slot
  returning * into v_config;
  if not found then
    perform private.fail('not_found', 'There is no service in this slot.');
  end if;
  return v_config;
exception when check_violation then
  perform private.fail('validation', 'result: must be ok, key_refused, quota, timeout or unreachable.');
end
$$;
revoke execute on function mgmt.provider_tested(text, text, text, int) from public;
grant execute on function mgmt.provider_tested(text, text, text, int) to service_role;
comment on function mgmt.provider_tested(text, text, text, int) is 'Keeps how the last test went. The service role only. 404 not_found, 422 validation.';

create trigger announce_change after insert or update or delete on mgmt.provider_configs
  for each row execute function private.announce_change('provider_config');
select private.audit_writes('mgmt.provider_configs', 'provider_config', 'provider');

comment on table mgmt.provider_configs is 'One row per slot: llm, stt, tts, s2s, vad, embeddings. For Owners.';
comment on column mgmt.provider_configs.key_last_four is 'Last characters of the key, for recognition; null: no key is kept.';
comment on column mgmt.provider_configs.last_test_ms is 'How long the service took to answer the last test, in milliseconds.';
