import type { ConnectionContextOptions, VarsContext } from '@supabase/lite';
import type { Kysely } from 'kysely';
import { ApiConnection } from '../api/rest/api-connection.ts';

/** The Data API's connection, on which every request is the operator's: role `postgres`, whatever the library thinks of the caller. */
export class OperatorConnection extends ApiConnection {
  constructor(url: string, schemas: string[]) {
    super({
      name: 'glyphoxa-studio',
      url,
      schemas,
      extraSearchPath: ['extensions'],
      readSchemaAs: ['postgres'],
      poolSize: 2,
    });
  }

  override withContext<T>(
    vars: VarsContext | undefined,
    run: (database: Kysely<unknown>) => Promise<T>,
    options?: ConnectionContextOptions,
  ): Promise<T> {
    const operator = vars && { ...vars, auth: { role: 'postgres', jwt: null } };
    return super.withContext(operator as VarsContext | undefined, run, options);
  }
}
