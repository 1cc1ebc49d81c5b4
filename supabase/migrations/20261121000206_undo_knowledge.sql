-- What a Dungeon Master removes from the knowledge map can be brought back for a day, with the links that went with it.

create function private.undo_time() returns interval
language sql immutable set search_path = ''
as $$ select interval '1 day' $$;
revoke execute on function private.undo_time() from public;
comment on function private.undo_time() is 'How long a removal from the knowledge map can be undone.';

create table private.removed_knowledge (
  id uuid primary key default gen_random_uuid(),
  tenant_id text not null,
  campaign_id text not null,
  entity jsonb,
  links jsonb not null,
  created_at timestamptz not null default private.now(),
  foreign key (campaign_id, tenant_id) references mgmt.campaigns (id, tenant_id) on delete cascade
);
create index removed_knowledge_campaign on private.removed_knowledge (campaign_id, tenant_id);
-- For the daily purge.
create index removed_knowledge_created_at on private.removed_knowledge (created_at);
alter table private.removed_knowledge enable row level security;
alter table private.removed_knowledge force row level security;
comment on table private.removed_knowledge is 'Rows of the workers as they were when they were removed: an entry with all its links (entity), or one link (entity null). Read by mgmt.knowledge_restore only.';

create function private.keep_removed(campaign_id text, entity jsonb, links jsonb) returns uuid
language sql security definer set search_path = ''
as $$
  insert into private.removed_knowledge (tenant_id, campaign_id, entity, links)
  values (private.current_tenant_id(), keep_removed.campaign_id, keep_removed.entity, keep_removed.links)
  returning id
$$;
revoke execute on function private.keep_removed(text, jsonb, jsonb) from public;
comment on function private.keep_removed(text, jsonb, jsonb) is 'Keeps what knowledge_remove took away; returns the id that knowledge_restore asks for.';

-- As before, and what was removed is kept for the undo.
create or replace function mgmt.knowledge_remove(
  campaign_id text, entity text default null, source text default null, target text default null, rel_type text default null
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_entities regclass := private.knowledge_table(knowledge_remove.campaign_id, 'entities');
  v_links regclass := private.knowledge_table(knowledge_remove.campaign_id, 'relationships');
  v_entity jsonb;
  v_removed jsonb;
  v_gone jsonb;
begin
  if (knowledge_remove.entity is null) = (source is null or target is null or knowledge_remove.rel_type is null) then
    perform private.fail('validation', 'entity: name one entry, or one link by source, target and rel_type.');
  end if;
  if knowledge_remove.entity is not null then
    -- Its links go with it, by the key that they refer by.
    execute format(
      'select coalesce(jsonb_agg(to_jsonb(l)), ''[]'') from %s as l
       where l.campaign_id = $1 and $2 in (l.source_id, l.target_id)', v_links
    ) into v_gone using knowledge_remove.campaign_id, knowledge_remove.entity;
    execute format('delete from %s as e where e.campaign_id = $1 and e.id = $2 returning to_jsonb(e)', v_entities)
      into v_entity using knowledge_remove.campaign_id, knowledge_remove.entity;
    if v_entity is null then
      perform private.fail('not_found', 'This entry is not here.', 'Choose one from the list.');
    end if;
    perform private.note_knowledge('delete', knowledge_remove.entity, v_entity ->> 'name', v_entity, null);
    return v_entity - 'campaign_id'
      || jsonb_build_object('removal', private.keep_removed(knowledge_remove.campaign_id, v_entity, v_gone));
  end if;
  execute format(
    'delete from %s as l where l.campaign_id = $1 and l.source_id = $2 and l.target_id = $3 and l.rel_type = $4
     returning to_jsonb(l)', v_links
  ) into v_removed using knowledge_remove.campaign_id, source, target, knowledge_remove.rel_type;
  if v_removed is null then
    perform private.fail('not_found', 'This link is not here.', 'Choose one from the list.');
  end if;
  perform private.note_knowledge('delete', concat_ws('/', source, target), knowledge_remove.rel_type, v_removed, null);
  return v_removed - 'campaign_id' || jsonb_build_object(
    'removal', private.keep_removed(knowledge_remove.campaign_id, null, jsonb_build_array(v_removed))
  );
end
$$;
comment on function mgmt.knowledge_remove(text, text, text, text, text) is 'dm+: removes one entry with its links, or one link, and returns what it was, with `removal` for knowledge_restore. A session may teach it again. 402 feature_locked, 404 not_found, 422 validation.';

create function mgmt.knowledge_restore(campaign_id text, removal uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_entities regclass := private.knowledge_table(knowledge_restore.campaign_id, 'entities');
  v_links regclass := private.knowledge_table(knowledge_restore.campaign_id, 'relationships');
  v_removed private.removed_knowledge;
  v_count int;
begin
  delete from private.removed_knowledge as removed
  where removed.id = knowledge_restore.removal and removed.campaign_id = knowledge_restore.campaign_id
    and removed.tenant_id = private.current_tenant_id()
  returning * into v_removed;
  if not found then
    perform private.fail('not_found', 'This is not here, or was brought back already.', 'Reload the page.');
  end if;
  if v_removed.created_at <= private.now() - private.undo_time() then
    perform private.fail('gone', 'This was removed more than a day ago.', 'It cannot be restored any more.');
  end if;
  -- What a session taught again since then stays as it is.
  if v_removed.entity is not null then
    execute format(
      'insert into %1$s (campaign_id, id, type, name, attributes, created_at, updated_at)
       select campaign_id, id, type, name, attributes, created_at, updated_at
       from jsonb_populate_record(null::%1$s, $1) on conflict do nothing', v_entities
    ) using v_removed.entity;
    perform private.note_knowledge(
      'restore', v_removed.entity ->> 'id', v_removed.entity ->> 'name', null, v_removed.entity
    );
  end if;
  execute format(
    $query$
      insert into %1$s (campaign_id, source_id, target_id, rel_type, attributes, provenance, created_at)
      select link.campaign_id, link.source_id, link.target_id, link.rel_type, link.attributes, link.provenance, link.created_at
      from jsonb_populate_recordset(null::%1$s, $1) as link
      where exists (select from %2$s as e where e.campaign_id = link.campaign_id and e.id = link.source_id)
        and exists (select from %2$s as e where e.campaign_id = link.campaign_id and e.id = link.target_id)
      on conflict do nothing
    $query$, v_links, v_entities
  ) using v_removed.links;
  get diagnostics v_count = row_count;
  if v_removed.entity is null then
    perform private.note_knowledge(
      'restore', concat_ws('/', v_removed.links #>> '{0,source_id}', v_removed.links #>> '{0,target_id}'),
      v_removed.links #>> '{0,rel_type}', null, v_removed.links -> 0
    );
  end if;
  return jsonb_build_object('entity', v_removed.entity ->> 'id', 'links', v_count);
end
$$;
revoke execute on function mgmt.knowledge_restore(text, uuid) from public;
grant execute on function mgmt.knowledge_restore(text, uuid) to authenticated;
comment on function mgmt.knowledge_restore(text, uuid) is 'dm+: undoes a removal within a day: { entity, links brought back }. What was taught again since, and links whose other end is gone, stay out. 402 feature_locked, 404 not_found, 410 gone.';

-- As before, and removals that nobody undid go after a day.
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
  v_purged := v_purged + v_count;
  delete from private.removed_knowledge as removed where removed.created_at <= private.now() - private.undo_time();
  get diagnostics v_count = row_count;
  return v_purged + v_count;
end
$$;
