-- What told strangers, or other members, more than it should, or believed what people write of themselves.

-- 1. An invitation that names nobody is for whoever has the link. `false and null` is false: it refused people whose address
-- nobody has proven, and with them an invitation for their very Discord account.

create or replace function private.invite_is_for(invite mgmt.invites, person private.person) returns boolean
language sql immutable set search_path = ''
as $$
  select (invite.discord_id is null or invite.discord_id is not distinct from person.discord_id)
    and (invite.email is null or (person.email_verified is true and invite.email is not distinct from person.email))
$$;

-- 2. A unique index is looked at before a foreign key: who named another table's campaign learned from the error whether a
-- Discord id plays there. Policies are looked at before both.

drop policy "Dungeon Masters say who plays whom" on mgmt.campaign_characters;
create policy "Dungeon Masters say who plays whom" on mgmt.campaign_characters
  for insert to authenticated with check (
    tenant_id = (select private.tenant_as('dm')) and private.is_own_campaign(campaign_id)
  );

-- 3. The table's mail address is at first its Owner's own. Mail addresses are the Owner's.

create or replace view mgmt.tenants with (security_invoker = true) as
  select id, name, case when id = (select private.tenant_as('tenant_owner')) then contact_email end as contact_email,
    license_tier, guild_ids, dm_role_id, campaign_id, bot_set, bot_last_four, monthly_session_hours, created_at, updated_at
  from public.tenants;
comment on column mgmt.tenants.contact_email is 'For Owners, else null: at first it is the Owner''s own address.';

-- 4. People write their account's metadata themselves (Auth's PUT /user). A picture is taken from what a provider said, and
-- only as a link: it is shown to the whole table.

create or replace function private.signed_in_person() returns private.person
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
    (
      select identity.identity_data ->> 'avatar_url'
      from auth.identities as identity
      where identity.user_id = account.id and identity.identity_data ->> 'avatar_url' ~ '^https://\S+$'
        and char_length(identity.identity_data ->> 'avatar_url') <= 500
      order by identity.last_sign_in_at desc nulls last, identity.id
      limit 1
    )
  )::private.person
  from auth.users as account
  where account.id = auth.uid()
$$;

update mgmt.users set avatar_url = null where avatar_url !~ '^https://\S+$' or char_length(avatar_url) > 500;
alter table mgmt.users add constraint users_avatar_is_link
  check (avatar_url ~ '^https://\S+$' and char_length(avatar_url) <= 500);
comment on column mgmt.users.avatar_url is 'As Discord or another provider told it at the last sign-in; null for people who sign in by mail.';
