-- Every field that people fill has an end. Two objects had none beyond the megabyte of a request: what is noted on a page of
-- lore, and an NPC's voice, whose unknown keys are kept.

alter table mgmt.campaign_lore add constraint campaign_lore_metadata_size
  check (char_length(metadata::text) <= 32768) not valid;

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
      "address_only": {"type": "boolean"}, "attributes": {"type": "object"}
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

create or replace function private.check_voice(voice jsonb) returns void
language plpgsql set search_path = ''
as $$
declare
  v_number numeric;
begin
  if jsonb_typeof(voice) is distinct from 'object' then
    perform private.fail('validation', 'voice: must be an object.');
  end if;
  if octet_length(voice::text) > 4096 then
    perform private.fail('validation', 'voice: larger than 4 kB.');
  end if;
  if coalesce(jsonb_typeof(voice -> 'provider'), 'string') <> 'string'
    or coalesce(char_length(voice ->> 'provider'), 0) > 60
  then
    perform private.fail('validation', 'voice.provider: must be a text of at most 60 characters.');
  end if;
  if coalesce(jsonb_typeof(voice -> 'voice_id'), 'string') <> 'string'
    or coalesce(char_length(voice ->> 'voice_id'), 0) > 200
  then
    perform private.fail('validation', 'voice.voice_id: must be a text of at most 200 characters.');
  end if;
  if voice ? 'speed_factor' then
    v_number := case when jsonb_typeof(voice -> 'speed_factor') = 'number' then (voice ->> 'speed_factor')::numeric end;
    if v_number is null or not (v_number = 0 or v_number between 0.5 and 2.0) then
      perform private.fail('validation', 'voice.speed_factor: must be 0 (as the voice comes) or between 0.5 and 2.0.');
    end if;
  end if;
  if voice ? 'pitch_shift' then
    v_number := case when jsonb_typeof(voice -> 'pitch_shift') = 'number' then (voice ->> 'pitch_shift')::numeric end;
    if v_number is null or v_number not between -10 and 10 then
      perform private.fail('validation', 'voice.pitch_shift: must be between -10 and 10.');
    end if;
  end if;
end
$$;
