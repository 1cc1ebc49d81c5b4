// `npm run admin:grant -- <email>`: makes the member with this verified address an operator (super_admin) of this installation.
import pg from 'pg';
import { databaseUrl } from '../stack/context.ts';
import { StackError } from '../stack/errors.ts';
import { runningContext } from '../stack/running-context.ts';

/** The running embedded stack's database, or another installation's by DATABASE_URL (role postgres). */
function addressOfDatabase(): string {
  return process.env['DATABASE_URL'] ?? databaseUrl(runningContext(process.env), 'postgres');
}

async function grant(email: string): Promise<void> {
  const client = new pg.Client({ connectionString: addressOfDatabase() });
  await client.connect();
  try {
    const { rows } = await client.query<{ member: { display_name: string; was: string } }>(
      'select private.grant_super_admin($1) as member',
      [email],
    );
    const { display_name: name, was } = rows[0]!.member;
    console.log(
      was === 'super_admin' ? `${name} is an operator already.` : `${name} is an operator now, and was ${was} before.`,
    );
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code?.startsWith('PT'))
      throw new StackError([error.message, error.hint].filter(Boolean).join(' '));
    throw error;
  } finally {
    await client.end();
  }
}

try {
  const [email, ...more] = process.argv.slice(2);
  if (!email || more.length > 0) throw new StackError('Usage: npm run admin:grant -- <email>');
  await grant(email);
} catch (error) {
  if (!(error instanceof StackError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
