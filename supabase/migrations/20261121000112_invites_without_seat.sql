-- An invitation as Dungeon Master to a table that has no free seat any more does not keep anybody from signing in.
--
-- The person gets a table of their own, or joins by another invitation; this one stays open, and its link can be taken as
-- soon as there is a seat (an own table that nobody put anything into goes then).

create function private.has_free_seat(tenant_id text) returns boolean
language plpgsql security definer set search_path = ''
as $$
begin
  -- The same lock as in require_seat(): the seat is still free when the member is added.
  perform pg_advisory_xact_lock(hashtextextended('seats:' || has_free_seat.tenant_id, 0));
  return coalesce((
    select count(*) from mgmt.users as member
    where member.tenant_id = has_free_seat.tenant_id and member.role <> 'viewer' and member.deleted_at is null
  ) < (private.entitlement(has_free_seat.tenant_id)).max_seats, true);
end
$$;
revoke execute on function private.has_free_seat(text) from public;
comment on function private.has_free_seat(text) is 'Whether one more person who can start sessions fits into the plan. Serializes per tenant until the end of the transaction.';

create or replace function private.take_invite(person private.person) returns mgmt.invites
language plpgsql security definer set search_path = ''
as $$
declare
  v_invite mgmt.invites;
begin
  for v_invite in
    select *
    from mgmt.invites as invite
    where invite.used_at is null and invite.revoked_at is null and invite.expires_at > private.now()
      and (
        invite.discord_id = person.discord_id
        or (person.email_verified and invite.email = person.email)
      )
    order by invite.created_at
    for update
  loop
    if v_invite.role = 'viewer' or private.has_free_seat(v_invite.tenant_id) then
      update mgmt.invites set used_at = private.now() where id = v_invite.id;
      return v_invite;
    end if;
  end loop;
  return null;
end
$$;
comment on function private.take_invite(private.person) is 'Takes the oldest open invite for this Discord account or verified email address whose table has room; a row of nulls when there is none.';
comment on function mgmt.ensure_account(text, text) is 'After sign-in, as often as one likes: joins the table of a pending invite that has room, or makes an own one with campaign and trial. 401 signed_out.';
