-- Invitations: an Owner makes one, its holder sees whose it is, an Owner takes it back.
--
-- A link's token is shown once, when it is made. At rest there is only its SHA-256, in private.invite_tokens: the token
-- has 256 random bits, so a plain hash cannot be searched, and guessing needs no limit.

create function private.invite_by_token(token text) returns mgmt.invites
language sql stable security definer set search_path = ''
as $$
  select invite.*
  from private.invite_tokens as kept
  join mgmt.invites as invite on invite.id = kept.invite_id
  where kept.token_hash = sha256(convert_to(invite_by_token.token, 'UTF8'))
$$;
revoke execute on function private.invite_by_token(text) from public;
comment on function private.invite_by_token(text) is 'The invite of a link; a row of nulls for a token that was never given out.';

create function private.invite_is_for(invite mgmt.invites, person private.person) returns boolean
language sql immutable set search_path = ''
as $$
  select coalesce(invite.discord_id = person.discord_id, invite.discord_id is null)
    and coalesce(person.email_verified and invite.email = person.email, invite.email is null)
$$;
revoke execute on function private.invite_is_for(mgmt.invites, private.person) from public;
comment on function private.invite_is_for(mgmt.invites, private.person) is 'Whether this person may take the invite: everybody, or the one Discord account or verified address it was made for.';

create function private.invite_limit(person uuid) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  c_per_hour constant int := 20;
  v_free_at timestamptz;
begin
  -- Two invites at the same moment are counted one after the other.
  perform pg_advisory_xact_lock(hashtextextended('invites:' || person, 0));
  select invite.created_at + interval '1 hour' into v_free_at
  from mgmt.invites as invite
  where invite.invited_by = invite_limit.person and invite.created_at > pg_catalog.now() - interval '1 hour'
  order by invite.created_at desc
  offset c_per_hour - 1 limit 1;
  if found then
    perform private.fail(
      'rate_limited',
      format('You can make %s invitations an hour.', c_per_hour),
      format('Wait %s minutes.', greatest(1, ceil(extract(epoch from v_free_at - pg_catalog.now()) / 60)))
    );
  end if;
end
$$;
revoke execute on function private.invite_limit(uuid) from public;
comment on function private.invite_limit(uuid) is 'Refuses (429 rate_limited) the 21st invite of a person within an hour. Revoked ones count.';

create function mgmt.create_invite(
  role text default 'viewer',
  discord_id text default null,
  email text default null,
  valid_days int default 7,
  note text default null
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_tenant text := private.require_role('tenant_owner');
  v_discord_id text := nullif(btrim(create_invite.discord_id), '');
  v_email text := nullif(lower(btrim(create_invite.email)), '');
  v_note text := nullif(btrim(create_invite.note), '');
  v_member text;
  v_token text;
  v_invite mgmt.invites;
begin
  if create_invite.role in ('tenant_owner', 'super_admin') then
    perform private.fail(
      'role_too_high', 'Nobody can be invited as Owner.', 'Invite a Dungeon Master and hand the table over then.'
    );
  end if;
  if create_invite.role is null or create_invite.role not in ('viewer', 'dm') then
    perform private.fail('validation', 'role: must be viewer or dm.');
  end if;
  if v_discord_id is not null and v_email is not null then
    perform private.fail('validation', 'email: an invite is for a Discord account or for an address, not for both.');
  end if;
  if v_discord_id !~ '^\d{17,20}$' then
    perform private.fail(
      'bad_snowflake', 'A Discord id has 17 to 20 digits.', 'In Discord: right click, then Copy user ID.'
    );
  end if;
  if char_length(v_email) > 254 or v_email !~ '^[^\s@]+@[^\s@]+\.[^\s@]+$' then
    perform private.fail('validation', 'email: does not look like an email address.');
  end if;
  if create_invite.valid_days is null or create_invite.valid_days not between 1 and 30 then
    perform private.fail('validation', 'valid_days: must be 1 to 30.');
  end if;
  if char_length(v_note) > 200 then
    perform private.fail('validation', 'note: may have 200 characters.');
  end if;
  select member.display_name into v_member
  from mgmt.users as member
  where member.tenant_id = v_tenant and member.deleted_at is null
    and (member.discord_id = v_discord_id or (member.email_verified and member.email = v_email))
  limit 1;
  if found then
    perform private.fail('already_in_table', format('%s is at your table already.', v_member));
  end if;
  perform private.invite_limit(auth.uid());
  if create_invite.role = 'dm' then
    perform private.require_seat(v_tenant);
  end if;

  insert into mgmt.invites (tenant_id, role, invited_by, discord_id, email, note, expires_at)
  values (
    v_tenant, create_invite.role, auth.uid(), v_discord_id, v_email, v_note,
    private.now() + make_interval(days => create_invite.valid_days)
  )
  returning * into v_invite;
  v_token := translate(encode(extensions.gen_random_bytes(32), 'base64'), '+/=', '-_');
  insert into private.invite_tokens (invite_id, token_hash)
  values (v_invite.id, sha256(convert_to(v_token, 'UTF8')));
  return jsonb_build_object('invite', to_jsonb(v_invite), 'token', v_token);
end
$$;
revoke execute on function mgmt.create_invite(text, text, text, int, text) from public;
grant execute on function mgmt.create_invite(text, text, text, int, text) to authenticated;
comment on function mgmt.create_invite(text, text, text, int, text) is 'Owners invite a viewer or dm, whoever has the link or one Discord account or email address, for 1 to 30 days: { invite, token }, the token this once. 402 seat_limit, 403 forbidden or role_too_high, 409 already_in_table, 422 validation or bad_snowflake, 429 rate_limited.';

create function mgmt.revoke_invite(invite uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_tenant text := private.require_role('tenant_owner');
  v_invite mgmt.invites;
begin
  select * into v_invite
  from mgmt.invites as known
  where known.id = revoke_invite.invite and known.tenant_id = v_tenant
  for update;
  if not found then
    perform private.fail('not_found', 'There is no such invitation.');
  end if;
  if v_invite.used_at is not null then
    perform private.fail('invite_used', 'Somebody has used this invitation already.', 'Remove the member instead.');
  end if;
  update mgmt.invites as known set revoked_at = coalesce(known.revoked_at, private.now())
  where known.id = v_invite.id
  returning * into v_invite;
  return to_jsonb(v_invite);
end
$$;
revoke execute on function mgmt.revoke_invite(uuid) from public;
grant execute on function mgmt.revoke_invite(uuid) to authenticated;
comment on function mgmt.revoke_invite(uuid) is 'Owners take an unused invite back; doing it again changes nothing. The invite. 403 forbidden, 404 not_found, 410 invite_used.';
