-- The roles of a Supabase project, with the attributes and memberships they have there. Run as supabase_admin, at every
-- change of this folder, so every statement may run again. Passwords are set by stack/postgres/bootstrap.ts.

do $$
declare
  v_role text;
begin
  foreach v_role in array array[
    'postgres', 'anon', 'authenticated', 'service_role', 'authenticator', 'dashboard_user', 'supabase_auth_admin',
    'supabase_storage_admin', 'supabase_realtime_admin', 'supabase_read_only_user', 'supabase_replication_admin'
  ] loop
    if not exists (select from pg_catalog.pg_roles where rolname = v_role) then
      execute pg_catalog.format('create role %I', v_role);
    end if;
  end loop;
end
$$;

-- People's migrations run as postgres. It is no superuser, so what passes here passes on a hosted project.
alter role postgres nosuperuser inherit createrole createdb login replication bypassrls;

alter role anon nosuperuser inherit nologin;
alter role authenticated nosuperuser inherit nologin;
alter role service_role nosuperuser inherit nologin bypassrls;
alter role authenticator nosuperuser noinherit login;
alter role dashboard_user nosuperuser createrole createdb nologin replication;
alter role supabase_auth_admin nosuperuser noinherit createrole login noreplication;
alter role supabase_storage_admin nosuperuser noinherit createrole login noreplication;
alter role supabase_read_only_user nosuperuser login bypassrls;
alter role supabase_replication_admin nosuperuser login replication;

-- Hosted Realtime logs in as supabase_admin; here it logs in as the owner of its schema, with just what it needs:
-- to read the replication stream, and to become the API roles whose policies decide.
alter role supabase_realtime_admin nosuperuser noinherit nocreaterole login replication;

grant anon, authenticated, service_role to authenticator;
grant anon, authenticated, service_role to supabase_realtime_admin;
grant authenticator to supabase_storage_admin;
grant anon, authenticated, service_role, authenticator to postgres with admin option;
grant pg_monitor, pg_read_all_data, pg_signal_backend to postgres with admin option;
grant pg_create_subscription to postgres;
grant pg_read_all_data to supabase_read_only_user;

-- A hosted project lets postgres make policies on these services' tables through the extension supautils. Without it,
-- only an owner may: postgres inherits from the owners, and 60-service-schemas.sql refuses everything else that
-- membership would allow.
grant supabase_storage_admin, supabase_realtime_admin to postgres with inherit true, set false;

alter role supabase_admin set search_path = "$user", public, auth, extensions;
alter role postgres set search_path = "$user", public, extensions;
alter role supabase_auth_admin set search_path = auth;
alter role supabase_auth_admin set idle_in_transaction_session_timeout = '60s';
alter role supabase_storage_admin set search_path = storage;
alter role anon set statement_timeout = '3s';
alter role authenticated set statement_timeout = '8s';
alter role authenticator set statement_timeout = '8s';
alter role authenticator set lock_timeout = '8s';

alter database postgres owner to postgres;
grant all on database postgres to postgres, dashboard_user;
-- These services make their own schemas where they are missing.
grant create on database postgres to supabase_auth_admin, supabase_storage_admin;
