-- A recording that is purged from the bin leaves Storage too. Its file goes first, by the job cleanup.expired, since only
-- Storage itself removes bytes; then purge_bins() removes the row.

create function private.recordings_to_purge() returns table (id uuid, bucket text, name text)
language sql stable security definer set search_path = ''
as $$
  select sample.id, 'voice-samples', sample.storage_path
  from mgmt.voice_samples as sample
  where sample.deleted_at <= private.now() - private.bin_days()
    -- A voice keeps the recordings it was made from, as a proof of what its speaker agreed to.
    and not exists (
      select from mgmt.voice_profiles as profile
      where profile.sample_ids @> array[sample.id] and profile.tenant_id = sample.tenant_id
        and (profile.deleted_at is null or profile.deleted_at > private.now() - private.bin_days())
    )
  order by sample.deleted_at
  limit 1000
$$;
revoke execute on function private.recordings_to_purge() from public;
grant execute on function private.recordings_to_purge() to glyphoxa_worker;
comment on function private.recordings_to_purge() is 'Recordings whose time in the bin is over and that no voice needs, with their files; a thousand at a time. For the worker.';

create or replace function private.purge_bins() returns int
language plpgsql security definer set search_path = ''
as $$
declare
  v_before constant timestamptz := private.now() - private.bin_days();
  v_purged int := 0;
  v_count int;
begin
  -- One whose file is still there waits for the next time: without its row nobody would know of the file.
  delete from mgmt.voice_samples as sample
  using private.recordings_to_purge() as due
  where sample.id = due.id and not exists (
    select from storage.objects as file where file.bucket_id = due.bucket and file.name = due.name
  );
  get diagnostics v_count = row_count;
  v_purged := v_purged + v_count;
  delete from mgmt.voice_profiles as profile where profile.deleted_at <= v_before;
  get diagnostics v_count = row_count;
  v_purged := v_purged + v_count;
  delete from mgmt.npcs_aside as resting where resting.reason = 'bin' and resting.since <= v_before;
  get diagnostics v_count = row_count;
  v_purged := v_purged + v_count;
  delete from mgmt.campaign_lore as page where page.deleted_at <= v_before;
  get diagnostics v_count = row_count;
  v_purged := v_purged + v_count;
  delete from mgmt.planned_sessions as plan where plan.deleted_at <= v_before;
  get diagnostics v_count = row_count;
  return v_purged + v_count;
end
$$;
comment on function private.purge_bins() is 'Empties the bins of what lay there for 30 days, and returns how many rows went. Recordings whose file has left Storage only. Safe to run again. Not campaigns: their sessions and transcripts stay readable by their name.';
