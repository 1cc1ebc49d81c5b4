-- Discord servers that tables have claimed, and our own copy of bot tokens.

create table mgmt.discord_servers (
  guild_id text primary key,
  tenant_id text not null references public.tenants (id) on delete cascade,
  name text not null,
  icon_url text,
  claimed_by uuid references mgmt.users (id) on delete set null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint discord_servers_guild_id_is_snowflake check (guild_id ~ '^\d{17,20}$'),
  constraint discord_servers_name_length check (char_length(name) <= 200),
  constraint discord_servers_icon_url_length check (char_length(icon_url) <= 500)
);
create index discord_servers_tenant on mgmt.discord_servers (tenant_id);
create index discord_servers_claimed_by on mgmt.discord_servers (claimed_by);

alter table mgmt.discord_servers enable row level security;
alter table mgmt.discord_servers force row level security;

create policy "Members read their table's Discord servers" on mgmt.discord_servers
  for select to authenticated using (tenant_id = (select private.current_tenant_id()));

grant select on mgmt.discord_servers to authenticated, service_role;
-- NOTE: no write is granted: a claim needs Discord's word that the person administers the server.

create trigger touch_updated_at before update on mgmt.discord_servers
  for each row execute function private.touch_updated_at();

comment on table mgmt.discord_servers is 'A Discord server belongs to the first table whose member proved to administer it.';

create function mgmt.claim_guild(tenant text, guild_id text, name text, icon_url text, "user" uuid)
returns mgmt.discord_servers
language plpgsql security definer set search_path = ''
as $$
#variable_conflict use_column
declare
  v_server mgmt.discord_servers;
begin
  if claim_guild.guild_id is null or claim_guild.guild_id !~ '^\d{17,20}$' then
    perform private.fail('bad_snowflake', 'guild_id: not the id of a Discord server.', 'Pick a server from the list.');
  end if;
  if not exists (
    select from mgmt.users as member
    where member.id = claim_guild."user" and member.tenant_id = claim_guild.tenant and member.deleted_at is null
  ) then
    perform private.fail('not_found', 'This person does not belong to this table.');
  end if;
  insert into mgmt.discord_servers as server (guild_id, tenant_id, name, icon_url, claimed_by)
  values (claim_guild.guild_id, claim_guild.tenant, claim_guild.name, claim_guild.icon_url, claim_guild."user")
  on conflict (guild_id) do update set name = excluded.name, icon_url = excluded.icon_url
    where server.tenant_id = excluded.tenant_id
  returning * into v_server;
  if not found then
    perform private.fail(
      'guild_taken', 'This Discord server belongs to another table.', 'Choose another server, or ask its administrators.'
    );
  end if;
  return v_server;
end
$$;
revoke execute on function mgmt.claim_guild(text, text, text, text, uuid) from public;
grant execute on function mgmt.claim_guild(text, text, text, text, uuid) to service_role;
comment on function mgmt.claim_guild(text, text, text, text, uuid) is 'Only after Discord said that the user administers the server. 409 guild_taken, 422 bad_snowflake, 404 not_found.';

-- Ciphertext under our own key. Nobody reads this table; the functions below hand it to the service role.
create table private.secrets (
  tenant_id text not null references public.tenants (id) on delete cascade,
  name text not null,
  ciphertext text not null,
  last_four text not null,
  set_at timestamptz not null default now(),
  primary key (tenant_id, name),
  constraint secrets_name_known check (name in ('bot_token')),
  constraint secrets_last_four_length check (char_length(last_four) <= 4)
);
alter table private.secrets enable row level security;
alter table private.secrets force row level security;
comment on table private.secrets is 'Secrets of tenants, encrypted before they arrive here.';

create function mgmt.set_bot_token(tenant text, ciphertext text, last_four text) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  insert into private.secrets as secret (tenant_id, name, ciphertext, last_four)
  values (set_bot_token.tenant, 'bot_token', set_bot_token.ciphertext, set_bot_token.last_four)
  on conflict (tenant_id, name) do update
    set ciphertext = excluded.ciphertext, last_four = excluded.last_four, set_at = now();
  -- The token itself goes to the gateway by gRPC and is never written here.
  update public.tenants as t set bot_last_four = set_bot_token.last_four where t.id = set_bot_token.tenant;
exception when foreign_key_violation then
  perform private.fail('not_found', 'There is no such table.');
end
$$;
revoke execute on function mgmt.set_bot_token(text, text, text) from public;
grant execute on function mgmt.set_bot_token(text, text, text) to service_role;
comment on function mgmt.set_bot_token(text, text, text) is 'Keeps our encrypted copy and the last four characters. The service role only. 404 not_found.';

create function mgmt.bot_token_ciphertext(tenant text) returns text
language sql stable security definer set search_path = ''
as $$ select ciphertext from private.secrets where tenant_id = tenant and name = 'bot_token' $$;
revoke execute on function mgmt.bot_token_ciphertext(text) from public;
grant execute on function mgmt.bot_token_ciphertext(text) to service_role;
comment on function mgmt.bot_token_ciphertext(text) is 'Our copy as set_bot_token() got it, or null. The service role only.';
