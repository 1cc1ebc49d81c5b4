-- A campaign travels whole, also with more NPCs than a plan plays.
--
-- NPCs that were set aside go into the file too, marked, and rest again where it is read. What the plan of the reading table does
-- not play rests as well, the last of the file first: a file of a larger table is no longer refused, and nothing is lost. The bin
-- stays at home.

create or replace function mgmt.export_campaign(
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
      select coalesce(jsonb_agg(
        jsonb_build_object(
          'id', npc.id, 'name', npc.name, 'personality', npc.personality, 'engine', npc.engine, 'voice', npc.voice,
          'knowledge_scope', npc.knowledge_scope, 'secret_knowledge', npc.secret_knowledge,
          'behavior_rules', npc.behavior_rules, 'tools', npc.tools, 'budget_tier', npc.budget_tier,
          'gm_helper', npc.gm_helper, 'address_only', npc.address_only, 'attributes', npc.attributes
        ) || case when npc.rests then '{"aside": true}' else '{}' end::jsonb
        order by lower(npc.name), npc.id
      ), '[]')
      from (
        select played.id, played.name, played.personality, played.engine, played.voice, played.knowledge_scope,
          played.secret_knowledge, played.behavior_rules, played.tools, played.budget_tier, played.gm_helper,
          played.address_only, played.attributes, false as rests
        from public.npc_definitions as played
        where played.campaign_id = v_campaign.id and played.tenant_id = v_campaign.tenant_id
        union all
        select resting.id, resting.name, kept.personality, kept.engine, kept.voice, kept.knowledge_scope,
          kept.secret_knowledge, kept.behavior_rules, kept.tools, kept.budget_tier, kept.gm_helper,
          kept.address_only, kept.attributes, true
        from mgmt.npcs_aside as resting
        cross join lateral jsonb_populate_record(null::public.npc_definitions, resting.npc) as kept
        where resting.campaign_id = v_campaign.id and resting.tenant_id = v_campaign.tenant_id and resting.reason = 'aside'
      ) as npc
      where export_campaign.npcs
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
comment on function mgmt.export_campaign(text, boolean, boolean, boolean) is 'One bundle for import_campaign: { format, version, exported_at, campaign, npcs, lore, characters }, pages in their order, ids as references within the bundle; NPCs that are set aside carry aside: true. With all secrets of the NPCs; never transcripts, pictures, keys, or what lies in a bin. dm+. 404 not_found.';

create or replace function private.check_bundle(bundle jsonb) returns void
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
      "address_only": {"type": "boolean"}, "attributes": {"type": "object"}, "aside": {"type": "boolean"}
    }');
  end loop;
  for v_item, v_number in select * from jsonb_array_elements(bundle -> 'lore') with ordinality loop
    perform private.check_bundle_item('Page ' || v_number, v_item, '{
      "id": {"type": "string", "max": 64}, "title": {"type": "string", "required": true, "max": 200},
      "category": {"type": "string", "one_of": ["general", "location", "faction", "history", "rules", "npc_backstory"]},
      "content": {"type": "string", "max": 100000}, "metadata": {"type": "object", "max": 32768}
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

create or replace function mgmt.import_campaign(bundle jsonb) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_tenant text := private.require_role('dm');
  v_campaign mgmt.campaigns;
  v_item jsonb;
  v_number bigint;
  v_id text;
  v_rests boolean;
  v_resting int := 0;
  v_max int := (private.entitlement(v_tenant)).max_npcs;
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

  -- Who rests comes first, while the cast is empty: each is judged as every new NPC and leaves at once.
  for v_item, v_number, v_rests in
    select listed.item, listed.number, listed.rests
    from (
      select entry.item, entry.number, coalesce(
        asked.aside or row_number() over (partition by asked.aside order by entry.number) > v_max, false
      ) as rests
      from jsonb_array_elements(bundle -> 'npcs') with ordinality as entry (item, number)
      cross join lateral (select coalesce((entry.item ->> 'aside')::boolean, false) as aside) as asked
    ) as listed
    order by listed.rests desc, listed.number
  loop
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
    if v_rests then
      perform mgmt.set_npc_aside(v_id, 'aside');
      v_resting := v_resting + 1;
    end if;
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
    'npcs', coalesce(jsonb_array_length(bundle -> 'npcs'), 0), 'set_aside', v_resting,
    'lore', coalesce(jsonb_array_length(bundle -> 'lore'), 0),
    'characters', coalesce(jsonb_array_length(bundle -> 'characters'), 0)
  );
end
$$;
comment on function mgmt.import_campaign(jsonb) is 'Makes a campaign of a bundle, all of it or nothing: { campaign_id, name, npcs, set_aside, lore, characters }. A taken name becomes "Rabenheim (2)"; NPCs beyond the plan''s limit, the last of the file, are set aside. dm+. 422 bundle_invalid names place and field, 402 campaign_limit.';
