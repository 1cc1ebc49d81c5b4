import type { Api } from './api.ts';
import { archivePage, type ArchivePage } from './account-archive.ts';
import { unhurried } from './unhurried.ts';

interface StoredFile {
  bucket: string;
  /** Without the table's id. */
  name: string;
  updated_at: string;
}

/** Name in the zip, bytes and date of each file of a table, one after the other. One that is removed meanwhile is left out. */
export async function* tableFiles(api: Api, tenant: string) {
  let after: ArchivePage['next'] = { part: 'files' };
  while (after?.part === 'files') {
    const page: ArchivePage = await archivePage(api, after);
    const files = (page.parts.find(({ part }) => part === 'files')?.rows ?? []) as unknown as StoredFile[];
    for (const { bucket, name, updated_at } of files) {
      const { data, error } = await unhurried(() => api.storage.from(bucket).download(`${tenant}/${name}`));
      if (data) yield { name: `${bucket}/${name}`, lastModified: new Date(updated_at), input: data };
      else if (!isMissing(error)) throw error;
    }
    after = page.next;
  }
}

function isMissing(error: { status?: unknown; statusCode?: unknown } | null): boolean {
  return String(error?.statusCode ?? error?.status) === '404';
}
