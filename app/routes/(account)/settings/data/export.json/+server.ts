import { archivePage, archivePages, archiveText } from '#lib/server/account-archive.ts';
import { fileResponse, textStream } from '#lib/server/file-download.ts';
import type { RequestHandler } from './$types';

/** Everything about the person, for an Owner with the table, as one file. A refusal comes before the first byte. */
export const GET: RequestHandler = async ({ locals }) => {
  const first = await archivePage(locals.api);
  return fileResponse(textStream(archiveText(archivePages(locals.api, first))), {
    name: `glyphoxa-${first.exported_at.slice(0, 10)}.json`,
    type: 'application/json; charset=utf-8',
  });
};
