-- Own voices: made at a speech service from recordings, used by NPCs as voice.provider and voice.voice_id.
--
-- pending -> processing -> ready | failed; failed -> pending (tried again); each of them -> deleting -> the row in the bin
-- with deleted_remote. ready -> deleted_remote when the service says that it has no such voice any more. The two jobs
-- voice.clone and voice.delete do the work; a job exists if and only if its row says so.

create table mgmt.voice_profiles (
  id uuid primary key default gen_random_uuid(),
  tenant_id text not null references public.tenants (id) on delete cascade,
  created_by uuid references mgmt.users (id) on delete set null,
  name text not null,
  description text not null default '',
  provider text not null,
  provider_voice_id text,
  provider_metadata jsonb not null default '{}',
  sample_ids uuid[] not null,
  consent_at timestamptz not null,
  status text not null default 'pending',
  error text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  constraint voice_profiles_name_length check (char_length(name) <= 80 and btrim(name) <> ''),
  constraint voice_profiles_description_length check (char_length(description) <= 500),
  constraint voice_profiles_provider_named check (provider ~ '^[a-z0-9][a-z0-9_-]{0,39}$'),
  constraint voice_profiles_voice_id_length check (char_length(provider_voice_id) <= 200),
  constraint voice_profiles_metadata_is_object check (jsonb_typeof(provider_metadata) = 'object'),
  constraint voice_profiles_samples_number check (cardinality(sample_ids) between 1 and 25),
  constraint voice_profiles_status_known check (
    status in ('pending', 'processing', 'ready', 'failed', 'deleting', 'deleted_remote')
  ),
  constraint voice_profiles_ready_has_voice check (status <> 'ready' or provider_voice_id is not null),
  constraint voice_profiles_error_length check (char_length(error) <= 500)
);
create index voice_profiles_tenant on mgmt.voice_profiles (tenant_id, created_at desc);
create index voice_profiles_created_by on mgmt.voice_profiles (created_by);
create unique index voice_profiles_name_once on mgmt.voice_profiles (tenant_id, lower(name)) where deleted_at is null;
-- Which recordings are in use.
create index voice_profiles_samples on mgmt.voice_profiles using gin (sample_ids);

alter table mgmt.voice_profiles enable row level security;
alter table mgmt.voice_profiles force row level security;

create policy "Dungeon Masters read their table's own voices" on mgmt.voice_profiles
  for select to authenticated using (
    tenant_id = (select private.tenant_as('dm'))
  );
create policy "Dungeon Masters rename their table's own voices" on mgmt.voice_profiles
  for update to authenticated
  using (tenant_id = (select private.tenant_as('dm')))
  with check (tenant_id = (select private.tenant_as('dm')));

grant select on mgmt.voice_profiles to authenticated, service_role;
grant update (name, description) on mgmt.voice_profiles to authenticated;
-- NOTE: insert and delete are not granted: the functions below also tell the job that does it.

create function private.check_voice_profile() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  v_taken text;
begin
  if tg_op = 'UPDATE' and new.status <> old.status and (old.status, new.status) not in (
    ('pending', 'processing'), ('processing', 'ready'), ('processing', 'failed'), ('processing', 'pending'),
    ('pending', 'failed'), ('failed', 'pending'), ('pending', 'deleting'), ('processing', 'deleting'),
    ('ready', 'deleting'), ('failed', 'deleting'), ('deleted_remote', 'deleting'), ('deleting', 'deleted_remote'),
    ('ready', 'deleted_remote')
  ) then
    perform private.fail('conflict', format('status: a voice that is %s cannot become %s.', old.status, new.status));
  end if;
  if new.deleted_at is null then
    select profile.name into v_taken
    from mgmt.voice_profiles as profile
    where profile.tenant_id = new.tenant_id and lower(profile.name) = lower(new.name)
      and profile.deleted_at is null and profile.id <> new.id;
    if found then
      perform private.fail('name_taken', format('You have a voice of that name: %s.', v_taken), 'Choose another name.');
    end if;
  end if;
  return new;
end
$$;
revoke execute on function private.check_voice_profile() from public;
comment on function private.check_voice_profile() is 'Which state may follow which (409 conflict), and says in words what the unique index would refuse (409 name_taken).';

create trigger voice_profiles_check before insert or update on mgmt.voice_profiles
  for each row execute function private.check_voice_profile();
create trigger touch_updated_at before update on mgmt.voice_profiles
  for each row execute function private.touch_updated_at();

create function private.own_voice_profile(profile uuid) returns mgmt.voice_profiles
language plpgsql security definer set search_path = ''
as $$
declare
  v_tenant text := private.require_role('dm');
  v_profile mgmt.voice_profiles;
begin
  select * into v_profile
  from mgmt.voice_profiles as known
  where known.id = own_voice_profile.profile and known.tenant_id = v_tenant and known.deleted_at is null
  for update;
  if not found then
    perform private.fail('not_found', 'This voice is not here, or not yours.');
  end if;
  return v_profile;
end
$$;
revoke execute on function private.own_voice_profile(uuid) from public;
comment on function private.own_voice_profile(uuid) is 'A voice of the caller''s table, locked. 403 forbidden, 404 not_found.';

create function private.require_custom_voices(tenant_id text) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  if (private.entitlement(require_custom_voices.tenant_id)).custom_voices is not true then
    perform private.fail('feature_locked', 'Your plan does not have own voices.', 'See the plans at /billing/plans.');
  end if;
end
$$;
revoke execute on function private.require_custom_voices(text) from public;

create function mgmt.create_voice_profile(
  name text, samples uuid[], provider text, consent boolean, description text default ''
) returns mgmt.voice_profiles
language plpgsql security definer set search_path = ''
as $$
declare
  v_tenant text := private.require_role('dm');
  v_samples uuid[];
  v_profile mgmt.voice_profiles;
begin
  perform private.require_custom_voices(v_tenant);
  if create_voice_profile.consent is not true then
    perform private.fail(
      'validation', 'consent: a voice is made only if its speaker agreed.', 'Tick the box only if the speaker agreed.'
    );
  end if;
  if create_voice_profile.name is null or char_length(btrim(create_voice_profile.name)) not between 1 and 80 then
    perform private.fail('validation', 'name: must have 1 to 80 characters.');
  end if;
  if char_length(create_voice_profile.description) > 500 then
    perform private.fail('validation', 'description: longer than 500 characters.');
  end if;
  if create_voice_profile.provider is null or create_voice_profile.provider !~ '^[a-z0-9][a-z0-9_-]{0,39}$' then
    perform private.fail('validation', 'provider: not the name of a speech service.', 'Choose one from the list.');
  end if;
  -- Locked until the voice has its row, so that none of them goes to the bin meanwhile.
  select array_agg(found.id order by array_position(create_voice_profile.samples, found.id)) into v_samples
  from (
    select sample.id
    from mgmt.voice_samples as sample
    where sample.id = any (create_voice_profile.samples) and sample.tenant_id = v_tenant
      and sample.status = 'ready' and sample.deleted_at is null
    for share
  ) as found;
  if coalesce(cardinality(create_voice_profile.samples), 0) not between 1 and 25
    or cardinality(v_samples) is distinct from cardinality(create_voice_profile.samples)
  then
    perform private.fail(
      'validation', 'samples: must be 1 to 25 different recordings that are ready.', 'Choose other recordings.'
    );
  end if;
  insert into mgmt.voice_profiles (tenant_id, created_by, name, description, provider, sample_ids, consent_at)
  values (
    v_tenant, auth.uid(), btrim(create_voice_profile.name), coalesce(create_voice_profile.description, ''),
    create_voice_profile.provider, v_samples, private.now()
  )
  returning * into v_profile;
  perform private.enqueue('voice.clone', jsonb_build_object('profile_id', v_profile.id));
  return v_profile;
end
$$;
revoke execute on function mgmt.create_voice_profile(text, uuid[], text, boolean, text) from public;
grant execute on function mgmt.create_voice_profile(text, uuid[], text, boolean, text) to authenticated;
comment on function mgmt.create_voice_profile(text, uuid[], text, boolean, text) is 'dm+: orders an own voice from ready recordings; follow its row. 402 feature_locked, 409 name_taken, 422 validation.';

create function mgmt.retry_voice_profile(profile uuid) returns mgmt.voice_profiles
language plpgsql security definer set search_path = ''
as $$
declare
  v_profile mgmt.voice_profiles := private.own_voice_profile(profile);
begin
  perform private.require_custom_voices(v_profile.tenant_id);
  if v_profile.status <> 'failed' then
    perform private.fail('conflict', 'This voice has not failed.', 'Look at its state.');
  end if;
  update mgmt.voice_profiles as known set status = 'pending', error = null where known.id = v_profile.id
  returning * into v_profile;
  perform private.enqueue('voice.clone', jsonb_build_object('profile_id', v_profile.id));
  return v_profile;
end
$$;
revoke execute on function mgmt.retry_voice_profile(uuid) from public;
grant execute on function mgmt.retry_voice_profile(uuid) to authenticated;
comment on function mgmt.retry_voice_profile(uuid) is 'dm+: orders a voice that failed once more. 402 feature_locked, 404 not_found, 409 conflict.';

create function mgmt.delete_voice_profile(profile uuid) returns mgmt.voice_profiles
language plpgsql security definer set search_path = ''
as $$
declare
  v_profile mgmt.voice_profiles := private.own_voice_profile(profile);
begin
  if v_profile.status <> 'deleting' then
    update mgmt.voice_profiles as known set status = 'deleting', error = null where known.id = v_profile.id
    returning * into v_profile;
    perform private.enqueue('voice.delete', jsonb_build_object('profile_id', v_profile.id));
  end if;
  return v_profile;
end
$$;
revoke execute on function mgmt.delete_voice_profile(uuid) from public;
grant execute on function mgmt.delete_voice_profile(uuid) to authenticated;
comment on function mgmt.delete_voice_profile(uuid) is 'dm+: deletes a voice here and at its service; no undo. NPCs keep its id until another is chosen. 404 not_found.';

-- For the two jobs. Each takes the state it expects, so that a job that runs twice does nothing twice.

create function private.take_voice_profile(profile uuid) returns mgmt.voice_profiles
language sql security definer set search_path = ''
as $$
  update mgmt.voice_profiles as known
  set status = case known.status when 'pending' then 'processing' else known.status end
  where known.id = take_voice_profile.profile and known.status in ('pending', 'processing', 'deleting')
  returning *
$$;
revoke execute on function private.take_voice_profile(uuid) from public;
grant execute on function private.take_voice_profile(uuid) to glyphoxa_worker;
comment on function private.take_voice_profile(uuid) is 'The voice to make (now processing) or to delete; no row when there is nothing to do. For the worker.';

create function private.voice_samples_of(profile uuid)
returns table (id uuid, storage_path text, filename text, mime_type text)
language sql stable security definer set search_path = ''
as $$
  select sample.id, sample.storage_path, sample.filename, sample.mime_type
  from mgmt.voice_profiles as known
  join mgmt.voice_samples as sample on sample.id = any (known.sample_ids) and sample.tenant_id = known.tenant_id
  where known.id = voice_samples_of.profile
  order by array_position(known.sample_ids, sample.id)
$$;
revoke execute on function private.voice_samples_of(uuid) from public;
grant execute on function private.voice_samples_of(uuid) to glyphoxa_worker;
comment on function private.voice_samples_of(uuid) is 'The recordings of a voice, in order. For the worker.';

create function private.settle_voice_profile(
  profile uuid, voice_id text default null, metadata jsonb default '{}', error text default null
) returns mgmt.voice_profiles
language plpgsql security definer set search_path = ''
as $$
declare
  v_profile mgmt.voice_profiles;
begin
  update mgmt.voice_profiles as known
  set
    status = case
      when known.status = 'deleting' then 'deleted_remote'
      when settle_voice_profile.error is not null then 'failed'
      else 'ready'
    end,
    provider_voice_id = coalesce(settle_voice_profile.voice_id, known.provider_voice_id),
    provider_metadata = known.provider_metadata || coalesce(settle_voice_profile.metadata, '{}'),
    error = left(settle_voice_profile.error, 500),
    deleted_at = case when known.status = 'deleting' then private.now() end
  where known.id = settle_voice_profile.profile
    and (
      known.status = 'processing'
      -- A voice that was made while it was being deleted: keep its id, so that it can be deleted there too.
      or (known.status = 'deleting' and settle_voice_profile.voice_id is null and settle_voice_profile.error is null)
    )
  returning * into v_profile;
  if not found then
    update mgmt.voice_profiles as known set provider_voice_id = settle_voice_profile.voice_id
    where known.id = settle_voice_profile.profile and known.status = 'deleting'
      and known.provider_voice_id is null and settle_voice_profile.voice_id is not null
    returning * into v_profile;
  end if;
  return v_profile;
end
$$;
revoke execute on function private.settle_voice_profile(uuid, text, jsonb, text) from public;
grant execute on function private.settle_voice_profile(uuid, text, jsonb, text) to glyphoxa_worker;
comment on function private.settle_voice_profile(uuid, text, jsonb, text) is 'How it ended at the service: made (voice_id), failed (error), or deleted (neither). A row of nulls when the voice no longer waits for this. For the worker.';

create function private.keep_recordings_in_use() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  v_voice text;
begin
  select profile.name into v_voice
  from mgmt.voice_profiles as profile
  where profile.sample_ids @> array[new.id] and profile.tenant_id = new.tenant_id
    and profile.status in ('pending', 'processing')
  limit 1;
  if found then
    perform private.fail(
      'conflict', format('The voice %s is being made from this recording.', v_voice), 'Wait until it is ready.'
    );
  end if;
  return new;
end
$$;
revoke execute on function private.keep_recordings_in_use() from public;
comment on function private.keep_recordings_in_use() is 'Refuses (409 conflict) to bin a recording that a voice is being made from. Definer: it runs for every writer.';

create trigger voice_samples_in_use before update of deleted_at on mgmt.voice_samples
  for each row when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.keep_recordings_in_use();

create trigger announce_change after insert or update or delete on mgmt.voice_profiles
  for each row execute function private.announce_change('voice_profile', 'bin');
select private.audit_writes('mgmt.voice_profiles', 'voice_profile', 'name');

comment on table mgmt.voice_profiles is 'Own voices of a table, made at a speech service. For Dungeon Masters.';
comment on column mgmt.voice_profiles.consent_at is 'When somebody of the table confirmed that the speaker agreed; who is in the audit log.';
comment on column mgmt.voice_profiles.error is 'Why the service could not make it, in words for people.';
