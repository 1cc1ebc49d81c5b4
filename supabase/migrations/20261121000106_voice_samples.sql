-- Recordings that own voices are made from: a file in the bucket voice-samples, and a row that says what became of it.
--
-- The browser uploads the file under the caller's own rights, then adds the row. What the row says of the file is read
-- from Storage, never from the person. Once a row names a file, nobody changes the file: what was inspected is what is used.

create table mgmt.voice_samples (
  id uuid primary key default gen_random_uuid(),
  tenant_id text not null default private.current_tenant_id() references public.tenants (id) on delete cascade,
  uploaded_by uuid default auth.uid() references mgmt.users (id) on delete set null,
  name text not null,
  filename text not null default '',
  storage_path text not null unique,
  mime_type text not null,
  size_bytes int not null,
  duration_ms int,
  sample_rate int,
  waveform smallint[] not null default '{}',
  status text not null default 'uploaded',
  error text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  constraint voice_samples_name_length check (char_length(name) <= 80 and btrim(name) <> ''),
  constraint voice_samples_filename_length check (char_length(filename) <= 255),
  constraint voice_samples_path_is_own check (split_part(storage_path, '/', 1) = tenant_id),
  constraint voice_samples_size check (size_bytes between 1 and 10485760),
  constraint voice_samples_waveform_size check (cardinality(waveform) <= 400),
  constraint voice_samples_status_known check (status in ('uploaded', 'processing', 'ready', 'failed')),
  constraint voice_samples_ready_is_measured check (status <> 'ready' or duration_ms between 1 and 10000),
  constraint voice_samples_error_length check (char_length(error) <= 500)
);
create index voice_samples_tenant on mgmt.voice_samples (tenant_id, created_at desc);
create index voice_samples_uploaded_by on mgmt.voice_samples (uploaded_by);

alter table mgmt.voice_samples enable row level security;
alter table mgmt.voice_samples force row level security;

create policy "Dungeon Masters read their table's recordings" on mgmt.voice_samples
  for select to authenticated using (
    tenant_id = (select private.tenant_as('dm'))
  );
create policy "Dungeon Masters add recordings to their table" on mgmt.voice_samples
  for insert to authenticated with check (
    tenant_id = (select private.tenant_as('dm')) and split_part(storage_path, '/', 1) = tenant_id
  );
create policy "Dungeon Masters change their table's recordings" on mgmt.voice_samples
  for update to authenticated
  using (tenant_id = (select private.tenant_as('dm')))
  with check (tenant_id = (select private.tenant_as('dm')));

grant select on mgmt.voice_samples to authenticated, service_role;
grant insert (name, filename, storage_path) on mgmt.voice_samples to authenticated;
grant update (name, deleted_at) on mgmt.voice_samples to authenticated;
-- NOTE: what the file is and what became of it is not writable: Storage and the inspection say so.
-- NOTE: delete is not granted: recordings go to the bin by deleted_at.

create function private.read_recording() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  v_file jsonb;
begin
  -- A path of another table is refused by the policy; nothing of what lies there may be said before.
  if split_part(new.storage_path, '/', 1) <> new.tenant_id then
    return new;
  end if;
  select object.metadata into v_file
  from storage.objects as object
  where object.bucket_id = 'voice-samples' and object.name = new.storage_path;
  if not found then
    perform private.fail('validation', 'storage_path: there is no such file.', 'Upload the recording first.');
  end if;
  new.mime_type := v_file ->> 'mimetype';
  new.size_bytes := (v_file ->> 'size')::int;
  return new;
end
$$;
revoke execute on function private.read_recording() from public;
comment on function private.read_recording() is 'Takes type and size of a new recording from Storage. Definer: it runs before the row''s own policy. 422 validation.';

create trigger voice_samples_read_file before insert on mgmt.voice_samples
  for each row execute function private.read_recording();
create trigger touch_updated_at before update on mgmt.voice_samples
  for each row execute function private.touch_updated_at();
select private.has_bin('mgmt.voice_samples');

create function mgmt.voice_sample_inspected(
  sample uuid, status text, duration_ms int default null, sample_rate int default null,
  waveform smallint[] default '{}', error text default null
) returns mgmt.voice_samples
language plpgsql security definer set search_path = ''
as $$
declare
  v_sample mgmt.voice_samples;
begin
  if voice_sample_inspected.status is null or voice_sample_inspected.status not in ('processing', 'ready', 'failed') then
    perform private.fail('validation', 'status: must be processing, ready or failed.');
  end if;
  -- A recording that is ready stays so: a voice may be made from it.
  update mgmt.voice_samples as known
  set status = voice_sample_inspected.status, duration_ms = voice_sample_inspected.duration_ms,
    sample_rate = voice_sample_inspected.sample_rate, waveform = voice_sample_inspected.waveform,
    error = case when voice_sample_inspected.status = 'failed' then left(voice_sample_inspected.error, 500) end
  where known.id = voice_sample_inspected.sample and known.deleted_at is null and known.status <> 'ready'
  returning * into v_sample;
  if not found then
    select * into v_sample
    from mgmt.voice_samples as known
    where known.id = voice_sample_inspected.sample and known.deleted_at is null;
    if not found then
      perform private.fail('not_found', 'There is no such recording.');
    end if;
  end if;
  return v_sample;
end
$$;
revoke execute on function mgmt.voice_sample_inspected(uuid, text, int, int, smallint[], text) from public;
grant execute on function mgmt.voice_sample_inspected(uuid, text, int, int, smallint[], text) to service_role;
comment on function mgmt.voice_sample_inspected(uuid, text, int, int, smallint[], text) is 'What the inspection found: processing, ready (with length and waveform) or failed (with the reason). A ready recording stays as it is. The service role only. 404 not_found, 422 validation.';

create trigger announce_change after insert or update or delete on mgmt.voice_samples
  for each row execute function private.announce_change('voice_sample', 'bin');
select private.audit_writes('mgmt.voice_samples', 'voice_sample', 'name');

comment on table mgmt.voice_samples is 'Recordings of a voice, at most 10 seconds each. For Dungeon Masters.';
comment on column mgmt.voice_samples.storage_path is 'Name of the file in the bucket voice-samples: <tenant>/….';
comment on column mgmt.voice_samples.waveform is 'Up to 400 peaks, 0 to 100, for the picture.';
comment on column mgmt.voice_samples.error is 'Why the inspection refused it, in words for people.';
