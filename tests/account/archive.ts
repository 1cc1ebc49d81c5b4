// The archive of a person, read as the app reads it: page after page until there is none.
import { expect } from 'vitest';
import type { SignedIn } from '../lib/people.ts';

export interface Page {
  format: string;
  version: number;
  exported_at: string;
  account: Record<string, unknown>;
  parts: { part: string; rows: Record<string, unknown>[] }[];
  next: { part: string; key?: unknown[] } | null;
}

export interface Archive extends Pick<Page, 'format' | 'version' | 'account'> {
  parts: Record<string, Record<string, unknown>[]>;
  pages: number;
  largest: number;
}

export async function pageOf(who: SignedIn, after: Page['next'] = null): Promise<Page> {
  const { data, error } = await who.client.rpc('export_account', { after: after as never });
  expect(error).toBeNull();
  return data as unknown as Page;
}

export async function archiveOf(who: SignedIn): Promise<Archive> {
  const first = await pageOf(who);
  const { format, version, account } = first;
  const archive: Archive = { format, version, account, parts: {}, pages: 0, largest: 0 };
  for (let page = first; ; page = await pageOf(who, page.next)) {
    for (const { part, rows } of page.parts) archive.parts[part] = [...(archive.parts[part] ?? []), ...rows];
    archive.pages += 1;
    archive.largest = Math.max(archive.largest, JSON.stringify(page).length);
    if (!page.next) return archive;
  }
}
