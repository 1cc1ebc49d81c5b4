import { captureLibraryLog } from '../api/library-log.ts';
import { StudioAudit } from './audit.ts';
import { createStudio } from './routes.ts';
import { StudioTables } from './tables.ts';

export interface Inside {
  fetch: (request: Request) => Response | Promise<Response>;
  close: () => Promise<void>;
}

/** All that an operator who signed in works with. */
export function openInside(databaseUrl: string): Inside {
  captureLibraryLog();
  const audit = new StudioAudit(databaseUrl);
  const tables = new StudioTables(databaseUrl);
  const studio = createStudio({ databaseUrl, audit, tables });
  return {
    fetch: (request) => studio.fetch(request),
    close: async () => {
      await Promise.all([audit.close(), tables.close()]);
    },
  };
}
