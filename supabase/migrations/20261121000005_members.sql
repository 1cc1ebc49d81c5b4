-- People and the one table each of them belongs to.
--
-- Membership is read from mgmt.users at every statement, never from a token, so that a removal or a change of role
-- works at once. Policies ask through the helpers below; they are definers, because a policy on mgmt.users that read
-- mgmt.users under its own policy would recurse.

create table mgmt.users (
  id uuid primary key references auth.users (id) on delete cascade,
  tenant_id text not null references public.tenants (id) on delete cascade,
  role text not null,
  discord_id text,
  google_id text,
  github_id text,
  email text,
  email_verified boolean not null default false,
  display_name text not null,
  avatar_url text,
  last_login_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  constraint users_role_known check (role in ('super_admin', 'tenant_owner', 'dm', 'viewer')),
  constraint users_display_name_length check (char_length(btrim(display_name)) between 1 and 80),
  constraint users_discord_id_is_snowflake check (discord_id ~ '^\d{17,20}$')
);
create index users_tenant on mgmt.users (tenant_id);
-- One account per person at a provider; a deleted account does not keep its owner out.
create unique index users_discord_id on mgmt.users (discord_id) where deleted_at is null;
create unique index users_google_id on mgmt.users (google_id) where deleted_at is null;
create unique index users_github_id on mgmt.users (github_id) where deleted_at is null;

-- These three run once in nearly every statement of the API, so they are plpgsql: its plans are kept for the life of
-- a connection, while a function in plain SQL that cannot be inlined is planned anew at every call.

create function private.current_tenant_id() returns text
language plpgsql stable security definer set search_path = ''
as $$
begin
  return (select member.tenant_id from mgmt.users as member where member.id = auth.uid() and member.deleted_at is null);
end
$$;
revoke execute on function private.current_tenant_id() from public;
grant execute on function private.current_tenant_id() to authenticated, service_role;
comment on function private.current_tenant_id() is 'The caller''s tenant; null for nobody, strangers and deleted users. Use as (select private.current_tenant_id()).';

create function private.current_role() returns text
language plpgsql stable security definer set search_path = ''
as $$
begin
  return (select member.role from mgmt.users as member where member.id = auth.uid() and member.deleted_at is null);
end
$$;
revoke execute on function private.current_role() from public;
grant execute on function private.current_role() to authenticated, service_role;
comment on function private.current_role() is 'The caller''s role in the own tenant; null as for current_tenant_id().';

create function private.has_role(minimum text) returns boolean
language plpgsql stable security definer set search_path = ''
as $$
declare
  c_ranks constant text[] := array['viewer', 'dm', 'tenant_owner', 'super_admin'];
begin
  return coalesce((
    select array_position(c_ranks, member.role) >= array_position(c_ranks, has_role.minimum)
    from mgmt.users as member
    where member.id = auth.uid() and member.deleted_at is null
  ), false);
end
$$;
revoke execute on function private.has_role(text) from public;
grant execute on function private.has_role(text) to authenticated, service_role;
comment on function private.has_role(text) is 'Whether the caller has at least this role in the own tenant. Use as (select private.has_role(...)).';

create function private.require_role(minimum text) returns text
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_tenant text := private.current_tenant_id();
begin
  if auth.uid() is null then
    perform private.fail('signed_out', 'You are signed out.', 'Sign in again.');
  end if;
  if v_tenant is null then
    perform private.fail('no_account', 'You do not belong to a table yet.', 'Finish signing in.');
  end if;
  if not private.has_role(minimum) then
    perform private.fail(
      'forbidden',
      case minimum
        when 'dm' then 'Only Dungeon Masters and Owners can do this.'
        when 'tenant_owner' then 'Only Owners can do this.'
        else 'You cannot do this.'
      end,
      'Ask an Owner of your table.'
    );
  end if;
  return v_tenant;
end
$$;
revoke execute on function private.require_role(text) from public;
comment on function private.require_role(text) is 'The caller''s tenant, or 401 signed_out, 404 no_account, 403 forbidden.';

alter table mgmt.users enable row level security;
alter table mgmt.users force row level security;

create policy "Members read themselves, Dungeon Masters the whole table" on mgmt.users
  for select to authenticated using (
    tenant_id = (select private.current_tenant_id())
    and (id = (select auth.uid()) or (select private.has_role('dm')))
  );

grant select on mgmt.users to authenticated, service_role;
-- NOTE: no write is granted: people change through functions, which know who may give which role.

create trigger touch_updated_at before update on mgmt.users
  for each row execute function private.touch_updated_at();

comment on table mgmt.users is 'People, each in exactly one tenant. deleted_at: left or removed; such a person belongs nowhere.';
comment on column mgmt.users.id is 'The id in auth.users.';
comment on column mgmt.users.discord_id is 'Discord snowflake, from the linked identity.';

create table mgmt.user_preferences (
  user_id uuid primary key references mgmt.users (id) on delete cascade,
  preferences jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint user_preferences_is_small_object check (
    jsonb_typeof(preferences) = 'object' and octet_length(preferences::text) <= 16384
  )
);

alter table mgmt.user_preferences enable row level security;
alter table mgmt.user_preferences force row level security;

create policy "People read their own preferences" on mgmt.user_preferences
  for select to authenticated using (user_id = (select auth.uid()));

grant select on mgmt.user_preferences to authenticated, service_role;
-- NOTE: written through update_preferences(), which merges instead of replacing.

create trigger touch_updated_at before update on mgmt.user_preferences
  for each row execute function private.touch_updated_at();

comment on table mgmt.user_preferences is 'Durable choices of a person: theme, language, last_campaign_id, hidden_checklist and the like.';

create table mgmt.invites (
  id uuid primary key default gen_random_uuid(),
  tenant_id text not null references public.tenants (id) on delete cascade,
  role text not null default 'viewer',
  invited_by uuid references mgmt.users (id) on delete set null,
  discord_id text,
  email text,
  note text,
  expires_at timestamptz not null,
  used_by uuid references mgmt.users (id) on delete set null,
  used_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint invites_role_below_owner check (role in ('dm', 'viewer')),
  constraint invites_discord_id_is_snowflake check (discord_id ~ '^\d{17,20}$'),
  constraint invites_email_is_lower_case check (email = lower(email) and char_length(email) <= 254),
  constraint invites_note_length check (char_length(note) <= 500),
  constraint invites_used_once check (used_at is null or revoked_at is null)
);
create index invites_tenant on mgmt.invites (tenant_id, created_at desc);
create index invites_invited_by on mgmt.invites (invited_by);
create index invites_used_by on mgmt.invites (used_by);
-- Sign-in looks for an open invite of the person.
create index invites_open_discord on mgmt.invites (discord_id) where used_at is null and revoked_at is null;
create index invites_open_email on mgmt.invites (email) where used_at is null and revoked_at is null;

alter table mgmt.invites enable row level security;
alter table mgmt.invites force row level security;

create policy "Owners read their table's invites" on mgmt.invites
  for select to authenticated using (
    tenant_id = (select private.current_tenant_id()) and (select private.has_role('tenant_owner'))
  );

grant select on mgmt.invites to authenticated, service_role;
-- NOTE: no write is granted: an invite is made, taken and revoked by functions.

create trigger touch_updated_at before update on mgmt.invites
  for each row execute function private.touch_updated_at();

comment on table mgmt.invites is 'Invitations into a tenant, for a Discord account, an email address, or whoever has the link.';

create table private.invite_tokens (
  invite_id uuid primary key references mgmt.invites (id) on delete cascade,
  token_hash bytea not null unique
);
alter table private.invite_tokens enable row level security;
alter table private.invite_tokens force row level security;
comment on table private.invite_tokens is 'SHA-256 of the token in an invite link; the token itself is kept nowhere.';

-- Tenants under the API: one row, one''s own, without the bot token.
create policy "Members read their own tenant" on public.tenants
  for select to authenticated using (id = (select private.current_tenant_id()));

grant select (
  id, name, contact_email, license_tier, guild_ids, dm_role_id, campaign_id, bot_set, bot_last_four,
  monthly_session_hours, created_at, updated_at
) on public.tenants to authenticated, service_role;

create view mgmt.tenants with (security_invoker = true) as
  select id, name, contact_email, license_tier, guild_ids, dm_role_id, campaign_id, bot_set, bot_last_four,
    monthly_session_hours, created_at, updated_at
  from public.tenants;
grant select on mgmt.tenants to authenticated, service_role;
comment on view mgmt.tenants is 'The caller''s own tenant, without its bot token. Changed through functions.';
