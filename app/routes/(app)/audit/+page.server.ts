import { isFiltered, readCursor, readFilters, resourceKinds, writeCursor } from '#lib/audit/audit-log.ts';
import { idsOfThing, readAuditLog, readPeople } from '#lib/audit/server/audit-log.ts';
import { requireRole } from '#lib/server/account.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  await requireRole(event, 'tenant_owner');
  const { locals, url } = event;
  const filters = readFilters(url.searchParams, resourceKinds);
  const cursor = readCursor(url.searchParams.get('after'));
  const [{ entries, more }, people] = await Promise.all([
    idsOfThing(locals.api, filters.thing).then((things) => readAuditLog(locals.api, filters, things, cursor)),
    readPeople(locals.api),
  ]);
  const last = entries.at(-1);
  return {
    entries,
    people,
    next: more && last ? writeCursor(last) : null,
    continued: cursor !== null,
    filters,
    filtered: isFiltered(filters),
    now: Date.now(),
  };
};
