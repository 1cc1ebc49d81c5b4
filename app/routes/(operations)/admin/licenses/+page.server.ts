import { fail } from '@sveltejs/kit';
import type { RequestEvent } from '@sveltejs/kit';
import { z } from 'zod';
import { licenseFeatures } from '#domain/licenses/claims.ts';
import { requiredText } from '#domain/schemas/issue.ts';
import { requireOperator } from '#lib/operations/server/operator.ts';
import { readLicenses, readTables } from '#lib/operations/server/reads.ts';
import { m } from '#lib/paraglide/messages.js';
import { submit } from '#lib/server/form.ts';
import { callFunction } from '#lib/server/functions.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const table = event.url.searchParams.get('for');
  return {
    licenses: await readLicenses(event),
    /** The table that somebody came from; its id is typed all the same. */
    table: table && tableId.test(table) ? table : null,
    features: licenseFeatures,
    now: Date.now(),
  };
};

const tableId = /^[a-z][a-z0-9_]{0,55}$/;

const license = z.object({
  table_id: z.string().trim().min(1, 'required').regex(tableId, 'shape'),
  licensee: requiredText(120),
  features: z.array(z.enum(licenseFeatures)).min(1, 'required'),
  months: z.coerce.number().int().min(1, 'out_of_range').max(36, 'out_of_range'),
});

async function isHere(event: RequestEvent, table: string): Promise<boolean> {
  const { rows } = await readTables(event, { query: table, filter: null }, null);
  return rows.some(({ id }) => id === table);
}

export const actions: Actions = {
  issue: async (event) => {
    await requireOperator(event);
    const data = await event.request.formData();
    const values = {
      table_id: String(data.get('table_id') ?? '').trim(),
      licensee: String(data.get('licensee') ?? ''),
      months: String(data.get('months') ?? ''),
      features: data.getAll('features').map(String),
      outside: data.get('outside') === 'on',
    };
    if (tableId.test(values.table_id) && !values.outside && !(await isHere(event, values.table_id)))
      return fail(422, { values, errors: { table_id: m.ops_license_no_table() }, problem: null });
    const { outside: _, ...input } = values;
    const sent = await submit(license, input, values, (value) =>
      callFunction<{ key: string; license: { tid: string; sub: string } }>(event, 'licenses/issue', {
        method: 'POST',
        body: value,
      }),
    );
    return (
      sent.failure ?? { issued: { key: sent.value.key, table: sent.value.license.tid, to: sent.value.license.sub } }
    );
  },
};
