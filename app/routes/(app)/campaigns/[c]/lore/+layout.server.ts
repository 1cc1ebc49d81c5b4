import { isLoreCategory } from '#domain/lore-options.ts';
import { dependencies } from '#lib/realtime/refresh.ts';
import { requireRole } from '#lib/server/account.ts';
import { listBinnedLore, listLore, loreQuery, searchLore } from '#lib/server/lore.ts';
import type { LayoutServerLoad } from './$types';

/** The list beside every page: all pages in their order, or what a search found, or the bin. */
export const load: LayoutServerLoad = async (event) => {
  event.depends(dependencies.lore);
  await requireRole(event, 'dm');
  const { api } = event.locals;
  const { c } = event.params;
  const { searchParams } = event.url;
  const query = searchParams.get('q')?.trim().slice(0, loreQuery.most) ?? '';
  const category = searchParams.get('category');
  const inBin = searchParams.get('list') === 'bin';
  const [pages, hits, bin] = await Promise.all([
    listLore(api, c),
    query.length >= loreQuery.least && !inBin ? searchLore(api, c, query) : null,
    inBin ? listBinnedLore(api, c) : null,
  ]);
  return {
    pages,
    hits,
    bin,
    query,
    category: isLoreCategory(category) ? category : null,
    ordering: searchParams.has('order'),
  };
};
