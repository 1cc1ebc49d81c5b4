-- Appearances follow their source: what it says, where it rests, when it goes. People change them through the source only.
--
-- private.following_npc is on while a source's trigger writes its appearances. The voice service and operators are never
-- stopped; what they write into an appearance holds until its source changes.

create function private.keep_appearance() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  v_home text;
begin
  if auth.uid() is not null and current_setting('private.following_npc', true) is distinct from 'on' then
    v_home := private.home_of_appearance(old.id);
    if v_home is not null then
      perform private.fail(
        'conflict',
        format('This is an appearance of %s and follows it in everything.', v_home),
        'Change it there, or take it out of this campaign.'
      );
    end if;
  end if;
  return case tg_op when 'DELETE' then old else new end;
end
$$;
revoke execute on function private.keep_appearance() from public;
comment on function private.keep_appearance() is 'Refuses what a person does to an appearance itself (409 conflict, naming the source). Definer, as it runs for every writer.';

create trigger npc_definitions_appearance before update or delete on public.npc_definitions
  for each row when (old.tenant_id <> '') execute function private.keep_appearance();

create function private.follow_source() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  v_link record;
  v_other text;
  v_name text;
  v_helper boolean;
begin
  if new.campaign_id <> old.campaign_id then
    -- At home where it had no room to appear: that link says nothing any more.
    delete from mgmt.campaign_npcs as link
    where link.npc_id = new.id and link.campaign_id = new.campaign_id and link.tenant_id = new.tenant_id;
  end if;
  for v_link in
    select link.appearance_id, link.campaign_id, campaign.name as campaign, appearance.name
    from mgmt.campaign_npcs as link
    join public.npc_definitions as appearance on appearance.id = link.appearance_id
    join mgmt.campaigns as campaign on campaign.id = link.campaign_id
    where link.npc_id = new.id and link.tenant_id = new.tenant_id
    order by link.campaign_id
  loop
    v_name := new.name;
    select npc.name into v_other
    from public.npc_definitions as npc
    where npc.campaign_id = v_link.campaign_id and npc.tenant_id = new.tenant_id
      and lower(npc.name) = lower(new.name) and npc.id <> v_link.appearance_id;
    if found then
      if auth.uid() is not null then
        perform private.fail(
          'name_taken',
          format('%s also appears in %s, and there is a %s there already.', old.name, v_link.campaign, v_other),
          'Choose another name.'
        );
      end if;
      v_name := v_link.name;
    end if;
    v_helper := new.gm_helper;
    if v_helper then
      select npc.name into v_other
      from public.npc_definitions as npc
      where npc.campaign_id = v_link.campaign_id and npc.tenant_id = new.tenant_id
        and npc.gm_helper and npc.id <> v_link.appearance_id;
      if found then
        if auth.uid() is not null then
          perform private.fail(
            'conflict',
            format('gm_helper: %s also appears in %s, where %s is the helper.', old.name, v_link.campaign, v_other),
            format('Switch it off for %s first.', v_other)
          );
        end if;
        v_helper := false;
      end if;
    end if;
    perform set_config('private.following_npc', 'on', true);
    update public.npc_definitions as appearance set
      name = v_name, personality = new.personality, engine = new.engine, voice = new.voice,
      knowledge_scope = new.knowledge_scope, secret_knowledge = new.secret_knowledge, behavior_rules = new.behavior_rules,
      tools = new.tools, budget_tier = new.budget_tier, gm_helper = v_helper, address_only = new.address_only,
      attributes = new.attributes
    where appearance.id = v_link.appearance_id;
    perform set_config('private.following_npc', '', true);
  end loop;
  return null;
end
$$;
revoke execute on function private.follow_source() from public;
comment on function private.follow_source() is 'Carries a change of an NPC to its appearances. For people 409 name_taken or conflict, naming the campaign; the voice service is not stopped: the appearance then keeps its name, and is no second helper.';

create trigger appearances_follow after update on public.npc_definitions
  for each row when (
    new.tenant_id <> ''
    and (
      old.campaign_id, old.name, old.personality, old.engine, old.voice, old.knowledge_scope, old.secret_knowledge,
      old.behavior_rules, old.tools, old.budget_tier, old.gm_helper, old.address_only, old.attributes
    ) is distinct from (
      new.campaign_id, new.name, new.personality, new.engine, new.voice, new.knowledge_scope, new.secret_knowledge,
      new.behavior_rules, new.tools, new.budget_tier, new.gm_helper, new.address_only, new.attributes
    )
  )
  execute function private.follow_source();

create function private.leave_with_source() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if current_setting('private.following_npc', true) = 'on' then
    return null;
  end if;
  if current_setting('private.moving_npc', true) = 'on' then
    perform set_config('private.following_npc', 'on', true);
    delete from public.npc_definitions as appearance
    using mgmt.campaign_npcs as link
    where link.npc_id = old.id and link.tenant_id = old.tenant_id and appearance.id = link.appearance_id;
    perform set_config('private.following_npc', '', true);
  else
    delete from mgmt.campaign_npcs as link
    where link.tenant_id = old.tenant_id and (link.npc_id = old.id or link.appearance_id = old.id);
  end if;
  return null;
end
$$;
revoke execute on function private.leave_with_source() from public;
comment on function private.leave_with_source() is 'An NPC that goes to rest takes its appearances out of play and keeps their links; one that is deleted takes the links too. A deleted appearance ends its link.';

create trigger appearances_leave after delete on public.npc_definitions
  for each row when (old.tenant_id <> '') execute function private.leave_with_source();

create function private.return_with_source() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  v_link mgmt.campaign_npcs;
begin
  for v_link in
    select * from mgmt.campaign_npcs as link
    where link.npc_id = new.id and link.tenant_id = new.tenant_id
    order by link.campaign_id
  loop
    begin
      perform private.cast_appearance(v_link, new);
    exception
      -- No room, the name is taken, or there is another helper by now: the link stays and shows that it does not play there.
      when sqlstate 'PT402' or sqlstate 'PT409' then
        raise notice 'NPC % does not return to campaign %: %', new.id, v_link.campaign_id, sqlerrm;
    end;
  end loop;
  return null;
end
$$;
revoke execute on function private.return_with_source() from public;
comment on function private.return_with_source() is 'Brings the appearances of a restored NPC back under their ids, as far as each campaign has room. Making the link anew tells what is in the way.';

create trigger appearances_return after insert on public.npc_definitions
  for each row when (new.tenant_id <> '' and current_setting('private.moving_npc', true) = 'on')
  execute function private.return_with_source();

create function private.forget_resting_source() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  delete from mgmt.campaign_npcs as link
  where link.npc_id = old.id and link.tenant_id = old.tenant_id
    and not exists (select from public.npc_definitions as npc where npc.id = old.id);
  return null;
end
$$;
revoke execute on function private.forget_resting_source() from public;
comment on function private.forget_resting_source() is 'Ends the links of an NPC that left the bin for good. One that was restored is back in npc_definitions by then.';

create trigger forget_appearances after delete on mgmt.npcs_aside
  for each row execute function private.forget_resting_source();
