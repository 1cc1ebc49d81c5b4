-- Voices to choose from, and the plan that each belongs to.
--
-- Of an NPC's voice only the id reaches a live session, so the id alone names a voice here and decides its tier. What is not
-- listed is judged by the shape of its id: Piper's and gTTS's are told apart from everybody else's and are free to use; any
-- other voice costs money somewhere and is at least a Standard one. The provider that an NPC names is not believed.

create table mgmt.voice_catalog (
  voice_id text primary key,
  provider text not null,
  name text not null,
  language text,
  description text not null default '',
  tags text[] not null default '{}',
  tier text not null,
  active boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint voice_catalog_tier_known check (tier in ('basic', 'standard', 'premium')),
  constraint voice_catalog_language_shape check (language ~ '^[a-z]{2}$'),
  constraint voice_catalog_named check (btrim(name) <> '' and btrim(voice_id) <> '' and btrim(provider) <> '')
);

alter table mgmt.voice_catalog enable row level security;
alter table mgmt.voice_catalog force row level security;

create policy "Everybody signed in reads the voices" on mgmt.voice_catalog
  for select to authenticated using (true);

grant select on mgmt.voice_catalog to authenticated, service_role;
-- NOTE: no write is granted: the catalogue changes by migration.

create trigger touch_updated_at before update on mgmt.voice_catalog
  for each row execute function private.touch_updated_at();

comment on table mgmt.voice_catalog is 'Voices of the speech services, as people choose them. Read by everybody signed in.';
comment on column mgmt.voice_catalog.voice_id is 'As the service calls it; goes into npcs.voice.voice_id.';
comment on column mgmt.voice_catalog.language is 'Two letters; null = speaks whatever language it is given.';
comment on column mgmt.voice_catalog.tags is 'How it sounds, for search: pitch (low, middle, high), age (young, grown, old), character.';
comment on column mgmt.voice_catalog.tier is 'As in subscription_plans.voice_tier: basic (Piper, gTTS), standard, premium.';
comment on column mgmt.voice_catalog.active is 'false: no longer offered. Keeps its name and tier for NPCs that have it.';

insert into mgmt.voice_catalog (provider, voice_id, name, language, tier, tags, description) values
  ('piper', 'en_US-lessac-medium', 'Lessac', 'en', 'basic', '{middle,grown,clear}', 'Even and clear'),
  ('piper', 'en_US-amy-medium', 'Amy', 'en', 'basic', '{middle,young,warm}', 'Warm and friendly'),
  ('piper', 'en_US-ryan-high', 'Ryan', 'en', 'basic', '{low,grown,brisk}', 'Brisk, as if reading the news'),
  ('piper', 'en_US-joe-medium', 'Joe', 'en', 'basic', '{low,grown,calm}', 'Calm and plain'),
  ('piper', 'en_US-norman-medium', 'Norman', 'en', 'basic', '{low,old,rough}', 'Rough and slow'),
  ('piper', 'en_US-kristin-medium', 'Kristin', 'en', 'basic', '{high,young,bright}', 'Bright and quick'),
  ('piper', 'en_GB-alan-medium', 'Alan', 'en', 'basic', '{low,grown,dry}', 'Dry, British'),
  ('piper', 'en_GB-alba-medium', 'Alba', 'en', 'basic', '{middle,grown,soft}', 'Soft, Scottish'),
  ('piper', 'en_GB-cori-medium', 'Cori', 'en', 'basic', '{high,grown,noble}', 'Polished, British'),
  ('piper', 'en_GB-jenny_dioco-medium', 'Jenny', 'en', 'basic', '{middle,young,soft}', 'Soft, Irish'),
  ('piper', 'en_GB-northern_english_male-medium', 'Ned', 'en', 'basic', '{low,grown,rough}', 'Down to earth, from the north of England'),
  ('piper', 'de_DE-thorsten-medium', 'Thorsten', 'de', 'basic', '{low,grown,clear}', 'Klar und ruhig'),
  ('piper', 'de_DE-thorsten_emotional-medium', 'Thorsten, lebhaft', 'de', 'basic', '{low,grown,brisk}', 'Lebhaft und nah'),
  ('piper', 'de_DE-kerstin-low', 'Kerstin', 'de', 'basic', '{middle,grown,warm}', 'Warm und freundlich'),
  ('piper', 'de_DE-ramona-low', 'Ramona', 'de', 'basic', '{middle,grown,noble}', 'Kühl und genau'),
  ('piper', 'de_DE-eva_k-x_low', 'Eva', 'de', 'basic', '{high,young,bright}', 'Hell und schnell'),
  ('piper', 'de_DE-karlsson-low', 'Karlsson', 'de', 'basic', '{low,old,rough}', 'Rau und bedächtig'),
  ('piper', 'de_DE-pavoque-low', 'Pavo', 'de', 'basic', '{middle,grown,dry}', 'Trocken und schnell'),
  ('piper', 'fr_FR-siwis-medium', 'Siwis', 'fr', 'basic', '{middle,grown,clear}', 'Claire et posée'),
  ('piper', 'fr_FR-tom-medium', 'Tom', 'fr', 'basic', '{low,grown,calm}', 'Calme et grave'),
  ('piper', 'es_ES-davefx-medium', 'Dave', 'es', 'basic', '{low,grown,clear}', 'Clara y serena'),
  ('gtts', 'en', 'Google Translate, English', 'en', 'basic', '{middle,grown,plain}', 'Plain; good for a first try'),
  ('gtts', 'de', 'Google Übersetzer, Deutsch', 'de', 'basic', '{middle,grown,plain}', 'Schlicht; gut für den ersten Versuch'),
  ('gtts', 'fr', 'Google Traduction, français', 'fr', 'basic', '{middle,grown,plain}', 'Simple, pour un premier essai'),
  ('gtts', 'es', 'Google Traductor, español', 'es', 'basic', '{middle,grown,plain}', 'Sencilla, para empezar'),
  ('openai', 'alloy', 'Alloy', null, 'standard', '{middle,grown,clear}', 'Even and clear'),
  ('openai', 'ash', 'Ash', null, 'standard', '{low,grown,calm}', 'Calm and sure'),
  ('openai', 'coral', 'Coral', null, 'standard', '{high,young,warm}', 'Warm and cheerful'),
  ('openai', 'echo', 'Echo', null, 'standard', '{low,grown,soft}', 'Soft and thoughtful'),
  ('openai', 'fable', 'Fable', null, 'standard', '{middle,grown,bright}', 'Tells stories, British'),
  ('openai', 'nova', 'Nova', null, 'standard', '{high,young,bright}', 'Bright and quick'),
  ('openai', 'onyx', 'Onyx', null, 'standard', '{low,grown,noble}', 'Deep and grave'),
  ('openai', 'sage', 'Sage', null, 'standard', '{middle,grown,calm}', 'Calm and kind'),
  ('openai', 'shimmer', 'Shimmer', null, 'standard', '{high,grown,soft}', 'Gentle and light'),
  ('elevenlabs', 'EXAVITQu4vr4xnSDxMaL', 'Sarah', null, 'standard', '{middle,grown,warm}', 'Reassuring and confident'),
  ('elevenlabs', 'CwhRBWXzGAHq8TQ4Fs17', 'Roger', null, 'standard', '{low,grown,calm}', 'Laid back'),
  ('elevenlabs', 'FGY2WhTYpPnrIDTdsKH5', 'Laura', null, 'standard', '{high,young,bright}', 'Eager, a little odd'),
  ('elevenlabs', 'IKne3meq5aSn9XLyUdCD', 'Charlie', null, 'standard', '{low,young,brisk}', 'Energetic, Australian'),
  ('elevenlabs', 'SAz9YHcvj6GT2YYXdXww', 'River', null, 'standard', '{middle,grown,calm}', 'Relaxed and neutral'),
  ('elevenlabs', 'TX3LPaxmHKxFdv7VOQHJ', 'Liam', null, 'standard', '{middle,young,brisk}', 'Quick and articulate'),
  ('elevenlabs', 'Xb7hH8MSUJpSbSDYk0k2', 'Alice', null, 'standard', '{middle,grown,noble}', 'Clear, British'),
  ('elevenlabs', 'XrExE9yKIg1WjnnlVkGX', 'Matilda', null, 'standard', '{middle,grown,warm}', 'Knows what it talks about'),
  ('elevenlabs', 'bIHbv24MWmeRgasZH58o', 'Will', null, 'standard', '{middle,young,calm}', 'Relaxed optimist'),
  ('elevenlabs', 'cjVigY5qzO86Huf0OWal', 'Eric', null, 'standard', '{low,grown,soft}', 'Smooth and trustworthy'),
  ('elevenlabs', 'iP95p4xoKVk53GoZ742B', 'Chris', null, 'standard', '{low,grown,plain}', 'Down to earth'),
  ('elevenlabs', 'pqHfZKP75CvOlQylNhV4', 'Bill', null, 'standard', '{low,old,wise}', 'Old and wise'),
  ('elevenlabs', 'pNInz6obpgDQGcFmaJgB', 'Adam', null, 'standard', '{low,grown,noble}', 'Dominant and firm'),
  ('elevenlabs', 'JBFqnCBsd6RMkjVDRZzb', 'George', null, 'premium', '{low,grown,warm}', 'Captivating storyteller, British'),
  ('elevenlabs', 'N2lVS1w4EtoT3dr4eOWO', 'Callum', null, 'premium', '{low,grown,rough}', 'Husky trickster'),
  ('elevenlabs', 'SOYHLrjzK2X1ezoPC6cr', 'Harry', null, 'premium', '{low,young,rough}', 'Fierce warrior'),
  ('elevenlabs', 'XB0fDUnXU5powFXDhCwa', 'Charlotte', null, 'premium', '{middle,grown,soft}', 'Seductive, a little foreign'),
  ('elevenlabs', 'pFZP5JQG7iQjIQuC4Bku', 'Lily', null, 'premium', '{middle,grown,noble}', 'Velvety, as on a stage'),
  ('elevenlabs', 'nPczCjzI2devNBz1zQrb', 'Brian', null, 'premium', '{low,grown,noble}', 'Deep and comforting'),
  ('elevenlabs', 'onwK4e9ZLuTAKqWW03F9', 'Daniel', null, 'premium', '{low,grown,clear}', 'Steady, British'),
  ('elevenlabs', 'cgSgspJ2msm6clMCkdW9', 'Jessica', null, 'premium', '{high,young,bright}', 'Playful and bright');

select private.audit_writes('mgmt.voice_catalog', 'voice', 'name');

create function private.tier_rank(tier text) returns smallint
language sql immutable set search_path = ''
as $$ select array_position(array['basic', 'standard', 'premium'], tier)::smallint $$;
revoke execute on function private.tier_rank(text) from public;
comment on function private.tier_rank(text) is 'Voice tiers in their order, from 1; null for no tier.';

create function private.voice_tier(voice jsonb) returns text
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_id text := btrim(voice ->> 'voice_id');
begin
  -- Without a voice an NPC is silent, which every plan allows.
  if coalesce(v_id, '') = '' then
    return 'basic';
  end if;
  return coalesce(
    (select catalog.tier from mgmt.voice_catalog as catalog where catalog.voice_id = v_id),
    case
      when v_id ~ '^[a-z]{2,3}_[A-Z]{2}-[A-Za-z0-9_]+-(x_low|low|medium|high)$' or v_id ~ '^[a-z]{2}(-[A-Za-z]{2})?$'
        then 'basic'
      else 'standard'
    end
  );
end
$$;
revoke execute on function private.voice_tier(jsonb) from public;
comment on function private.voice_tier(jsonb) is 'The tier of an NPC''s voice, by its id alone. Definer: asked by the gate for whoever starts.';

create function private.voice_allowed(voice jsonb, voice_tier text) returns boolean
language sql stable set search_path = ''
as $$ select coalesce(private.tier_rank(private.voice_tier(voice)) <= private.tier_rank(voice_tier), true) $$;
revoke execute on function private.voice_allowed(jsonb, text) from public;
comment on function private.voice_allowed(jsonb, text) is 'Whether a plan of this voice tier lets an NPC speak with this voice.';

create function mgmt.available_voices(for_language text default null)
returns table (
  voice_id text, provider text, name text, language text, description text, tags text[], tier text, allowed boolean,
  plan_id text, plan_name text
)
language plpgsql stable security definer set search_path = ''
as $$
#variable_conflict use_column
declare
  v_tenant text := private.require_role('viewer');
  v_plan private.entitlement := private.entitlement(v_tenant);
begin
  return query
    select
      catalog.voice_id, catalog.provider, catalog.name, catalog.language, catalog.description, catalog.tags, catalog.tier,
      coalesce(private.tier_rank(catalog.tier) <= private.tier_rank(v_plan.voice_tier), false),
      plan.id, plan.name
    from mgmt.voice_catalog as catalog
    cross join lateral (
      select offered.id, offered.name
      from mgmt.subscription_plans as offered
      where offered.active and private.tier_rank(offered.voice_tier) >= private.tier_rank(catalog.tier)
      order by offered.tier_order
      limit 1
    ) as plan
    where catalog.active
      and (
        available_voices.for_language is null or catalog.language is null or catalog.language = available_voices.for_language
      )
    order by private.tier_rank(catalog.tier), catalog.provider, catalog.language nulls last, catalog.name;
end
$$;
revoke execute on function mgmt.available_voices(text) from public;
grant execute on function mgmt.available_voices(text) to authenticated;
comment on function mgmt.available_voices(text) is 'Voices that speak this language (null: all), whether one''s own plan allows each, and the smallest plan that does. Definer: plans of the table are the owner''s to read.';
