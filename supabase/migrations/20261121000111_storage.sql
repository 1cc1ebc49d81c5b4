-- Files of a table. The first part of a path is the table's id, and that is what policies ask for.
--
-- voice-samples  recordings: wav and mp3, 10 MB
-- images         portraits of NPCs and art of campaigns: png, jpeg, webp, 5 MB
--
-- Both are private and for Dungeon Masters, as NPCs and campaigns are: a portrait shows who has not been met yet.
-- Membership is read at every request; only a link that was signed before lives on, for at most an hour.
--
-- What no policy allows: names that need encoding, or whose ending is not of the bucket; links for later uploads, since they
-- would outlive a membership; changing a recording that a row of voice_samples names.

insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
values
  ('voice-samples', 'voice-samples', false, 10485760, array['audio/wav', 'audio/x-wav', 'audio/wave', 'audio/mpeg']),
  ('images', 'images', false, 5242880, array['image/png', 'image/jpeg', 'image/webp'])
on conflict (id) do update set
  public = excluded.public, file_size_limit = excluded.file_size_limit, allowed_mime_types = excluded.allowed_mime_types;

create function private.is_file_name(bucket text, name text) returns boolean
language sql immutable set search_path = ''
as $$
  select char_length(name) <= 300 and case bucket
    when 'voice-samples' then name ~ '^[a-z][a-z0-9_]{0,62}(/[A-Za-z0-9_-]{1,80}){1,4}\.(wav|mp3)$'
    when 'images' then name ~ '^[a-z][a-z0-9_]{0,62}(/[A-Za-z0-9_-]{1,80}){1,4}\.(png|jpg|jpeg|webp)$'
    else false
  end
$$;
revoke execute on function private.is_file_name(text, text) from public;
grant execute on function private.is_file_name(text, text) to authenticated;
comment on function private.is_file_name(text, text) is 'Whether a new file of a bucket may be called so: tenant, up to four parts of letters, digits, _ and -, an ending of the bucket.';

create function private.is_kept_recording(bucket text, name text) returns boolean
language plpgsql stable security definer set search_path = ''
as $$
begin
  return bucket = 'voice-samples'
    and exists (select from mgmt.voice_samples as sample where sample.storage_path = is_kept_recording.name);
end
$$;
revoke execute on function private.is_kept_recording(text, text) from public;
grant execute on function private.is_kept_recording(text, text) to authenticated;
comment on function private.is_kept_recording(text, text) is 'Whether a row of voice_samples names this file, also one in the bin. Definer: policies of Storage ask it.';

create policy "Dungeon Masters read their table's files" on storage.objects
  for select to authenticated using (
    bucket_id in ('voice-samples', 'images')
    and split_part(name, '/', 1) = (select private.tenant_as('dm'))
  );
create policy "Dungeon Masters add files to their table" on storage.objects
  for insert to authenticated with check (
    bucket_id in ('voice-samples', 'images')
    and split_part(name, '/', 1) = (select private.tenant_as('dm'))
    and private.is_file_name(bucket_id, name)
    and (select storage.operation()) is distinct from 'storage.object.sign_upload_url'
  );
create policy "Dungeon Masters replace their table's files" on storage.objects
  for update to authenticated
  using (
    bucket_id in ('voice-samples', 'images')
    and split_part(name, '/', 1) = (select private.tenant_as('dm'))
    and not private.is_kept_recording(bucket_id, name)
  )
  with check (
    bucket_id in ('voice-samples', 'images')
    and split_part(name, '/', 1) = (select private.tenant_as('dm'))
    and private.is_file_name(bucket_id, name)
  );
create policy "Dungeon Masters remove their table's files" on storage.objects
  for delete to authenticated using (
    bucket_id in ('voice-samples', 'images')
    and split_part(name, '/', 1) = (select private.tenant_as('dm'))
    and not private.is_kept_recording(bucket_id, name)
  );
