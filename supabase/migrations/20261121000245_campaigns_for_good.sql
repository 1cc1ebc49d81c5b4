-- A campaign leaves the bin for good: by its day, or before it, by whoever types its name.
--
-- With it go its lore, NPCs (also those that rest), characters, plans and what the voice service learned of its world, which no page
-- could show any more. Sessions and transcripts stay: they were played, they count, and they belong to the voice service.

create or replace function private.error_status(code text) returns text
language sql immutable set search_path = ''
as $$
  select case
    when code in ('validation', 'bad_snowflake', 'bundle_invalid') then '422'
    when code in ('signed_out') then '401'
    when code in ('forbidden', 'role_too_high') then '403'
    when code in ('not_found', 'no_account') then '404'
    when code in (
      'conflict', 'name_taken', 'concurrent_limit', 'campaign_busy', 'guild_busy', 'campaign_mismatch', 'no_npcs',
      'session_live', 'session_ended', 'bot_missing', 'guild_unknown', 'guild_taken', 'last_owner', 'own_role',
      'already_in_table', 'invite_other_person', 'campaign_in_use'
    ) then '409'
    when code in ('gone', 'invite_expired', 'invite_used', 'invite_revoked') then '410'
    when code in (
      'session_cap_reached', 'subscription_suspended', 'subscription_canceled', 'trial_ended', 'no_subscription',
      'npc_limit', 'llm_tier', 'voice_tier', 'campaign_limit', 'seat_limit', 'feature_locked'
    ) then '402'
    when code = 'rate_limited' then '429'
  end
$$;

create function private.purge_campaign(campaign_id text) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  v_tenant text;
  v_table regclass;
begin
  delete from mgmt.campaigns as campaign where campaign.id = purge_campaign.campaign_id
  returning campaign.tenant_id into v_tenant;
  -- Links of the map refer to its entries, and go with them.
  v_table := private.tenant_table(v_tenant, 'entities');
  if v_table is not null then
    execute format('delete from %s as entity where entity.campaign_id = $1', v_table) using purge_campaign.campaign_id;
  end if;
end
$$;
revoke execute on function private.purge_campaign(text) from public;
comment on function private.purge_campaign(text) is 'Deletes a campaign with all that is in it, and its knowledge. Asks nothing: for functions that have asked.';

create function mgmt.delete_campaign(campaign_id text, confirm_name text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_tenant text := private.require_role('dm');
  v_campaign mgmt.campaigns;
begin
  select * into v_campaign
  from mgmt.campaigns as campaign
  where campaign.id = delete_campaign.campaign_id and campaign.tenant_id = v_tenant
  for update;
  if not found then
    perform private.fail('not_found', 'This campaign is not here, or not yours.', 'Choose one from the list.');
  end if;
  if v_campaign.deleted_at is null then
    perform private.fail('conflict', 'This campaign is not in the bin.', 'Move it to the bin first.');
  end if;
  if lower(btrim(normalize(confirm_name))) is distinct from lower(btrim(normalize(v_campaign.name))) then
    perform private.fail('validation', 'confirm_name: must be the name of the campaign.', 'Type the name as it is shown.');
  end if;
  if exists (
    select from public.sessions as session where session.campaign_id = v_campaign.id and session.state <> 'ended'
  ) then
    perform private.fail('session_live', 'A session of this campaign is on air.', 'End it first.');
  end if;
  if exists (select from public.tenants as tenant where tenant.id = v_tenant and tenant.campaign_id = v_campaign.id) then
    perform private.fail('campaign_in_use', 'This campaign is the one that is used in Discord.', 'Use another one there first.');
  end if;
  perform private.purge_campaign(v_campaign.id);
  return jsonb_build_object('campaign_id', v_campaign.id);
end
$$;
revoke execute on function mgmt.delete_campaign(text, text) from public;
grant execute on function mgmt.delete_campaign(text, text) to authenticated;
comment on function mgmt.delete_campaign(text, text) is 'dm+: deletes a campaign in the bin for good by typing its name (trimmed, without regard to case): { campaign_id }. Lore, NPCs, characters, plans and knowledge go; sessions and transcripts stay. 403 forbidden, 404 not_found, 409 conflict (not in the bin), session_live, campaign_in_use, 422 validation.';

-- As before, and a campaign takes what was learned of it along.
create or replace function private.clean_up() returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_bin timestamptz := private.now() - interval '30 days';
  v jsonb := '{}';
  v_count int;
  v_campaign text;
begin
  -- A campaign that a session still names as its own stays readable there by its id.
  v_count := 0;
  for v_campaign in
    select campaign.id from mgmt.campaigns as campaign
    where campaign.deleted_at < v_bin
      and not exists (select from public.tenants as tenant where tenant.campaign_id = campaign.id)
      and not exists (
        select from public.sessions as session where session.campaign_id = campaign.id and session.state <> 'ended'
      )
    for update
  loop
    perform private.purge_campaign(v_campaign);
    v_count := v_count + 1;
  end loop;
  v := v || jsonb_build_object('campaigns', v_count);

  -- Taken and revoked ones too: the audit log keeps what happened.
  delete from mgmt.invites as invite where coalesce(invite.used_at, invite.revoked_at, invite.expires_at) < v_bin;
  get diagnostics v_count = row_count;
  v := v || jsonb_build_object('invites', v_count);

  delete from mgmt.session_requests as request
  where request.state <> 'asked' and request.created_at + private.clock_offset() < v_bin;
  get diagnostics v_count = row_count;
  v := v || jsonb_build_object('session_requests', v_count);

  delete from mgmt.notifications as told where told.created_at < private.now() - interval '90 days';
  get diagnostics v_count = row_count;
  v := v || jsonb_build_object('notifications', v_count);
  return v;
end
$$;
