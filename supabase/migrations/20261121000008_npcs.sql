-- NPCs under the API, and the rules their fields obey.
--
-- The gateway decodes rows into typed values and stops at a wrong shape, so shapes are constraints for every writer.
-- Limits of length, and words that name the field, come from the trigger below, for rows that belong to a tenant.
-- Rows that were there before us are mended where a rule could not hold otherwise: a name that is taken gets a
-- number, and of several helpers of the DM the oldest stays one.

with numbered as (
  select id, row_number() over (partition by campaign_id, lower(name) order by created_at, id) as place
  from public.npc_definitions
)
update public.npc_definitions as npc
set name = left(npc.name, 230) || ' (' || numbered.place || ', ' || left(npc.id, 8) || ')'
from numbered
where numbered.id = npc.id and numbered.place > 1;

with helpers as (
  select id, row_number() over (partition by campaign_id order by created_at, id) as place
  from public.npc_definitions
  where gm_helper
)
update public.npc_definitions as npc set gm_helper = false
from helpers
where helpers.id = npc.id and helpers.place > 1;

-- An NPC of a tenant hangs on a campaign of the same tenant, whoever writes it, and the API embeds NPCs in campaigns by
-- this key. Rows without a tenant are the gateway's own and name campaigns that this database need not know. Not valid:
-- so may rows that the gateway brought along.
alter table public.npc_definitions
  add column campaign_ref text generated always as (case when tenant_id <> '' then campaign_id end) stored;
alter table public.npc_definitions
  add constraint npc_definitions_campaign foreign key (campaign_ref, tenant_id)
  references mgmt.campaigns (id, tenant_id) on delete cascade not valid;
create index npc_definitions_campaign_ref on public.npc_definitions (campaign_ref, tenant_id);
comment on column public.npc_definitions.campaign_ref is 'Ours: campaign_id where the NPC belongs to a tenant. Carries the foreign key.';

create unique index npc_definitions_name_once on public.npc_definitions (campaign_id, lower(name));
create unique index npc_definitions_one_helper on public.npc_definitions (campaign_id) where gm_helper;

-- Not valid: new and changed rows obey, rows that the gateway brought along stay readable.
alter table public.npc_definitions
  add constraint npc_definitions_name_not_empty check (btrim(name) <> '') not valid,
  add constraint npc_definitions_engine_known
    check (engine in ('', 'cascaded', 's2s', 'sentence_cascade')) not valid,
  add constraint npc_definitions_budget_tier_known
    check (budget_tier in ('', 'fast', 'standard', 'deep')) not valid,
  add constraint npc_definitions_voice_is_object check (jsonb_typeof(voice) = 'object') not valid,
  add constraint npc_definitions_knowledge_scope_is_list
    check (private.is_text_list(knowledge_scope, 1000, 100000)) not valid,
  add constraint npc_definitions_secret_knowledge_is_list
    check (private.is_text_list(secret_knowledge, 1000, 100000)) not valid,
  add constraint npc_definitions_behavior_rules_is_list
    check (private.is_text_list(behavior_rules, 1000, 100000)) not valid,
  add constraint npc_definitions_tools_is_list check (private.is_text_list(tools, 1000, 100000)) not valid,
  add constraint npc_definitions_attributes_is_object check (jsonb_typeof(attributes) = 'object') not valid;

create function private.check_text_list(field text, list jsonb, max_items int, max_length int) returns void
language plpgsql set search_path = ''
as $$
declare
  v_message text;
begin
  if private.is_text_list(list, max_items, max_length) then
    return;
  end if;
  v_message := case
    when jsonb_typeof(list) is distinct from 'array' then format('%s: must be a list of texts.', field)
    when jsonb_array_length(list) > max_items
      then format('%s: %s entries, at most %s are allowed.', field, jsonb_array_length(list), max_items)
    else (
      select case
        when jsonb_typeof(item) <> 'string' then format('%s, entry %s: must be a text.', field, place)
        else format('%s, entry %s: longer than %s characters.', field, place, max_length)
      end
      from jsonb_array_elements(list) with ordinality as entry (item, place)
      where jsonb_typeof(item) <> 'string' or char_length(item #>> '{}') > max_length
      order by place
      limit 1
    )
  end;
  perform private.fail('validation', v_message, 'Shorten or correct this field.');
end
$$;
revoke execute on function private.check_text_list(text, jsonb, int, int) from public;
grant execute on function private.check_text_list(text, jsonb, int, int) to authenticated, glyphoxa_gateway;

create function private.check_voice(voice jsonb) returns void
language plpgsql set search_path = ''
as $$
declare
  v_number numeric;
begin
  if jsonb_typeof(voice) is distinct from 'object' then
    perform private.fail('validation', 'voice: must be an object.');
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
revoke execute on function private.check_voice(jsonb) from public;
grant execute on function private.check_voice(jsonb) to authenticated, glyphoxa_gateway;

create function private.check_npc() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  v_other text;
begin
  if btrim(new.name) = '' or char_length(new.name) > 255 then
    perform private.fail('validation', 'name: must have 1 to 255 characters.', 'Players call the NPC by its name.');
  end if;
  if char_length(new.personality) > 2000 then
    perform private.fail(
      'validation',
      format(
        'personality: %s of 2,000 characters.',
        to_char(char_length(new.personality), 'FM999,999,999')
      ),
      format('Shorten by %s.', to_char(char_length(new.personality) - 2000, 'FM999,999,999'))
    );
  end if;
  if new.engine not in ('', 'cascaded', 's2s', 'sentence_cascade') then
    perform private.fail('validation', 'engine: must be cascaded, sentence_cascade or s2s.');
  end if;
  if new.budget_tier not in ('', 'fast', 'standard', 'deep') then
    perform private.fail('validation', 'budget_tier: must be fast, standard or deep.');
  end if;
  perform private.check_voice(new.voice);
  perform private.check_text_list('knowledge_scope', new.knowledge_scope, 50, 120);
  perform private.check_text_list('secret_knowledge', new.secret_knowledge, 50, 500);
  perform private.check_text_list('behavior_rules', new.behavior_rules, 30, 300);
  perform private.check_text_list('tools', new.tools, 20, 60);
  if jsonb_typeof(new.attributes) <> 'object' then
    perform private.fail('validation', 'attributes: must be an object.');
  end if;
  if (select count(*) from jsonb_object_keys(new.attributes)) > 50 then
    perform private.fail('validation', 'attributes: at most 50 rows are allowed.', 'Remove some rows.');
  end if;
  if octet_length(new.attributes::text) > 8192 then
    perform private.fail('validation', 'attributes: larger than 8 kB.', 'Shorten some values.');
  end if;
  if new.attributes ? 'prepared_lines' then
    perform private.check_text_list('attributes.prepared_lines', new.attributes -> 'prepared_lines', 12, 300);
  end if;

  select npc.name into v_other
  from public.npc_definitions as npc
  where npc.campaign_id = new.campaign_id and npc.tenant_id = new.tenant_id
    and lower(npc.name) = lower(new.name) and npc.id <> new.id;
  if found then
    perform private.fail('name_taken', format('There is a %s here already.', v_other), 'Choose another name.');
  end if;
  if new.gm_helper then
    select npc.name into v_other
    from public.npc_definitions as npc
    where npc.campaign_id = new.campaign_id and npc.tenant_id = new.tenant_id and npc.gm_helper and npc.id <> new.id;
    if found then
      perform private.fail(
        'conflict',
        format('gm_helper: %s is the helper of this campaign.', v_other),
        format('Switch it off for %s first.', v_other)
      );
    end if;
  end if;
  return new;
end
$$;
revoke execute on function private.check_npc() from public;
comment on function private.check_npc() is 'Each refusal names its field (422 validation). Definer, as it runs for every writer; it looks at rows of the same tenant only, so that a refusal tells nothing of another.';

-- Rows without a tenant are the gateway's own, from before it knew tenants: it checks them itself.
create trigger npc_definitions_check before insert or update on public.npc_definitions
  for each row when (new.tenant_id <> '') execute function private.check_npc();

create policy "Dungeon Masters read their table's NPCs" on public.npc_definitions
  for select to authenticated using (
    tenant_id = (select private.current_tenant_id()) and (select private.has_role('dm'))
  );
create policy "Dungeon Masters add NPCs to their campaigns" on public.npc_definitions
  for insert to authenticated with check (
    tenant_id = (select private.current_tenant_id()) and (select private.has_role('dm'))
    and private.is_own_campaign(campaign_id)
  );
create policy "Dungeon Masters change their table's NPCs" on public.npc_definitions
  for update to authenticated
  using (tenant_id = (select private.current_tenant_id()) and (select private.has_role('dm')))
  with check (
    tenant_id = (select private.current_tenant_id()) and (select private.has_role('dm'))
    and private.is_own_campaign(campaign_id)
  );
create policy "Dungeon Masters delete their table's NPCs" on public.npc_definitions
  for delete to authenticated using (
    tenant_id = (select private.current_tenant_id()) and (select private.has_role('dm'))
  );

create view mgmt.npcs with (security_invoker = true) as
  select id, tenant_id, campaign_id, name, personality, engine, voice, knowledge_scope, secret_knowledge,
    behavior_rules, tools, budget_tier, gm_helper, address_only, attributes, created_at, updated_at, campaign_ref
  from public.npc_definitions;
alter view mgmt.npcs alter column tenant_id set default private.current_tenant_id();
comment on view mgmt.npcs is 'The NPCs of the caller''s table, for Dungeon Masters. A new one belongs to the caller''s table by itself.';

-- The view runs as its caller, so each grant is needed on both.
grant select, delete on public.npc_definitions, mgmt.npcs to authenticated;
grant select on public.npc_definitions, mgmt.npcs to service_role;
grant insert (
  campaign_id, name, personality, engine, voice, knowledge_scope, secret_knowledge, behavior_rules, tools,
  budget_tier, gm_helper, address_only, attributes
) on public.npc_definitions, mgmt.npcs to authenticated;
grant update (
  campaign_id, name, personality, engine, voice, knowledge_scope, secret_knowledge, behavior_rules, tools,
  budget_tier, gm_helper, address_only, attributes
) on public.npc_definitions, mgmt.npcs to authenticated;
-- NOTE: id and tenant_id are not writable, as in mgmt.campaigns.
