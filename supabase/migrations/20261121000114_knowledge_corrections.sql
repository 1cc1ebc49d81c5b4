-- Dungeon Masters mend what the workers learned: correct an entry, confirm a link, remove either.
--
-- The rows belong to the workers and lie in the tenant's own schema; a session may teach the same again. Since these
-- tables have no audit triggers (workers write them all the time), each function notes its own write.

create function private.knowledge_table(campaign_id text, table_name text) returns regclass
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_campaign mgmt.campaigns := private.require_campaign(knowledge_table.campaign_id, 'dm');
  v_table regclass := private.tenant_table(v_campaign.tenant_id, knowledge_table.table_name);
begin
  if (private.entitlement(v_campaign.tenant_id)).knowledge_graph is not true then
    perform private.fail('feature_locked', 'Your plan does not have the knowledge map.', 'See the plans at /billing/plans.');
  end if;
  if v_table is null then
    perform private.fail('not_found', 'This entry is not here.', 'Choose one from the list.');
  end if;
  return v_table;
end
$$;
revoke execute on function private.knowledge_table(text, text) from public;
comment on function private.knowledge_table(text, text) is 'The tenant''s own table, after asking for role, campaign and plan. 402 feature_locked, 403 forbidden, 404 not_found (also where there is no schema yet).';

create function private.note_knowledge(action text, id text, name text, before jsonb, after jsonb) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  v_origin private.audit_origin := private.audit_origin();
begin
  insert into mgmt.audit_log (
    tenant_id, actor, actor_kind, action, resource_type, resource_id, resource_name, changes, ip, user_agent, request_id
  ) values (
    private.current_tenant_id(), v_origin.actor, v_origin.actor_kind, note_knowledge.action, 'knowledge', note_knowledge.id,
    left(note_knowledge.name, 120), coalesce(private.audit_changes(note_knowledge.before, note_knowledge.after), '{}'),
    v_origin.ip, v_origin.user_agent, v_origin.request_id
  );
end
$$;
revoke execute on function private.note_knowledge(text, text, text, jsonb, jsonb) from public;

create function mgmt.knowledge_correct(
  campaign_id text, entity text, name text default null, type text default null, attributes jsonb default null
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_table regclass := private.knowledge_table(knowledge_correct.campaign_id, 'entities');
  v_before jsonb;
  v_after jsonb;
begin
  if char_length(btrim(knowledge_correct.name)) not between 1 and 200 then
    perform private.fail('validation', 'name: must have 1 to 200 characters.');
  end if;
  if knowledge_correct.type not in ('npc', 'player', 'location', 'item', 'faction', 'event', 'quest', 'concept', 'lore', 'other') then
    perform private.fail('validation', 'type: not a kind of entry.', 'Choose one from the list.');
  end if;
  if jsonb_typeof(knowledge_correct.attributes) <> 'object' or octet_length(knowledge_correct.attributes::text) > 16384 then
    perform private.fail('validation', 'attributes: must be an object of at most 16 kB.');
  end if;
  execute format('select to_jsonb(e) from %s as e where e.campaign_id = $1 and e.id = $2 for update', v_table)
    into v_before using knowledge_correct.campaign_id, knowledge_correct.entity;
  if v_before is null then
    perform private.fail('not_found', 'This entry is not here.', 'Choose one from the list.');
  end if;
  execute format(
    'update %s as e set name = coalesce($3, e.name), type = coalesce($4, e.type), attributes = coalesce($5, e.attributes),
       updated_at = private.now()
     where e.campaign_id = $1 and e.id = $2 returning to_jsonb(e)', v_table
  ) into v_after using
    knowledge_correct.campaign_id, knowledge_correct.entity, btrim(knowledge_correct.name), knowledge_correct.type,
    knowledge_correct.attributes;
  perform private.note_knowledge('update', knowledge_correct.entity, v_after ->> 'name', v_before, v_after);
  return v_after - 'campaign_id';
end
$$;
revoke execute on function mgmt.knowledge_correct(text, text, text, text, jsonb) from public;
grant execute on function mgmt.knowledge_correct(text, text, text, text, jsonb) to authenticated;
comment on function mgmt.knowledge_correct(text, text, text, text, jsonb) is 'dm+: changes what is given of an entry and returns it. 402 feature_locked, 404 not_found, 422 validation.';

create function mgmt.knowledge_confirm(
  campaign_id text, source text, target text, rel_type text, confirmed boolean default true
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_table regclass := private.knowledge_table(knowledge_confirm.campaign_id, 'relationships');
  v_before jsonb;
  v_after jsonb;
  v_where constant text :=
    'l.campaign_id = $1 and l.source_id = $2 and l.target_id = $3 and l.rel_type = $4';
begin
  execute format('select to_jsonb(l) from %s as l where %s for update', v_table, v_where)
    into v_before using
      knowledge_confirm.campaign_id, knowledge_confirm.source, knowledge_confirm.target, knowledge_confirm.rel_type;
  if v_before is null then
    perform private.fail('not_found', 'This link is not here.', 'Choose one from the list.');
  end if;
  execute format(
    $query$
      update %s as l
      set provenance = coalesce(l.provenance, '{}') || jsonb_build_object('dm_confirmed', $5)
      where %s returning to_jsonb(l)
    $query$, v_table, v_where
  ) into v_after using
    knowledge_confirm.campaign_id, knowledge_confirm.source, knowledge_confirm.target, knowledge_confirm.rel_type,
    coalesce(knowledge_confirm.confirmed, true);
  perform private.note_knowledge(
    'update', concat_ws('/', source, target), knowledge_confirm.rel_type, v_before, v_after
  );
  return v_after - 'campaign_id';
end
$$;
revoke execute on function mgmt.knowledge_confirm(text, text, text, text, boolean) from public;
grant execute on function mgmt.knowledge_confirm(text, text, text, text, boolean) to authenticated;
comment on function mgmt.knowledge_confirm(text, text, text, text, boolean) is 'dm+: says that a link is true, or takes that back; Players see confirmed links only. Returns the link. 402 feature_locked, 404 not_found.';

create function mgmt.knowledge_remove(
  campaign_id text, entity text default null, source text default null, target text default null, rel_type text default null
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_entities regclass := private.knowledge_table(knowledge_remove.campaign_id, 'entities');
  v_links regclass := private.knowledge_table(knowledge_remove.campaign_id, 'relationships');
  v_entity jsonb;
  v_removed jsonb;
begin
  if (knowledge_remove.entity is null) = (source is null or target is null or knowledge_remove.rel_type is null) then
    perform private.fail('validation', 'entity: name one entry, or one link by source, target and rel_type.');
  end if;
  if knowledge_remove.entity is not null then
    -- Its links go with it, by the key that they refer by.
    execute format('delete from %s as e where e.campaign_id = $1 and e.id = $2 returning to_jsonb(e)', v_entities)
      into v_entity using knowledge_remove.campaign_id, knowledge_remove.entity;
    if v_entity is null then
      perform private.fail('not_found', 'This entry is not here.', 'Choose one from the list.');
    end if;
    perform private.note_knowledge('delete', knowledge_remove.entity, v_entity ->> 'name', v_entity, null);
    return v_entity - 'campaign_id';
  end if;
  execute format(
    'delete from %s as l where l.campaign_id = $1 and l.source_id = $2 and l.target_id = $3 and l.rel_type = $4
     returning to_jsonb(l)', v_links
  ) into v_removed using knowledge_remove.campaign_id, source, target, knowledge_remove.rel_type;
  if v_removed is null then
    perform private.fail('not_found', 'This link is not here.', 'Choose one from the list.');
  end if;
  perform private.note_knowledge('delete', concat_ws('/', source, target), knowledge_remove.rel_type, v_removed, null);
  return v_removed - 'campaign_id';
end
$$;
revoke execute on function mgmt.knowledge_remove(text, text, text, text, text) from public;
grant execute on function mgmt.knowledge_remove(text, text, text, text, text) to authenticated;
comment on function mgmt.knowledge_remove(text, text, text, text, text) is 'dm+: removes one entry with its links, or one link, and returns what it was. A session may teach it again. 402 feature_locked, 404 not_found, 422 validation.';
