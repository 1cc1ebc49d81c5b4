-- Who may do what in this database, before anything exists in it.
--
-- public   what the voice gateway owns; the API never reaches it directly
-- mgmt     what the management plane owns; the only schema the API exposes
-- private  helpers, secrets and registers; never exposed
--
-- Migrations run as `postgres`, which is no superuser. It is a member of the gateway's role, so that it can set up
-- and read what the gateway owns. The stack or the operator sets the passwords of the two roles that log in.

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'glyphoxa_gateway') then
    create role glyphoxa_gateway login nocreatedb nocreaterole nobypassrls noreplication;
  end if;
  if not exists (select from pg_catalog.pg_roles where rolname = 'glyphoxa_worker') then
    create role glyphoxa_worker login nocreatedb nocreaterole nobypassrls noreplication;
  end if;
  if not pg_catalog.pg_has_role(current_user, 'glyphoxa_gateway', 'usage') then
    execute format('grant glyphoxa_gateway to %I with inherit true, set true', current_user);
  end if;
  if not pg_catalog.pg_has_role(current_user, 'glyphoxa_gateway', 'set') then
    execute format('grant glyphoxa_gateway to %I with inherit true, set true', current_user);
  end if;
  -- The gateway makes a schema per tenant and runs its own idempotent DDL at each start.
  execute format('grant connect, create, temporary on database %I to glyphoxa_gateway', current_database());
  execute format('grant connect on database %I to glyphoxa_worker', current_database());
end
$$;

-- The gateway's statements name no schema; pgvector's types live in `extensions`.
alter role glyphoxa_gateway set search_path = public, extensions;

create schema if not exists extensions;
create extension if not exists btree_gist with schema extensions;
create extension if not exists pgcrypto with schema extensions;

create schema if not exists mgmt;
create schema if not exists private;
comment on schema mgmt is 'What the management plane owns. The only schema that the API exposes.';
comment on schema private is 'Helpers, secrets and registers. Never exposed by the API.';

-- Nothing is granted by default: each migration grants by name, beside the object.
alter default privileges revoke execute on functions from public;
alter default privileges in schema public revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public revoke all on sequences from anon, authenticated, service_role;
alter default privileges in schema public revoke all on functions from anon, authenticated, service_role;
revoke all on all tables in schema public from anon, authenticated, service_role;

grant usage on schema mgmt to anon, authenticated, service_role, glyphoxa_gateway, glyphoxa_worker;
-- Policies and checks call helpers as the caller. Which of them, each migration grants by name.
grant usage on schema private to authenticated, service_role, glyphoxa_gateway;
grant usage, create on schema public to glyphoxa_gateway;
grant usage on schema public to authenticated, service_role;
grant usage on schema extensions to glyphoxa_gateway;
