import { getAuthSchemaSql, getStorageSchemaSql } from '@supabase/lite';
import postgres from 'postgres';
import { databaseUrl, type StackContext } from '../context.ts';

/**
 * Creates the tables of Auth and Storage as their own roles own them, before our migrations refer to them. Every statement
 * can run again: a second call changes nothing. Needs the roles and the schemas `auth` and `storage` to exist.
 */
export async function prepareAuthAndStorage(context: StackContext): Promise<void> {
  const sql = postgres(databaseUrl(context, 'supabase_admin'), { max: 1, onnotice: () => undefined });
  try {
    await sql.begin(async (transaction) => {
      // One preparation at a time, also when two starts overlap.
      await transaction`select pg_advisory_xact_lock(hashtext('glyphoxa.prepare_auth_and_storage'))`;
      await transaction.unsafe('set local role supabase_auth_admin; set local search_path = auth');
      await transaction.unsafe(getAuthSchemaSql());
      await transaction.unsafe('set local role supabase_storage_admin; set local search_path = storage');
      await transaction.unsafe(getStorageSchemaSql());
      await transaction.unsafe('reset role');
      await transaction.unsafe(grants);
    });
  } finally {
    await sql.end();
  }
}

/**
 * Whoever holds a key of the API may call the functions of `auth` and reach `storage` under its policies. The tables of `auth`
 * are open to `postgres` alone, so that migrations can refer to them; row level security without a policy shuts out the rest.
 */
const grants = `
grant usage on schema auth to anon, authenticated, service_role, postgres;
grant all on all tables in schema auth to postgres;
grant all on all routines in schema auth to postgres;
do $$
declare t regclass;
begin
  for t in select oid from pg_class where relnamespace = 'auth'::regnamespace and relkind = 'r' and not relrowsecurity loop
    execute format('alter table %s enable row level security', t);
  end loop;
end $$;

grant usage on schema storage to anon, authenticated, service_role, postgres;
grant all on all tables in schema storage to anon, authenticated, service_role, postgres;
grant all on all routines in schema storage to anon, authenticated, service_role, postgres;
`;
