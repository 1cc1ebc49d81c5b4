import { z } from 'zod';
import { defineJob, patient } from './job.ts';

/**
 * Tells the gateway what the plans mean to it now: the license tier of a connected tenant by its own call, then the hours by SQL,
 * which that call writes back as it knew them. In this order also because the gateway must not wait for rows that we hold.
 */
export const tenantSync = defineJob({
  name: 'tenant.sync',
  schedule: '25 * * * *',
  payload: z.object({ tenant_id: z.string().optional() }),
  options: patient,
  async handle({ tenant_id: tenant = null }, { db, gateway }) {
    const different = await db.query<{ tenant_id: string; license_tier: string }>(
      'select * from private.tenants_to_tell($1)',
      [tenant],
    );
    const client = different.length > 0 ? await gateway() : null;
    if (client) {
      for (const { tenant_id: id, license_tier: licenseTier } of different) {
        await client.updateTenant({ id, licenseTier });
      }
    }
    const [row] = await db.query<{ written: number }>('select private.write_tenant_plans($1) as written', [tenant]);
    return { told: client ? different.length : 0, written: row?.written };
  },
});
