import { type Api, unwrapJson } from './api.ts';
import { unhurried } from './unhurried.ts';

interface Row {
  [column: string]: unknown;
}

/** A page of `mgmt.export_account()`. */
export interface ArchivePage {
  format: string;
  version: number;
  exported_at: string;
  account: Row;
  parts: { part: string; rows: Row[] }[];
  next: { part: string; key?: unknown[] } | null;
}

export async function archivePage(api: Api, after: ArchivePage['next'] = null): Promise<ArchivePage> {
  return unwrapJson<ArchivePage>(await unhurried(() => api.rpc('export_account', { after: after as never })));
}

/** The first page and those that follow it, each asked for when it is wanted. */
export async function* archivePages(api: Api, first: ArchivePage): AsyncGenerator<ArchivePage> {
  for (let page = first; ; page = await archivePage(api, page.next)) {
    yield page;
    if (!page.next) return;
  }
}

/**
 * The pages as one JSON object, a row a line, in pieces: nobody ever holds all of it. It ends with `"complete": true`, so that a
 * file that was cut off can be told.
 */
export async function* archiveText(pages: AsyncIterable<ArchivePage>): AsyncGenerator<string> {
  let open: string | undefined;
  let rows = 0;
  for await (const { format, version, exported_at, account, parts } of pages) {
    if (open === undefined) {
      const head = JSON.stringify({ format, version, exported_at, account }, null, 1).slice(0, -2);
      yield `${head},\n "parts": {`;
    }
    for (const { part, rows: more } of parts) {
      if (part !== open) {
        yield `${open === undefined ? '' : `${rows > 0 ? '\n  ' : ''}],`}\n  ${JSON.stringify(part)}: [`;
        open = part;
        rows = 0;
      }
      if (more.length === 0) continue;
      yield `${rows > 0 ? ',' : ''}\n   ${more.map((row) => JSON.stringify(row)).join(',\n   ')}`;
      rows += more.length;
    }
  }
  yield `${open === undefined ? '' : `${rows > 0 ? '\n  ' : ''}]`}\n },\n "complete": true\n}\n`;
}
