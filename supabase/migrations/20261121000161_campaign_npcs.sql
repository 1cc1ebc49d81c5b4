-- NPCs in further campaigns.
--
-- The voice service plays the rows of npc_definitions of one campaign and knows of nothing else, so an NPC that appears in a
-- further campaign has a row there: its appearance. The link says whose it is. The appearance counts against that campaign's
-- limit and obeys its rules like every other row, and its content is the source's.

create table mgmt.campaign_npcs (
  campaign_id text not null,
  npc_id text not null,
  tenant_id text not null default private.current_tenant_id() references public.tenants (id) on delete cascade,
  appearance_id text not null default gen_random_uuid()::text,
  created_at timestamptz not null default now(),
  primary key (campaign_id, npc_id),
  foreign key (campaign_id, tenant_id) references mgmt.campaigns (id, tenant_id) on delete cascade
);
-- NOTE: npc_id and appearance_id carry no foreign key: their rows leave npc_definitions while the NPC rests, and the link stays.
create index campaign_npcs_tenant on mgmt.campaign_npcs (tenant_id);
create index campaign_npcs_campaign on mgmt.campaign_npcs (campaign_id, tenant_id);
create index campaign_npcs_npc on mgmt.campaign_npcs (npc_id);
create unique index campaign_npcs_appearance on mgmt.campaign_npcs (appearance_id);

alter table mgmt.campaign_npcs enable row level security;
alter table mgmt.campaign_npcs force row level security;

create policy "Dungeon Masters read where their table's NPCs appear" on mgmt.campaign_npcs
  for select to authenticated using (tenant_id = (select private.tenant_as('dm')));
create policy "Dungeon Masters let NPCs appear in their campaigns" on mgmt.campaign_npcs
  for insert to authenticated with check (
    tenant_id = (select private.tenant_as('dm')) and private.is_own_campaign(campaign_id)
  );
create policy "Dungeon Masters end appearances of their table's NPCs" on mgmt.campaign_npcs
  for delete to authenticated using (tenant_id = (select private.tenant_as('dm')));

grant select on mgmt.campaign_npcs to authenticated, service_role;
grant insert (campaign_id, npc_id) on mgmt.campaign_npcs to authenticated;
grant delete on mgmt.campaign_npcs to authenticated;
-- NOTE: update is not granted: a link is made and ended, and tells of nothing that could change.

create function private.cast_appearance(link mgmt.campaign_npcs, source public.npc_definitions) returns void
language sql security definer set search_path = ''
as $$
  insert into public.npc_definitions (
    id, tenant_id, campaign_id, name, personality, engine, voice, knowledge_scope, secret_knowledge, behavior_rules, tools,
    budget_tier, gm_helper, address_only, attributes
  )
  values (
    link.appearance_id, link.tenant_id, link.campaign_id, source.name, source.personality, source.engine, source.voice,
    source.knowledge_scope, source.secret_knowledge, source.behavior_rules, source.tools, source.budget_tier,
    source.gm_helper, source.address_only, source.attributes
  )
$$;
revoke execute on function private.cast_appearance(mgmt.campaign_npcs, public.npc_definitions) from public;
comment on function private.cast_appearance(mgmt.campaign_npcs, public.npc_definitions) is 'Writes the row of an appearance; its own triggers judge it as a new NPC of that campaign: limit, name, one helper.';

create function private.home_of_appearance(appearance text) returns text
language sql stable security definer set search_path = ''
as $$
  select format('%s of %s', source.name, campaign.name)
  from mgmt.campaign_npcs as link
  join public.npc_definitions as source on source.id = link.npc_id and source.tenant_id = link.tenant_id
  join mgmt.campaigns as campaign on campaign.id = source.campaign_id and campaign.tenant_id = link.tenant_id
  where link.appearance_id = home_of_appearance.appearance
$$;
revoke execute on function private.home_of_appearance(text) from public;
comment on function private.home_of_appearance(text) is 'Of an appearance: its source as people know it, "Greta of The Sunken Crown". Null for every other NPC.';

create function private.begin_appearance() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  v_source public.npc_definitions;
  v_home text;
begin
  -- Shared, so that no change of the source slips in between reading and writing.
  select * into v_source
  from public.npc_definitions as npc
  where npc.id = new.npc_id and npc.tenant_id = new.tenant_id
  for share;
  if not found then
    perform private.fail('not_found', 'This NPC is not here, or not yours.', 'Choose one from the list.');
  end if;
  if v_source.campaign_id = new.campaign_id then
    perform private.fail(
      'conflict', format('%s is at home in this campaign.', v_source.name), 'Choose another campaign.'
    );
  end if;
  v_home := private.home_of_appearance(v_source.id);
  if v_home is not null then
    perform private.fail(
      'conflict', format('This is an appearance of %s.', v_home), 'Let that one appear in the further campaign.'
    );
  end if;
  perform private.cast_appearance(new, v_source);
  return null;
end
$$;
revoke execute on function private.begin_appearance() from public;
comment on function private.begin_appearance() is 'Writes the appearance of a new link, after the policy approved it. 402 npc_limit, 404 not_found, 409 name_taken, conflict (a second helper, an appearance, at home there).';

create trigger begin_appearance after insert on mgmt.campaign_npcs
  for each row execute function private.begin_appearance();

create function private.end_appearance() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  delete from public.npc_definitions as npc where npc.id = old.appearance_id and npc.tenant_id = old.tenant_id;
  return null;
end
$$;
revoke execute on function private.end_appearance() from public;

create trigger end_appearance after delete on mgmt.campaign_npcs
  for each row execute function private.end_appearance();

create function private.announce_campaign_npc() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  v_link mgmt.campaign_npcs := case tg_op when 'DELETE' then old else new end;
begin
  perform private.send_change(v_link.tenant_id, 'campaign_npc', v_link.campaign_id || '/' || v_link.npc_id, tg_op);
  return null;
end
$$;
revoke execute on function private.announce_campaign_npc() from public;

create trigger announce_change after insert or delete on mgmt.campaign_npcs
  for each row execute function private.announce_campaign_npc();
select private.audit_writes('mgmt.campaign_npcs', 'campaign_npc');

comment on table mgmt.campaign_npcs is 'NPCs that appear in further campaigns than their own. For Dungeon Masters: insert campaign_id and npc_id, or delete.';
comment on column mgmt.campaign_npcs.campaign_id is 'The further campaign.';
comment on column mgmt.campaign_npcs.npc_id is 'The source: the NPC at home in another campaign of the same table, in npc_definitions or resting.';
comment on column mgmt.campaign_npcs.appearance_id is 'Its row of npc_definitions in the further campaign. Not there while the source rests, or where it found no room when it came back.';
