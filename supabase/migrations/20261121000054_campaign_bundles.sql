-- Copies: an NPC beside itself, and a whole campaign as one JSON bundle that goes out and comes in again.

create function private.free_name(wanted text, taken text[]) returns text
language plpgsql immutable set search_path = ''
as $$
declare
  v_taken text[] := (select array_agg(lower(name)) from unnest(taken) as name);
  v_stem text := regexp_replace(wanted, ' \(\d+\)$', '');
  v_name text := wanted;
  v_number int := 1;
begin
  while lower(v_name) = any (v_taken) loop
    v_number := v_number + 1;
    v_name := left(v_stem, 250 - length(v_number::text)) || format(' (%s)', v_number);
  end loop;
  return v_name;
end
$$;
revoke execute on function private.free_name(text, text[]) from public;
comment on function private.free_name(text, text[]) is 'The name itself, or the first of "name (2)", "name (3)" ... that is not taken, at most 255 characters.';

create function mgmt.duplicate_npc(npc text, name text default null) returns mgmt.npcs
language plpgsql security definer set search_path = ''
as $$
declare
  v_tenant text := private.require_role('dm');
  v_npc public.npc_definitions;
  v_copy mgmt.npcs;
begin
  select * into v_npc from public.npc_definitions as n where n.id = duplicate_npc.npc and n.tenant_id = v_tenant;
  if not found then
    perform private.fail('not_found', 'This NPC is not here, or not yours.', 'Choose one from the list.');
  end if;
  perform pg_advisory_xact_lock(hashtextextended('npcs:' || v_npc.campaign_id, 0));
  insert into public.npc_definitions (
    tenant_id, campaign_id, name, personality, engine, voice, knowledge_scope, secret_knowledge, behavior_rules, tools,
    budget_tier, gm_helper, address_only, attributes
  )
  values (
    v_tenant, v_npc.campaign_id,
    coalesce(
      duplicate_npc.name,
      private.free_name(v_npc.name, array(
        select n.name from public.npc_definitions as n where n.campaign_id = v_npc.campaign_id and n.tenant_id = v_tenant
      ))
    ),
    v_npc.personality, v_npc.engine, v_npc.voice, v_npc.knowledge_scope, v_npc.secret_knowledge, v_npc.behavior_rules,
    v_npc.tools, v_npc.budget_tier, false, v_npc.address_only, v_npc.attributes
  )
  returning id into v_npc.id;
  select * into v_copy from mgmt.npcs as n where n.id = v_npc.id;
  return v_copy;
end
$$;
revoke execute on function mgmt.duplicate_npc(text, text) from public;
grant execute on function mgmt.duplicate_npc(text, text) to authenticated;
comment on function mgmt.duplicate_npc(text, text) is 'A copy in the same campaign, without a name given "Greta (2)"; never a second helper. dm+. 404 not_found, 409 name_taken, 402 npc_limit, 422 validation.';

create function mgmt.export_campaign(
  campaign_id text, npcs boolean default true, lore boolean default true, characters boolean default true
) returns jsonb
language plpgsql stable security definer set search_path = '' set timezone = 'UTC'
as $$
declare
  v_campaign mgmt.campaigns := private.require_campaign(export_campaign.campaign_id, 'dm');
begin
  return jsonb_build_object(
    'format', 'glyphoxa.campaign', 'version', 1, 'exported_at', private.now(),
    'campaign', jsonb_build_object(
      'name', v_campaign.name, 'system', v_campaign.system, 'description', v_campaign.description,
      'language', v_campaign.language
    ),
    'npcs', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'id', npc.id, 'name', npc.name, 'personality', npc.personality, 'engine', npc.engine, 'voice', npc.voice,
        'knowledge_scope', npc.knowledge_scope, 'secret_knowledge', npc.secret_knowledge,
        'behavior_rules', npc.behavior_rules, 'tools', npc.tools, 'budget_tier', npc.budget_tier,
        'gm_helper', npc.gm_helper, 'address_only', npc.address_only, 'attributes', npc.attributes
      ) order by lower(npc.name)), '[]')
      from public.npc_definitions as npc
      where export_campaign.npcs and npc.campaign_id = v_campaign.id and npc.tenant_id = v_campaign.tenant_id
    ),
    'lore', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'id', page.id, 'title', page.title, 'category', page.category, 'content', page.content, 'metadata', page.metadata
      ) order by page.sort_order, page.created_at, page.id), '[]')
      from mgmt.campaign_lore as page
      where export_campaign.lore and page.campaign_id = v_campaign.id and page.deleted_at is null
    ),
    'characters', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'discord_id', played.discord_id, 'name', played.name, 'aliases', played.aliases, 'colour', played.colour
      ) order by played.discord_id), '[]')
      from mgmt.campaign_characters as played
      where export_campaign.characters and played.campaign_id = v_campaign.id
    )
  );
end
$$;
revoke execute on function mgmt.export_campaign(text, boolean, boolean, boolean) from public;
grant execute on function mgmt.export_campaign(text, boolean, boolean, boolean) to authenticated;
comment on function mgmt.export_campaign(text, boolean, boolean, boolean) is 'One bundle for import_campaign: { format, version, exported_at, campaign, npcs, lore, characters }, pages in their order, ids as references within the bundle. With all secrets of the NPCs; never transcripts, pictures, keys. dm+. 404 not_found.';

create function private.refuse_bundle(place text, reason text) returns void
language plpgsql set search_path = ''
as $$
begin
  perform private.fail(
    'bundle_invalid', format('%s: %s. Nothing was imported.', place, reason), 'Correct the file, or export it again.'
  );
end
$$;
revoke execute on function private.refuse_bundle(text, text) from public;

create function private.check_bundle_item(place text, item jsonb, rules jsonb) returns void
language plpgsql set search_path = ''
as $$
declare
  v_field text;
  v_rule jsonb;
  v_value jsonb;
  v_place text;
begin
  if jsonb_typeof(item) is distinct from 'object' then
    perform private.refuse_bundle(place, 'must be an object');
  end if;
  for v_field in select key from jsonb_object_keys(item) as key where not rules ? key order by key loop
    perform private.refuse_bundle(format('%s, field %s', place, left(v_field, 60)), 'is not known');
  end loop;
  for v_field, v_rule in select * from jsonb_each(rules) loop
    v_value := item -> v_field;
    v_place := format('%s, field %s', place, v_field);
    if v_value is null then
      if v_rule ? 'required' then
        perform private.refuse_bundle(v_place, 'is missing');
      end if;
    elsif jsonb_typeof(v_value) <> v_rule ->> 'type' then
      perform private.refuse_bundle(v_place, case v_rule ->> 'type'
        when 'string' then 'must be a text'
        when 'number' then 'must be a number'
        when 'boolean' then 'must be true or false'
        when 'array' then 'must be a list'
        else 'must be an object'
      end);
    elsif v_rule ? 'max' and char_length(v_value #>> '{}') > (v_rule ->> 'max')::int then
      perform private.refuse_bundle(
        v_place, format('longer than %s characters', to_char((v_rule ->> 'max')::int, 'FM999,999,999'))
      );
    elsif v_rule ? 'required' and v_rule ->> 'type' = 'string' and btrim(v_value #>> '{}') = '' then
      perform private.refuse_bundle(v_place, 'must not be empty');
    elsif v_rule ? 'one_of' and not v_rule -> 'one_of' @> jsonb_build_array(v_value) then
      perform private.refuse_bundle(
        v_place,
        'must be one of ' || (select string_agg(known::text, ', ') from jsonb_array_elements(v_rule -> 'one_of') as known)
      );
    elsif v_rule ? 'items' and not private.is_text_list(v_value, (v_rule ->> 'items')::int, (v_rule ->> 'each')::int) then
      perform private.refuse_bundle(
        v_place, format('must be a list of at most %s texts of at most %s characters', v_rule ->> 'items', v_rule ->> 'each')
      );
    elsif v_rule ? 'entries' and jsonb_array_length(v_value) > (v_rule ->> 'entries')::int then
      perform private.refuse_bundle(v_place, format('more than %s entries', v_rule ->> 'entries'));
    end if;
  end loop;
end
$$;
revoke execute on function private.check_bundle_item(text, jsonb, jsonb) from public;
comment on function private.check_bundle_item(text, jsonb, jsonb) is 'Compares an object of a bundle with rules per field: type, required, max (characters), one_of, items and each (lists of texts), entries (any list). 422 bundle_invalid names place and field.';

create function private.check_bundle_once(kind text, field text, items jsonb) returns void
language plpgsql set search_path = ''
as $$
declare
  v_number bigint;
begin
  select number into v_number
  from (
    select number, row_number() over (partition by item ->> field order by number) as place
    from jsonb_array_elements(items) with ordinality as entry (item, number)
    where item ? field
  ) as named
  where place > 1
  order by number
  limit 1;
  if found then
    perform private.refuse_bundle(format('%s %s, field %s', kind, v_number, field), 'is in the file twice');
  end if;
end
$$;
revoke execute on function private.check_bundle_once(text, text, jsonb) from public;

create function private.check_bundle(bundle jsonb) returns void
language plpgsql set search_path = ''
as $$
declare
  v_item jsonb;
  v_number bigint;
begin
  if bundle ->> 'format' is distinct from 'glyphoxa.campaign' then
    perform private.refuse_bundle('Bundle, field format', 'this is no campaign file');
  end if;
  if bundle -> 'version' is distinct from '1' then
    perform private.refuse_bundle('Bundle, field version', 'only version 1 is understood');
  end if;
  perform private.check_bundle_item('Bundle', bundle, '{
    "format": {"type": "string"}, "version": {"type": "number"}, "exported_at": {"type": "string", "max": 40},
    "campaign": {"type": "object", "required": true}, "npcs": {"type": "array", "entries": 500},
    "lore": {"type": "array", "entries": 2000}, "characters": {"type": "array", "entries": 500}
  }');
  perform private.check_bundle_item('Campaign', bundle -> 'campaign', '{
    "name": {"type": "string", "required": true, "max": 255}, "system": {"type": "string", "max": 60},
    "description": {"type": "string", "max": 4096},
    "language": {"type": "string", "one_of": ["", "en", "de", "fr", "es"]}
  }');
  for v_item, v_number in select * from jsonb_array_elements(bundle -> 'npcs') with ordinality loop
    -- Lengths and lists are judged by the rules of NPCs themselves, when the row is written.
    perform private.check_bundle_item('NPC ' || v_number, v_item, '{
      "id": {"type": "string", "max": 255}, "name": {"type": "string", "required": true, "max": 255},
      "personality": {"type": "string"}, "engine": {"type": "string"}, "voice": {"type": "object"},
      "knowledge_scope": {"type": "array"}, "secret_knowledge": {"type": "array"}, "behavior_rules": {"type": "array"},
      "tools": {"type": "array"}, "budget_tier": {"type": "string"}, "gm_helper": {"type": "boolean"},
      "address_only": {"type": "boolean"}, "attributes": {"type": "object"}
    }');
  end loop;
  for v_item, v_number in select * from jsonb_array_elements(bundle -> 'lore') with ordinality loop
    perform private.check_bundle_item('Page ' || v_number, v_item, '{
      "id": {"type": "string", "max": 64}, "title": {"type": "string", "required": true, "max": 200},
      "category": {"type": "string", "one_of": ["general", "location", "faction", "history", "rules", "npc_backstory"]},
      "content": {"type": "string", "max": 100000}, "metadata": {"type": "object"}
    }');
    perform private.check_bundle_item(
      format('Page %s, field metadata', v_number),
      jsonb_strip_nulls(jsonb_build_object(
        'tags', v_item #> '{metadata,tags}', 'related_npcs', v_item #> '{metadata,related_npcs}'
      )),
      '{"tags": {"type": "array", "items": 20, "each": 40}, "related_npcs": {"type": "array", "items": 200, "each": 64}}'
    );
  end loop;
  for v_item, v_number in select * from jsonb_array_elements(bundle -> 'characters') with ordinality loop
    perform private.check_bundle_item('Character ' || v_number, v_item, '{
      "discord_id": {"type": "string", "required": true, "max": 64}, "name": {"type": "string", "required": true, "max": 80},
      "aliases": {"type": "array", "items": 5, "each": 80},
      "colour": {"type": "number", "one_of": [1, 2, 3, 4, 5, 6, 7, 8]}
    }');
  end loop;
  perform private.check_bundle_once('NPC', 'id', bundle -> 'npcs');
  perform private.check_bundle_once('Page', 'id', bundle -> 'lore');
  perform private.check_bundle_once('Character', 'discord_id', bundle -> 'characters');
end
$$;
revoke execute on function private.check_bundle(jsonb) from public;
comment on function private.check_bundle(jsonb) is 'Refuses (422 bundle_invalid) a bundle that import_campaign could not take, naming the first place that is wrong.';

create function private.with_new_ids(content text, ids jsonb) returns text
language plpgsql immutable set search_path = ''
as $$
declare
  v_content text := content;
  v_id text;
begin
  for v_id in
    select distinct match.parts[1]
    from regexp_matches(content, '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}', 'g') as match (parts)
    where ids ? match.parts[1]
  loop
    v_content := replace(v_content, v_id, ids ->> v_id);
  end loop;
  return v_content;
end
$$;
revoke execute on function private.with_new_ids(text, jsonb) from public;
comment on function private.with_new_ids(text, jsonb) is 'Text whose links to NPCs and pages lead to their copies: ids are { old: new }.';

create function mgmt.import_campaign(bundle jsonb) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_tenant text := private.require_role('dm');
  v_campaign mgmt.campaigns;
  v_item jsonb;
  v_number bigint;
  v_id text;
  v_ids jsonb := '{}';
  v_npcs jsonb := '{}';
  v_reason text;
begin
  perform private.check_bundle(import_campaign.bundle);

  perform pg_advisory_xact_lock(hashtextextended('campaigns:' || v_tenant, 0));
  insert into mgmt.campaigns (tenant_id, name, system, description, language)
  values (
    v_tenant,
    private.free_name(bundle #>> '{campaign,name}', array(
      select campaign.name from mgmt.campaigns as campaign
      where campaign.tenant_id = v_tenant and campaign.deleted_at is null
    )),
    coalesce(bundle #>> '{campaign,system}', ''), coalesce(bundle #>> '{campaign,description}', ''),
    coalesce(bundle #>> '{campaign,language}', '')
  )
  returning * into v_campaign;

  for v_item, v_number in select * from jsonb_array_elements(bundle -> 'npcs') with ordinality loop
    begin
      insert into public.npc_definitions (
        tenant_id, campaign_id, name, personality, engine, voice, knowledge_scope, secret_knowledge, behavior_rules, tools,
        budget_tier, gm_helper, address_only, attributes
      )
      values (
        v_tenant, v_campaign.id, v_item ->> 'name', coalesce(v_item ->> 'personality', ''), coalesce(v_item ->> 'engine', ''),
        coalesce(v_item -> 'voice', '{}'), coalesce(v_item -> 'knowledge_scope', '[]'),
        coalesce(v_item -> 'secret_knowledge', '[]'), coalesce(v_item -> 'behavior_rules', '[]'),
        coalesce(v_item -> 'tools', '[]'), coalesce(v_item ->> 'budget_tier', ''),
        coalesce((v_item ->> 'gm_helper')::boolean, false), coalesce((v_item ->> 'address_only')::boolean, false),
        coalesce(v_item -> 'attributes', '{}')
      )
      returning id into v_id;
    exception
      -- The rules of NPCs name their field themselves; a name that is taken, and a second helper, are faults of the file too.
      when sqlstate 'PT422' or sqlstate 'PT409' then
        get stacked diagnostics v_reason = message_text;
        if v_reason !~ '^[a-z_.]+(, entry \d+)?: ' then
          v_reason := 'name: ' || v_reason;
        end if;
        perform private.fail(
          'bundle_invalid', format('NPC %s, field %s Nothing was imported.', v_number, v_reason),
          'Correct the file, or export it again.'
        );
    end;
    if v_item ? 'id' then
      v_npcs := v_npcs || jsonb_build_object(v_item ->> 'id', v_id);
    end if;
  end loop;

  select v_npcs || coalesce(jsonb_object_agg(page ->> 'id', gen_random_uuid()) filter (where page ? 'id'), '{}') into v_ids
  from jsonb_array_elements(bundle -> 'lore') as page;

  insert into mgmt.campaign_lore (id, tenant_id, campaign_id, title, category, content, metadata, sort_order)
  select coalesce((v_ids ->> (page ->> 'id'))::uuid, gen_random_uuid()), v_tenant, v_campaign.id, page ->> 'title',
    coalesce(page ->> 'category', 'general'), private.with_new_ids(coalesce(page ->> 'content', ''), v_ids),
    coalesce(page -> 'metadata', '{}') || case
      -- What is related to an NPC outside of the file is related to nothing here.
      when page #> '{metadata,related_npcs}' is not null then jsonb_build_object('related_npcs', (
        select coalesce(jsonb_agg(v_npcs -> related order by place), '[]')
        from jsonb_array_elements_text(page #> '{metadata,related_npcs}') with ordinality as named (related, place)
        where v_npcs ? related
      ))
      else '{}'
    end,
    number::int
  from jsonb_array_elements(bundle -> 'lore') with ordinality as written (page, number);

  insert into mgmt.campaign_characters (tenant_id, campaign_id, discord_id, name, aliases, colour)
  select v_tenant, v_campaign.id, played ->> 'discord_id', played ->> 'name',
    array(select jsonb_array_elements_text(played -> 'aliases')), coalesce((played ->> 'colour')::numeric::smallint, 1)
  from jsonb_array_elements(bundle -> 'characters') as played;

  return jsonb_build_object(
    'campaign_id', v_campaign.id, 'name', v_campaign.name,
    'npcs', coalesce(jsonb_array_length(bundle -> 'npcs'), 0), 'lore', coalesce(jsonb_array_length(bundle -> 'lore'), 0),
    'characters', coalesce(jsonb_array_length(bundle -> 'characters'), 0)
  );
end
$$;
revoke execute on function mgmt.import_campaign(jsonb) from public;
grant execute on function mgmt.import_campaign(jsonb) to authenticated;
comment on function mgmt.import_campaign(jsonb) is 'Makes a campaign of a bundle, all of it or nothing: { campaign_id, name, npcs, lore, characters }. A taken name becomes "Rabenheim (2)". dm+. 422 bundle_invalid names place and field, 402 campaign_limit, npc_limit.';
