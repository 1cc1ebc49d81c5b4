-- Joining a table by the link of an invitation.
--
-- A person belongs to one table. Whoever belongs to another one already is refused (409 already_in_table) and leaves it
-- first, with one exception: signing up made everybody a table, and one that nobody has put anything into holds
-- nothing to decide about. It goes when its only member joins elsewhere.

create function private.is_untouched_table(tenant_id text) returns boolean
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_table regclass;
  v_has_rows boolean;
begin
  if (
    select count(*) from mgmt.users as member
    where member.tenant_id = is_untouched_table.tenant_id and member.deleted_at is null
  ) <> 1
    or exists (
      select from public.tenants as tenant where tenant.id = is_untouched_table.tenant_id and tenant.bot_set
    )
    or exists (
      select from mgmt.campaigns as campaign
      where campaign.tenant_id = is_untouched_table.tenant_id
      having count(*) > 1 or bool_or(campaign.description <> '')
    )
    or exists (
      select from mgmt.subscriptions as subscription
      where subscription.tenant_id = is_untouched_table.tenant_id
        and (subscription.stripe_customer_id is not null or subscription.stripe_subscription_id is not null)
    )
    -- Somebody may be about to join it.
    or exists (
      select from mgmt.invites as invite
      where invite.tenant_id = is_untouched_table.tenant_id
        and invite.used_at is null and invite.revoked_at is null and invite.expires_at > private.now()
    )
    or exists (select from private.secrets as secret where secret.tenant_id = is_untouched_table.tenant_id)
  then
    return false;
  end if;
  -- A table of ours that is made later counts as content until this list says otherwise: refusing is the lesser harm.
  for v_table in
    select class.oid::regclass
    from pg_catalog.pg_class as class
    join pg_catalog.pg_attribute as attribute on attribute.attrelid = class.oid and attribute.attname = 'tenant_id'
    where class.relnamespace in ('mgmt'::regnamespace, 'public'::regnamespace)
      and class.relkind in ('r', 'p') and not class.relispartition and not attribute.attisdropped
      and class.relname not in ('users', 'campaigns', 'subscriptions', 'invites', 'audit_log')
  loop
    execute format('select exists (select from %s where tenant_id = $1)', v_table)
    into v_has_rows using is_untouched_table.tenant_id;
    if v_has_rows then
      return false;
    end if;
  end loop;
  return true;
end
$$;
revoke execute on function private.is_untouched_table(text) from public;
comment on function private.is_untouched_table(text) is 'One member, one campaign without a description, and nothing else but what signing up makes: no bot, no NPC, no session, no payment, no open invite.';

create function mgmt.invite_preview(token text) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_person private.person := private.signed_in_person();
  v_invite mgmt.invites;
  v_mine mgmt.users;
  v_plan private.entitlement;
  v_state text;
  v_untouched boolean := false;
begin
  if v_person.id is null then
    perform private.fail('signed_out', 'You are signed out.', 'Sign in again.');
  end if;
  v_invite := private.invite_by_token(token);
  if v_invite.id is null then
    perform private.fail('not_found', 'There is no such invitation.', 'Ask for a new link.');
  end if;
  if not private.invite_is_for(v_invite, v_person) then
    -- A link that was passed on tells nothing about the table.
    return jsonb_build_object('state', 'other_person');
  end if;
  select * into v_mine from mgmt.users as member where member.id = v_person.id and member.deleted_at is null;
  if v_mine.tenant_id <> v_invite.tenant_id and v_mine.role = 'tenant_owner' then
    v_untouched := private.is_untouched_table(v_mine.tenant_id);
  end if;
  v_plan := private.entitlement(v_invite.tenant_id);
  v_state := case
    when v_invite.revoked_at is not null then 'revoked'
    when v_invite.used_at is not null then 'used'
    when v_invite.expires_at <= private.now() then 'expired'
    when v_mine.tenant_id = v_invite.tenant_id then 'member'
    when v_mine.tenant_id is not null and not v_untouched then 'other_table'
    when v_invite.role = 'dm' and (
      select count(*) from mgmt.users as member
      where member.tenant_id = v_invite.tenant_id and member.role <> 'viewer' and member.deleted_at is null
    ) >= v_plan.max_seats then 'seats_full'
    else 'open'
  end;
  return jsonb_build_object(
    'state', v_state,
    'role', v_invite.role,
    'table', (select tenant.name from public.tenants as tenant where tenant.id = v_invite.tenant_id),
    'inviter', coalesce(
      (select member.display_name from mgmt.users as member where member.id = v_invite.invited_by),
      (
        select member.display_name from mgmt.users as member
        where member.tenant_id = v_invite.tenant_id and member.role = 'tenant_owner' and member.deleted_at is null
        limit 1
      )
    ),
    'note', v_invite.note,
    'expires_at', v_invite.expires_at,
    'member', coalesce(v_mine.tenant_id = v_invite.tenant_id, false),
    'own_table', case when v_mine.tenant_id <> v_invite.tenant_id then (
      select jsonb_build_object('name', tenant.name, 'untouched', v_untouched, 'role', v_mine.role)
      from public.tenants as tenant where tenant.id = v_mine.tenant_id
    ) end
  );
end
$$;
revoke execute on function mgmt.invite_preview(text) from public;
grant execute on function mgmt.invite_preview(text) to authenticated;
comment on function mgmt.invite_preview(text) is 'What a link is worth to the person who holds it: { state: open, expired, used, revoked, other_person, member, other_table, seats_full; role, table, inviter, note, expires_at, member, own_table }; other_person: the state alone. 401 signed_out, 404 not_found.';

create function private.drop_untouched_table(tenant_id text) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  delete from public.tenants as tenant where tenant.id = drop_untouched_table.tenant_id;
  execute format('drop schema if exists %I cascade', private.tenant_schema(drop_untouched_table.tenant_id));
end
$$;
revoke execute on function private.drop_untouched_table(text) from public;
comment on function private.drop_untouched_table(text) is 'Deletes a table that is_untouched_table() approved, with its empty schema. Its last member must be elsewhere already.';

create function mgmt.accept_invite(token text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_person private.person := private.signed_in_person();
  v_invite mgmt.invites;
  v_old text;
  v_old_role text;
begin
  if v_person.id is null then
    perform private.fail('signed_out', 'You are signed out.', 'Sign in again.');
  end if;
  -- The same lock as in ensure_account(): nobody joins here and makes an own table there at the same time.
  perform pg_advisory_xact_lock(hashtextextended('ensure_account:' || v_person.id, 0));
  -- Whoever comes second waits for the first one's row, and then reads that it is used.
  select * into v_invite
  from mgmt.invites as invite
  where invite.id = (private.invite_by_token(accept_invite.token)).id
  for update;
  if not found then
    perform private.fail('not_found', 'There is no such invitation.', 'Ask for a new link.');
  end if;
  if not private.invite_is_for(v_invite, v_person) then
    perform private.fail(
      'invite_other_person', 'This invitation was made for somebody else.', 'Sign in with the account it was made for.'
    );
  end if;
  if v_invite.revoked_at is not null then
    perform private.fail('invite_revoked', 'This invitation was taken back.', 'Ask for a new link.');
  end if;
  if v_invite.used_at is not null then
    perform private.fail('invite_used', 'This invitation has been used.', 'Ask for a new link.');
  end if;
  if v_invite.expires_at <= private.now() then
    perform private.fail('invite_expired', 'This invitation has expired.', 'Ask for a new link.');
  end if;

  select member.tenant_id, member.role into v_old, v_old_role
  from mgmt.users as member
  where member.id = v_person.id and member.deleted_at is null;
  if v_old = v_invite.tenant_id then
    perform private.fail('already_in_table', 'You belong to this table already.', 'Open it.');
  end if;
  if v_old is not null then
    -- Whoever is just joining that table refers to this row: they come first, and are counted, or not at all.
    perform from public.tenants as tenant where tenant.id = v_old for update;
    if v_old_role <> 'tenant_owner' or not private.is_untouched_table(v_old) then
      perform private.fail(
        'already_in_table', 'You belong to another table.', 'Leave it first, or sign in with another account.'
      );
    end if;
  end if;
  if v_invite.role = 'dm' then
    perform private.require_seat(v_invite.tenant_id);
  end if;

  insert into mgmt.users as member (
    id, tenant_id, role, discord_id, google_id, github_id, email, email_verified, display_name, avatar_url, last_login_at
  ) values (
    v_person.id, v_invite.tenant_id, v_invite.role, v_person.discord_id, v_person.google_id, v_person.github_id,
    v_person.email, v_person.email_verified, v_person.display_name, v_person.avatar_url, private.now()
  )
  -- Whoever was here before keeps the chosen name.
  on conflict (id) do update set
    tenant_id = excluded.tenant_id, role = excluded.role, discord_id = excluded.discord_id,
    google_id = excluded.google_id, github_id = excluded.github_id, email = excluded.email,
    email_verified = excluded.email_verified, avatar_url = excluded.avatar_url,
    last_login_at = excluded.last_login_at, deleted_at = null;
  insert into mgmt.user_preferences (user_id) values (v_person.id) on conflict do nothing;
  update mgmt.invites as invite set used_at = private.now(), used_by = v_person.id where invite.id = v_invite.id;
  if v_old is not null then
    perform private.drop_untouched_table(v_old);
  end if;
  return jsonb_build_object('user_id', v_person.id, 'tenant_id', v_invite.tenant_id, 'role', v_invite.role);
end
$$;
revoke execute on function mgmt.accept_invite(text) from public;
grant execute on function mgmt.accept_invite(text) to authenticated;
comment on function mgmt.accept_invite(text) is 'Joins the table of the link, for one person once: { user_id, tenant_id, role }. An own table that nobody put anything into goes. 401 signed_out, 402 seat_limit, 404 not_found, 409 invite_other_person or already_in_table, 410 invite_revoked, invite_used or invite_expired.';
