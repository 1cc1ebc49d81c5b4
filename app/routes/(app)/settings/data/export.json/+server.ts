import { unwrapJson } from '#lib/server/api.ts';
import type { RequestHandler } from './$types';

/** `mgmt.export_account()` as a file. */
export const GET: RequestHandler = async ({ locals }) => {
  const archive = unwrapJson<{ exported_at: string }>(await locals.api.rpc('export_account'));
  return new Response(JSON.stringify(archive, null, 1), {
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'content-disposition': `attachment; filename="glyphoxa-${archive.exported_at.slice(0, 10)}.json"`,
      'cache-control': 'no-store',
    },
  });
};
