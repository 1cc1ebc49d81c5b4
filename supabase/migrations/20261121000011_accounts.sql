-- From a sign-in to a member of a table, and what a member may know and change about itself.

-- What the providers say about a signed-in person.
create type private.person as (
  id uuid,
  email text,
  email_verified boolean,
  discord_id text,
  google_id text,
  github_id text,
  display_name text,
  avatar_url text
);

create function private.signed_in_person() returns private.person
language sql stable security definer set search_path = ''
as $$
  select row(
    account.id,
    lower(account.email),
    account.email_confirmed_at is not null,
    (select provider_id from auth.identities where user_id = account.id and provider = 'discord' order by created_at limit 1),
    (select provider_id from auth.identities where user_id = account.id and provider = 'google' order by created_at limit 1),
    (select provider_id from auth.identities where user_id = account.id and provider = 'github' order by created_at limit 1),
    left(coalesce(
      nullif(btrim(account.raw_user_meta_data #>> '{custom_claims,global_name}'), ''),
      nullif(btrim(account.raw_user_meta_data ->> 'full_name'), ''),
      nullif(btrim(account.raw_user_meta_data ->> 'name'), ''),
      nullif(btrim(account.raw_user_meta_data ->> 'user_name'), ''),
      nullif(split_part(account.email, '@', 1), ''),
      'Adventurer'
    ), 80),
    account.raw_user_meta_data ->> 'avatar_url'
  )::private.person
  from auth.users as account
  where account.id = auth.uid()
$$;
revoke execute on function private.signed_in_person() from public;
comment on function private.signed_in_person() is 'The caller as the sign-in providers know it. Definer: auth is not readable by API roles.';

create function private.new_tenant_id(name text) returns text
language plpgsql set search_path = ''
as $$
declare
  v_slug text;
  v_random text;
begin
  v_slug := lower(name);
  v_slug := replace(replace(replace(replace(v_slug, 'ä', 'ae'), 'ö', 'oe'), 'ü', 'ue'), 'ß', 'ss');
  v_slug := translate(v_slug, 'àáâãåçèéêëìíîïñòóôõøùúûýÿ', 'aaaaaceeeeiiiinooooouuuyy');
  v_slug := btrim(regexp_replace(v_slug, '[^a-z0-9]+', '_', 'g'), '_');
  v_slug := rtrim(left(regexp_replace(v_slug, '^[0-9_]+', ''), 40), '_');
  -- 40 random bits: enough that the register of used ids practically never objects.
  v_random := encode(extensions.gen_random_bytes(5), 'hex');
  return case when v_slug = '' then 'table' else v_slug end || '_' || v_random;
end
$$;
revoke execute on function private.new_tenant_id(text) from public;
comment on function private.new_tenant_id(text) is 'A slug of the name and random characters: ^[a-z][a-z0-9_]{0,55}$. It names the tenant''s schema for ever.';

create function private.discord_account_age(discord_id text) returns interval
language sql stable set search_path = ''
as $$ select private.now() - to_timestamp(((discord_id::numeric / 4194304)::bigint + 1420070400000) / 1000.0) $$;
revoke execute on function private.discord_account_age(text) from public;
comment on function private.discord_account_age(text) is 'A snowflake''s upper bits are milliseconds since 2015.';

create function private.take_trial(person private.person) returns boolean
language plpgsql security definer set search_path = ''
as $$
begin
  if person.discord_id is null
    or not (private.discord_account_age(person.discord_id) > interval '30 days' or person.email_verified)
  then
    return false;
  end if;
  insert into private.used_trials (discord_id_hash)
  values (sha256(convert_to(person.discord_id, 'UTF8')))
  on conflict do nothing;
  return found;
end
$$;
revoke execute on function private.take_trial(private.person) from public;
comment on function private.take_trial(private.person) is 'True once per Discord account that is older than 30 days or has a verified email address.';

create function private.start_subscription(tenant_id text, trial boolean) returns void
language sql security definer set search_path = ''
as $$
  insert into mgmt.subscriptions (tenant_id, plan_id, status, current_period_start, current_period_end, trial_end)
  values (
    start_subscription.tenant_id,
    case when trial then 'adventurer' else 'apprentice' end,
    case when trial then 'trialing' else 'active' end,
    private.now(),
    private.now() + case when trial then interval '14 days' else interval '1 month' end,
    case when trial then private.now() + interval '14 days' end
  )
$$;
revoke execute on function private.start_subscription(text, boolean) from public;

create function private.create_tenant(person private.person, language text, campaign_name text) returns text
language plpgsql security definer set search_path = ''
as $$
declare
  v_language text := case when language in ('en', 'de', 'fr', 'es') then language else 'en' end;
  v_tenant text := private.new_tenant_id(person.display_name);
  v_campaign text;
begin
  insert into public.tenants (id, name, contact_email, license_tier)
  values (
    v_tenant,
    case v_language
      when 'de' then format('Tisch von %s', person.display_name)
      when 'fr' then format('Table de %s', person.display_name)
      when 'es' then format('Mesa de %s', person.display_name)
      else format('%s''s table', person.display_name)
    end,
    person.email,
    -- Without plans there is no limit on sessions at once; a subscription writes its own tier right below.
    'dedicated'
  );
  if private.deployment_mode() = 'managed' then
    perform private.start_subscription(v_tenant, private.take_trial(person));
  end if;
  insert into mgmt.campaigns (tenant_id, name, language)
  values (
    v_tenant,
    coalesce(nullif(btrim(campaign_name), ''), case v_language
      when 'de' then 'Meine erste Kampagne'
      when 'fr' then 'Ma première campagne'
      when 'es' then 'Mi primera campaña'
      else 'My first campaign'
    end),
    v_language
  )
  returning id into v_campaign;
  update public.tenants set campaign_id = v_campaign where id = v_tenant;
  perform private.provision_tenant_schema(v_tenant);
  return v_tenant;
end
$$;
revoke execute on function private.create_tenant(private.person, text, text) from public;

create function private.take_invite(person private.person) returns mgmt.invites
language plpgsql security definer set search_path = ''
as $$
declare
  v_invite mgmt.invites;
begin
  select * into v_invite
  from mgmt.invites as invite
  where invite.used_at is null and invite.revoked_at is null and invite.expires_at > private.now()
    and (
      invite.discord_id = person.discord_id
      or (person.email_verified and invite.email = person.email)
    )
  order by invite.created_at
  limit 1
  for update;
  if found then
    if v_invite.role = 'dm' then
      perform private.require_seat(v_invite.tenant_id);
    end if;
    update mgmt.invites set used_at = private.now() where id = v_invite.id;
  end if;
  return v_invite;
end
$$;
revoke execute on function private.take_invite(private.person) from public;
comment on function private.take_invite(private.person) is 'Takes the oldest open invite for this Discord account or verified email address; a row of nulls when there is none.';

create function mgmt.ensure_account(language text default 'en', campaign_name text default null) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_person private.person := private.signed_in_person();
  v_tenant text;
  v_invite mgmt.invites;
begin
  if v_person.id is null then
    perform private.fail('signed_out', 'You are signed out.', 'Sign in again.');
  end if;
  -- Two first calls of the same person wait for each other here, so that there is one tenant.
  perform pg_advisory_xact_lock(hashtextextended('ensure_account:' || v_person.id, 0));

  update mgmt.users as member
  set
    discord_id = coalesce(v_person.discord_id, member.discord_id),
    google_id = coalesce(v_person.google_id, member.google_id),
    github_id = coalesce(v_person.github_id, member.github_id),
    email = v_person.email,
    email_verified = v_person.email_verified,
    avatar_url = coalesce(v_person.avatar_url, member.avatar_url),
    last_login_at = private.now()
  where member.id = v_person.id and member.deleted_at is null
  returning member.tenant_id into v_tenant;
  if found then
    return jsonb_build_object(
      'user_id', v_person.id, 'tenant_id', v_tenant, 'created', false, 'joined_by_invite', false
    );
  end if;

  v_invite := private.take_invite(v_person);
  v_tenant := coalesce(v_invite.tenant_id, private.create_tenant(v_person, language, campaign_name));

  -- Somebody who left or was removed comes back as a new member; the row stays, since others refer to it.
  insert into mgmt.users as member (
    id, tenant_id, role, discord_id, google_id, github_id, email, email_verified, display_name, avatar_url, last_login_at
  ) values (
    v_person.id, v_tenant, coalesce(v_invite.role, 'tenant_owner'), v_person.discord_id, v_person.google_id,
    v_person.github_id, v_person.email, v_person.email_verified, v_person.display_name, v_person.avatar_url,
    private.now()
  )
  on conflict (id) do update set
    tenant_id = excluded.tenant_id, role = excluded.role, discord_id = excluded.discord_id,
    google_id = excluded.google_id, github_id = excluded.github_id, email = excluded.email,
    email_verified = excluded.email_verified, display_name = excluded.display_name,
    avatar_url = excluded.avatar_url, last_login_at = excluded.last_login_at, deleted_at = null;
  insert into mgmt.user_preferences (user_id, preferences)
  values (v_person.id, jsonb_build_object('language', language))
  on conflict do nothing;
  if v_invite.id is not null then
    update mgmt.invites set used_by = v_person.id where id = v_invite.id;
  end if;

  return jsonb_build_object(
    'user_id', v_person.id, 'tenant_id', v_tenant, 'created', true, 'joined_by_invite', v_invite.id is not null
  );
end
$$;
revoke execute on function mgmt.ensure_account(text, text) from public;
grant execute on function mgmt.ensure_account(text, text) to authenticated;
comment on function mgmt.ensure_account(text, text) is 'After sign-in, as often as one likes: joins the table of a pending invite, or makes an own one with campaign and trial. 401 signed_out, 402 seat_limit.';

create function mgmt.me() returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_tenant text := private.require_role('viewer');
  v_plan private.entitlement := private.entitlement(v_tenant);
begin
  return jsonb_build_object(
    'user', (
      select jsonb_build_object(
        'id', id, 'display_name', display_name, 'avatar_url', avatar_url, 'role', role, 'email', email
      )
      from mgmt.users where id = auth.uid()
    ),
    'tenant', (
      select jsonb_build_object(
        'id', id, 'name', name, 'campaign_id', campaign_id, 'bot_set', bot_set, 'bot_last_four', bot_last_four,
        'guild_ids', to_jsonb(coalesce(guild_ids, '{}'))
      )
      from public.tenants where id = v_tenant
    ),
    'plan', private.plan_facts(v_plan),
    'subscription', case when v_plan.subscription_id is not null then (
      select jsonb_build_object(
        'status', v_plan.status, 'trial_end', trial_end, 'current_period_end', v_plan.period_end,
        'cancel_at_period_end', cancel_at_period_end, 'grace_period_end', grace_period_end
      )
      from mgmt.subscriptions where id = v_plan.subscription_id
    ) end,
    'preferences', coalesce((select preferences from mgmt.user_preferences where user_id = auth.uid()), '{}'),
    'mode', v_plan.mode,
    'live_sessions', coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', session.id, 'campaign_id', session.campaign_id, 'campaign_name', coalesce(campaign.name, ''),
        'state', session.state, 'started_at', session.started_at, 'activated_at', session.activated_at
      ) order by session.started_at)
      from public.sessions as session
      left join mgmt.campaigns as campaign
        on campaign.id = session.campaign_id and campaign.tenant_id = session.tenant_id
      where session.tenant_id = v_tenant and session.state <> 'ended'
    ), '[]'),
    'owners', coalesce((
      select jsonb_agg(display_name order by created_at)
      from mgmt.users
      where tenant_id = v_tenant and role in ('tenant_owner', 'super_admin') and deleted_at is null
    ), '[]')
  );
end
$$;
revoke execute on function mgmt.me() from public;
grant execute on function mgmt.me() to authenticated;
comment on function mgmt.me() is 'Who I am, my table, what its plan allows, what is on air. 401 signed_out, 404 no_account.';

create function mgmt.update_profile(display_name text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.require_role('viewer');
  if char_length(btrim(display_name)) not between 1 and 80 or display_name is null then
    perform private.fail('validation', 'display_name: must have 1 to 80 characters.');
  end if;
  update mgmt.users as member set display_name = btrim(update_profile.display_name) where member.id = auth.uid();
  return (
    select jsonb_build_object(
      'id', id, 'display_name', member.display_name, 'avatar_url', avatar_url, 'role', role, 'email', email
    )
    from mgmt.users as member where id = auth.uid()
  );
end
$$;
revoke execute on function mgmt.update_profile(text) from public;
grant execute on function mgmt.update_profile(text) to authenticated;
comment on function mgmt.update_profile(text) is 'Changes the caller''s own name and returns the user as in me(). 422 validation.';

create function mgmt.update_preferences(patch jsonb) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_preferences jsonb;
begin
  perform private.require_role('viewer');
  if jsonb_typeof(patch) is distinct from 'object' then
    perform private.fail('validation', 'patch: must be an object.');
  end if;
  insert into mgmt.user_preferences as mine (user_id, preferences)
  values (auth.uid(), jsonb_strip_nulls(patch))
  on conflict (user_id) do update set preferences = jsonb_strip_nulls(mine.preferences || patch)
  returning preferences into v_preferences;
  return v_preferences;
exception when check_violation then
  perform private.fail('validation', 'patch: preferences may not be larger than 16 kB.');
end
$$;
revoke execute on function mgmt.update_preferences(jsonb) from public;
grant execute on function mgmt.update_preferences(jsonb) to authenticated;
comment on function mgmt.update_preferences(jsonb) is 'Merges the patch into the caller''s preferences (null removes a key) and returns all of them. 422 validation.';

create function mgmt.rename_tenant(name text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_tenant text := private.require_role('tenant_owner');
begin
  if name is null or char_length(btrim(name)) not between 1 and 255 then
    perform private.fail('validation', 'name: must have 1 to 255 characters.');
  end if;
  update public.tenants as tenant set name = btrim(rename_tenant.name) where tenant.id = v_tenant;
  return jsonb_build_object('id', v_tenant, 'name', btrim(name));
end
$$;
revoke execute on function mgmt.rename_tenant(text) from public;
grant execute on function mgmt.rename_tenant(text) to authenticated;
comment on function mgmt.rename_tenant(text) is 'Owners rename their table: { id, name }. 403 forbidden, 422 validation.';
