-- Campaigns with their lore and characters.
--
-- mgmt.campaigns keeps the columns that the gateway's /campaign commands read. Children carry tenant_id too and refer
-- to (id, tenant_id), so that no row can ever hang on another tenant's campaign, whoever writes it.
-- Archived: readable for ever, not counted, not started, not offered in Discord. Deleted: in the bin.

create table mgmt.campaigns (
  id text primary key default gen_random_uuid()::text,
  tenant_id text not null default private.current_tenant_id() references public.tenants (id) on delete cascade,
  name text not null,
  system text not null default '',
  description text not null default '',
  language text not null default '',
  archived_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  constraint campaigns_id_tenant unique (id, tenant_id),
  constraint campaigns_name_length check (char_length(name) <= 255 and btrim(name) <> ''),
  constraint campaigns_system_length check (char_length(system) <= 60),
  constraint campaigns_description_length check (char_length(description) <= 4096),
  constraint campaigns_language_known check (language in ('', 'en', 'de', 'fr', 'es'))
);
create index campaigns_tenant on mgmt.campaigns (tenant_id, created_at desc);
create unique index campaigns_name_once on mgmt.campaigns (tenant_id, lower(name)) where deleted_at is null;

alter table mgmt.campaigns enable row level security;
alter table mgmt.campaigns force row level security;

create policy "Dungeon Masters read their table's campaigns" on mgmt.campaigns
  for select to authenticated using (
    tenant_id = (select private.current_tenant_id()) and (select private.has_role('dm'))
  );
create policy "Dungeon Masters add campaigns to their table" on mgmt.campaigns
  for insert to authenticated with check (
    tenant_id = (select private.current_tenant_id()) and (select private.has_role('dm'))
  );
create policy "Dungeon Masters change their table's campaigns" on mgmt.campaigns
  for update to authenticated
  using (tenant_id = (select private.current_tenant_id()) and (select private.has_role('dm')))
  with check (tenant_id = (select private.current_tenant_id()) and (select private.has_role('dm')));
create policy "The gateway reads campaigns that can be played" on mgmt.campaigns
  for select to glyphoxa_gateway using (deleted_at is null and archived_at is null);

grant select on mgmt.campaigns to authenticated, service_role;
grant insert (name, system, description, language) on mgmt.campaigns to authenticated;
grant update (name, system, description, language, archived_at, deleted_at) on mgmt.campaigns to authenticated;
grant select (id, tenant_id, name, system, language, description, created_at, updated_at, deleted_at)
  on mgmt.campaigns to glyphoxa_gateway;
-- NOTE: id and tenant_id are not writable: ids are random, and no API takes a tenant from a tenant's user.
-- NOTE: delete is not granted: campaigns go to the bin by deleted_at.

create function private.keep_campaign_name_free() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  v_taken text;
begin
  select campaign.name into v_taken
  from mgmt.campaigns as campaign
  where campaign.tenant_id = new.tenant_id and lower(campaign.name) = lower(new.name)
    and campaign.deleted_at is null and campaign.id <> new.id;
  if found then
    perform private.fail('name_taken', format('You have a campaign of that name: %s.', v_taken), 'Choose another name.');
  end if;
  return new;
end
$$;
revoke execute on function private.keep_campaign_name_free() from public;
comment on function private.keep_campaign_name_free() is 'Says in words what the unique index would refuse. Definer, so that it sees what the index sees.';

create trigger campaigns_name_free before insert or update of name, deleted_at on mgmt.campaigns
  for each row when (new.deleted_at is null) execute function private.keep_campaign_name_free();
create trigger touch_updated_at before update on mgmt.campaigns
  for each row execute function private.touch_updated_at();

comment on table mgmt.campaigns is 'Stories. The gateway reads this table for its /campaign commands.';
comment on column mgmt.campaigns.language is 'ISO 639-1; empty for campaigns that came from the gateway.';

create function private.is_own_campaign(campaign_id text) returns boolean
language sql stable security definer set search_path = ''
as $$
  select exists (
    select from mgmt.campaigns as campaign
    where campaign.id = is_own_campaign.campaign_id and campaign.tenant_id = private.current_tenant_id()
      and campaign.deleted_at is null
  )
$$;
revoke execute on function private.is_own_campaign(text) from public;
grant execute on function private.is_own_campaign(text) to authenticated;
comment on function private.is_own_campaign(text) is 'Whether a campaign of this id, not in the bin, belongs to the caller''s tenant.';

-- Players may know how their stories are called, and nothing else of them.
create function private.campaign_names()
returns table (id text, name text, archived boolean)
language sql stable security definer set search_path = ''
as $$
  select campaign.id, campaign.name, campaign.archived_at is not null
  from mgmt.campaigns as campaign
  where campaign.tenant_id = private.current_tenant_id() and campaign.deleted_at is null
$$;
revoke execute on function private.campaign_names() from public;
grant execute on function private.campaign_names() to authenticated;

create view mgmt.campaign_names with (security_invoker = true) as
  select id, name, archived from private.campaign_names();
grant select on mgmt.campaign_names to authenticated;
comment on view mgmt.campaign_names is 'Id and name of the own table''s campaigns, for every member. Everything else of a campaign is for Dungeon Masters.';

create table mgmt.campaign_lore (
  id uuid primary key default gen_random_uuid(),
  tenant_id text not null default private.current_tenant_id() references public.tenants (id) on delete cascade,
  campaign_id text not null,
  title text not null default '',
  category text not null default 'general',
  content text not null default '',
  metadata jsonb not null default '{}',
  sort_order int not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  foreign key (campaign_id, tenant_id) references mgmt.campaigns (id, tenant_id) on delete cascade,
  constraint campaign_lore_title_length check (char_length(title) <= 200 and btrim(title) <> ''),
  constraint campaign_lore_category_known check (
    category in ('general', 'location', 'faction', 'history', 'rules', 'npc_backstory')
  ),
  constraint campaign_lore_content_length check (char_length(content) <= 100000),
  constraint campaign_lore_metadata_is_object check (jsonb_typeof(metadata) = 'object'),
  constraint campaign_lore_tags_limits check (metadata -> 'tags' is null or private.is_text_list(metadata -> 'tags', 20, 40)),
  constraint campaign_lore_npcs_limits check (
    metadata -> 'related_npcs' is null or private.is_text_list(metadata -> 'related_npcs', 200, 64)
  )
);
create index campaign_lore_campaign on mgmt.campaign_lore (campaign_id, tenant_id, sort_order);
create index campaign_lore_tenant on mgmt.campaign_lore (tenant_id);

alter table mgmt.campaign_lore enable row level security;
alter table mgmt.campaign_lore force row level security;

create policy "Dungeon Masters read their table's lore" on mgmt.campaign_lore
  for select to authenticated using (
    tenant_id = (select private.current_tenant_id()) and (select private.has_role('dm'))
  );
create policy "Dungeon Masters add lore to their table" on mgmt.campaign_lore
  for insert to authenticated with check (
    tenant_id = (select private.current_tenant_id()) and (select private.has_role('dm'))
  );
create policy "Dungeon Masters change their table's lore" on mgmt.campaign_lore
  for update to authenticated
  using (tenant_id = (select private.current_tenant_id()) and (select private.has_role('dm')))
  with check (tenant_id = (select private.current_tenant_id()) and (select private.has_role('dm')));

grant select on mgmt.campaign_lore to authenticated, service_role;
grant insert (campaign_id, title, category, content, metadata, sort_order) on mgmt.campaign_lore to authenticated;
grant update (campaign_id, title, category, content, metadata, sort_order, deleted_at) on mgmt.campaign_lore to authenticated;
-- NOTE: delete is not granted: pages go to the bin by deleted_at.

create trigger touch_updated_at before update on mgmt.campaign_lore
  for each row execute function private.touch_updated_at();

comment on table mgmt.campaign_lore is 'Pages of a world, in Markdown. For Dungeon Masters only.';
comment on column mgmt.campaign_lore.metadata is 'tags: up to 20 of 40 characters; related_npcs: ids.';

create table mgmt.campaign_characters (
  id uuid primary key default gen_random_uuid(),
  tenant_id text not null default private.current_tenant_id() references public.tenants (id) on delete cascade,
  campaign_id text not null,
  discord_id text not null,
  name text not null,
  aliases text[] not null default '{}',
  colour smallint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  foreign key (campaign_id, tenant_id) references mgmt.campaigns (id, tenant_id) on delete cascade,
  constraint campaign_characters_person_once unique (campaign_id, discord_id),
  constraint campaign_characters_discord_id_length check (char_length(discord_id) between 1 and 64),
  constraint campaign_characters_name_length check (char_length(name) <= 80 and btrim(name) <> ''),
  constraint campaign_characters_aliases_limits check (private.is_text_list(to_jsonb(aliases), 5, 80)),
  constraint campaign_characters_colour_known check (colour between 1 and 8)
);
create index campaign_characters_campaign on mgmt.campaign_characters (campaign_id, tenant_id);
create index campaign_characters_tenant on mgmt.campaign_characters (tenant_id);

alter table mgmt.campaign_characters enable row level security;
alter table mgmt.campaign_characters force row level security;

create policy "Members read who plays whom" on mgmt.campaign_characters
  for select to authenticated using (tenant_id = (select private.current_tenant_id()));
create policy "Dungeon Masters say who plays whom" on mgmt.campaign_characters
  for insert to authenticated with check (
    tenant_id = (select private.current_tenant_id()) and (select private.has_role('dm'))
  );
create policy "Dungeon Masters change who plays whom" on mgmt.campaign_characters
  for update to authenticated
  using (tenant_id = (select private.current_tenant_id()) and (select private.has_role('dm')))
  with check (tenant_id = (select private.current_tenant_id()) and (select private.has_role('dm')));
create policy "Dungeon Masters forget who plays whom" on mgmt.campaign_characters
  for delete to authenticated using (
    tenant_id = (select private.current_tenant_id()) and (select private.has_role('dm'))
  );

grant select, delete on mgmt.campaign_characters to authenticated;
grant select on mgmt.campaign_characters to service_role;
grant insert (campaign_id, discord_id, name, aliases, colour) on mgmt.campaign_characters to authenticated;
grant update (discord_id, name, aliases, colour) on mgmt.campaign_characters to authenticated;

create trigger touch_updated_at before update on mgmt.campaign_characters
  for each row execute function private.touch_updated_at();

comment on table mgmt.campaign_characters is 'Which person of Discord plays which character; used in transcripts and exports.';
comment on column mgmt.campaign_characters.discord_id is 'The speaker_id of transcript lines: a Discord snowflake.';
