import { readHealth } from '#lib/operations/server/reads.ts';
import { reachServices } from '#lib/operations/server/services.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  event.depends('operations:health');
  const started = performance.now();
  const asked = readHealth(event);
  const [health, databaseMs, services] = await Promise.all([
    asked,
    asked.then(() => Math.round(performance.now() - started)),
    // Only operators make this server knock at doors.
    asked.then(() => reachServices(event)),
  ]);
  return { health, databaseMs, services };
};
