// `npm run admin:adopt`: gives every tenant that the gateway made what it lacks, and lists those that nobody owns.
// `npm run admin:adopt -- <tenant> <email>`: makes the member with this verified address the Owner of such a tenant.
import pg from 'pg';
import { databaseUrl } from '../stack/context.ts';
import { StackError } from '../stack/errors.ts';
import { runningContext } from '../stack/running-context.ts';

/** The running embedded stack's database, or another installation's by DATABASE_URL (role postgres). */
function addressOfDatabase(): string {
  return process.env['DATABASE_URL'] ?? databaseUrl(runningContext(process.env), 'postgres');
}

async function adoptAll(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ campaigns: number; subscriptions: number }>(
    'select * from private.adopt_gateway_tenants()',
  );
  const { campaigns, subscriptions } = rows[0]!;
  console.log(`New: ${campaigns} campaigns, ${subscriptions} subscriptions.`);
  const ownerless = await client.query<{ id: string; name: string }>(
    `select tenant.id, tenant.name from public.tenants as tenant
     where not exists (
       select from mgmt.users as member
       where member.tenant_id = tenant.id and member.deleted_at is null and member.role in ('tenant_owner', 'super_admin')
     )
     order by tenant.created_at`,
  );
  for (const { id, name } of ownerless.rows) console.log(`Without an Owner: ${id} (${name})`);
}

async function handOver(client: pg.Client, tenant: string, email: string): Promise<void> {
  const { rows } = await client.query<{ done: { tenant_id: string; display_name: string } }>(
    'select private.hand_over_tenant($1, $2) as done',
    [tenant, email],
  );
  const { tenant_id: id, display_name: name } = rows[0]!.done;
  console.log(`${name} is the Owner of ${id} now.`);
}

async function adopt(tenant: string | undefined, email: string | undefined): Promise<void> {
  const client = new pg.Client({ connectionString: addressOfDatabase() });
  await client.connect();
  try {
    await (tenant && email ? handOver(client, tenant, email) : adoptAll(client));
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code?.startsWith('PT'))
      throw new StackError([error.message, error.hint].filter(Boolean).join(' '));
    throw error;
  } finally {
    await client.end();
  }
}

try {
  const [tenant, email, ...more] = process.argv.slice(2);
  if ((tenant && !email) || more.length > 0) throw new StackError('Usage: npm run admin:adopt [-- <tenant> <email>]');
  await adopt(tenant, email);
} catch (error) {
  if (!(error instanceof StackError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
