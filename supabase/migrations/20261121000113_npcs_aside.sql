-- NPCs that rest: set aside by choice, or in the bin for 30 days.
--
-- The voice service plays every row of npc_definitions, so a resting NPC must not be there. The whole row moves here and back,
-- with its id, so that whoever refers to it still does when it returns.
--
-- In the audit log this is one entry on the NPC (update, bin, restore), not a delete and an insert: the triggers of
-- npc_definitions keep quiet while private.moving_npc says that the row only moves.

create table mgmt.npcs_aside (
  id text primary key,
  tenant_id text not null references public.tenants (id) on delete cascade,
  campaign_id text not null,
  name text not null,
  reason text not null,
  since timestamptz not null,
  npc jsonb not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  foreign key (campaign_id, tenant_id) references mgmt.campaigns (id, tenant_id) on delete cascade,
  constraint npcs_aside_reason_known check (reason in ('aside', 'bin'))
);
create index npcs_aside_tenant on mgmt.npcs_aside (tenant_id);
create index npcs_aside_campaign on mgmt.npcs_aside (campaign_id, tenant_id, name);
-- What is to be purged.
create index npcs_aside_bin on mgmt.npcs_aside (since) where reason = 'bin';

alter table mgmt.npcs_aside enable row level security;
alter table mgmt.npcs_aside force row level security;

create policy "Dungeon Masters read their table's resting NPCs" on mgmt.npcs_aside
  for select to authenticated using (tenant_id = (select private.tenant_as('dm')));

grant select on mgmt.npcs_aside to authenticated, service_role;
-- NOTE: no write is granted: a row is here or in npc_definitions, and functions move it.

create trigger touch_updated_at before update on mgmt.npcs_aside
  for each row execute function private.touch_updated_at();
create trigger announce_change after insert or update or delete on mgmt.npcs_aside
  for each row execute function private.announce_change('npc_aside');

drop trigger audit_insert on public.npc_definitions;
drop trigger audit_delete on public.npc_definitions;
create trigger audit_insert after insert on public.npc_definitions referencing new table as new_rows
  for each statement when (current_setting('private.moving_npc', true) is distinct from 'on')
  execute function private.audit_write('npc', 'tenant_id', 'name', 'id', '');
create trigger audit_delete after delete on public.npc_definitions referencing old table as old_rows
  for each statement when (current_setting('private.moving_npc', true) is distinct from 'on')
  execute function private.audit_write('npc', 'tenant_id', 'name', 'id', '');

create function private.note_npc(resting mgmt.npcs_aside, action text, before text, after text) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  v_origin private.audit_origin := private.audit_origin();
begin
  insert into mgmt.audit_log (
    tenant_id, actor, actor_kind, action, resource_type, resource_id, resource_name, changes, ip, user_agent, request_id
  ) values (
    resting.tenant_id, v_origin.actor, v_origin.actor_kind, note_npc.action, 'npc', resting.id, left(resting.name, 120),
    jsonb_build_object('place', jsonb_build_object('before', note_npc.before, 'after', note_npc.after)),
    v_origin.ip, v_origin.user_agent, v_origin.request_id
  );
end
$$;
revoke execute on function private.note_npc(mgmt.npcs_aside, text, text, text) from public;
comment on function private.note_npc(mgmt.npcs_aside, text, text, text) is 'Notes in the audit log where an NPC went: cast, aside, bin.';

create function mgmt.set_npc_aside(npc text, reason text default 'aside') returns mgmt.npcs_aside
language plpgsql security definer set search_path = ''
as $$
declare
  v_tenant text := private.require_role('dm');
  v_npc public.npc_definitions;
  v_resting mgmt.npcs_aside;
  v_before text := 'cast';
begin
  if set_npc_aside.reason is null or set_npc_aside.reason not in ('aside', 'bin') then
    perform private.fail('validation', 'reason: must be aside or bin.');
  end if;
  select * into v_npc
  from public.npc_definitions as known
  where known.id = set_npc_aside.npc and known.tenant_id = v_tenant
  for update;
  if found then
    insert into mgmt.npcs_aside (id, tenant_id, campaign_id, name, reason, since, npc)
    values (
      v_npc.id, v_tenant, v_npc.campaign_id, v_npc.name, set_npc_aside.reason, private.now(),
      to_jsonb(v_npc) - 'campaign_ref'
    )
    returning * into v_resting;
    perform set_config('private.moving_npc', 'on', true);
    delete from public.npc_definitions as known where known.id = v_npc.id;
    perform set_config('private.moving_npc', '', true);
  else
    select * into v_resting
    from mgmt.npcs_aside as known
    where known.id = set_npc_aside.npc and known.tenant_id = v_tenant
    for update;
    if not found then
      perform private.fail('not_found', 'This NPC is not here, or not yours.', 'Choose one from the list.');
    end if;
    if v_resting.reason = set_npc_aside.reason then
      return v_resting;
    end if;
    v_before := v_resting.reason;
    update mgmt.npcs_aside as known set reason = set_npc_aside.reason, since = private.now()
    where known.id = v_resting.id
    returning * into v_resting;
  end if;
  perform private.note_npc(
    v_resting, case v_resting.reason when 'bin' then 'bin' else 'update' end, v_before, v_resting.reason
  );
  return v_resting;
end
$$;
revoke execute on function mgmt.set_npc_aside(text, text) from public;
grant execute on function mgmt.set_npc_aside(text, text) to authenticated;
comment on function mgmt.set_npc_aside(text, text) is 'dm+: takes an NPC out of play, to rest (aside) or to the bin (30 days), or from one to the other; twice changes nothing. 404 not_found, 422 validation.';

create function mgmt.restore_npc(npc text) returns mgmt.npcs
language plpgsql security definer set search_path = ''
as $$
declare
  v_tenant text := private.require_role('dm');
  v_resting mgmt.npcs_aside;
  v_npc mgmt.npcs;
begin
  select * into v_resting
  from mgmt.npcs_aside as known
  where known.id = restore_npc.npc and known.tenant_id = v_tenant
  for update;
  if not found then
    -- Restored already, perhaps by the same press sent twice.
    select * into v_npc from mgmt.npcs as known where known.id = restore_npc.npc and known.tenant_id = v_tenant;
    if found then
      return v_npc;
    end if;
    perform private.fail('not_found', 'This NPC is not here, or not yours.', 'Choose one from the list.');
  end if;
  if v_resting.reason = 'bin' and v_resting.since <= private.now() - private.bin_days() then
    perform private.fail('gone', 'This was in the bin for more than 30 days.', 'It cannot be restored any more.');
  end if;
  if not private.is_own_campaign(v_resting.campaign_id) then
    perform private.fail('not_found', 'The campaign of this NPC is in the bin.', 'Restore the campaign first.');
  end if;
  perform set_config('private.moving_npc', 'on', true);
  -- The row's own triggers judge it as a new one: limit, name, one helper.
  insert into public.npc_definitions (
    id, tenant_id, campaign_id, name, personality, engine, voice, knowledge_scope, secret_knowledge, behavior_rules, tools,
    budget_tier, gm_helper, address_only, attributes, created_at, updated_at
  )
  select
    kept.id, kept.tenant_id, kept.campaign_id, kept.name, kept.personality, kept.engine, kept.voice, kept.knowledge_scope,
    kept.secret_knowledge, kept.behavior_rules, kept.tools, kept.budget_tier, kept.gm_helper, kept.address_only,
    kept.attributes, kept.created_at, kept.updated_at
  from jsonb_populate_record(null::public.npc_definitions, v_resting.npc) as kept;
  perform set_config('private.moving_npc', '', true);
  delete from mgmt.npcs_aside as known where known.id = v_resting.id;
  perform private.note_npc(v_resting, 'restore', v_resting.reason, 'cast');
  select * into v_npc from mgmt.npcs as known where known.id = v_resting.id;
  return v_npc;
end
$$;
revoke execute on function mgmt.restore_npc(text) from public;
grant execute on function mgmt.restore_npc(text) to authenticated;
comment on function mgmt.restore_npc(text) is 'dm+: brings a resting NPC back as it was, with its id; twice changes nothing. 402 npc_limit, 404 not_found, 409 name_taken or conflict (a second helper), 410 gone.';

create function private.refuse_resting_id() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if exists (select from mgmt.npcs_aside as resting where resting.id = new.id) then
    raise unique_violation using message = 'An NPC of this id is set aside or in the bin.';
  end if;
  return new;
end
$$;
revoke execute on function private.refuse_resting_id() from public;
comment on function private.refuse_resting_id() is 'An id stays taken while its NPC rests, whoever inserts.';

create trigger npc_definitions_id_free before insert on public.npc_definitions
  for each row when (current_setting('private.moving_npc', true) is distinct from 'on')
  execute function private.refuse_resting_id();

create function private.purge_bins() returns int
language plpgsql security definer set search_path = ''
as $$
declare
  v_before constant timestamptz := private.now() - private.bin_days();
  v_purged int := 0;
  v_count int;
begin
  -- A voice keeps the recordings it was made from, as a proof of what its speaker agreed to.
  delete from mgmt.voice_samples as sample
  where sample.deleted_at <= v_before
    and not exists (
      select from mgmt.voice_profiles as profile
      where profile.sample_ids @> array[sample.id] and profile.tenant_id = sample.tenant_id
        and (profile.deleted_at is null or profile.deleted_at > v_before)
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
revoke execute on function private.purge_bins() from public;
grant execute on function private.purge_bins() to glyphoxa_worker;
comment on function private.purge_bins() is 'Empties the bins of what lay there for 30 days, and returns how many rows went. Safe to run again. Not campaigns: their sessions and transcripts stay readable by their name.';

comment on table mgmt.npcs_aside is 'NPCs that are not played: set aside, or in the bin for 30 days. For Dungeon Masters.';
comment on column mgmt.npcs_aside.npc is 'The row of npc_definitions as it was.';
comment on column mgmt.npcs_aside.since is 'Since when it rests there, by the product''s clock.';
