import { isLoreCategory, type LoreCategory } from '#domain/lore-options.ts';
import type { LoreChanges } from '#domain/schemas/lore.ts';
import type { Json } from '#domain/database.types.ts';
import type { BinnedPage, LoreHit, LoreItem, LorePage, Mentionable } from '#lib/lore/page.ts';
import { type Api, expectDone, refuse, unwrap } from './api.ts';
import { daysLeft } from './bin.ts';

const category = (value: string): LoreCategory => (isLoreCategory(value) ? value : 'general');

/** The campaign's pages in their order. */
export async function listLore(api: Api, campaign: string): Promise<LoreItem[]> {
  const rows = unwrap(
    await api
      .from('campaign_lore')
      .select('id, title, category, updated_at')
      .eq('campaign_id', campaign)
      .is('deleted_at', null)
      .order('sort_order')
      .order('created_at')
      .order('id'),
  );
  return rows.map((row) => ({
    id: row.id,
    title: row.title,
    category: category(row.category),
    updatedAt: row.updated_at,
  }));
}

/** The pages that were edited last. */
export async function latestLore(api: Api, campaign: string, most: number): Promise<LoreItem[]> {
  const pages = await api
    .from('campaign_lore')
    .select('id, title, category, updated_at')
    .eq('campaign_id', campaign)
    .is('deleted_at', null)
    .order('updated_at', { ascending: false })
    .limit(most);
  return unwrap(pages).map((row) => ({
    id: row.id,
    title: row.title,
    category: category(row.category),
    updatedAt: row.updated_at,
  }));
}

/** What lies in the bin and can still come back; who goes first is first. */
export async function listBinnedLore(api: Api, campaign: string): Promise<BinnedPage[]> {
  const rows = unwrap(
    await api
      .from('campaign_lore')
      .select('id, title, category, deleted_at')
      .eq('campaign_id', campaign)
      .not('deleted_at', 'is', null)
      .order('deleted_at'),
  );
  return rows.map((row) => ({
    id: row.id,
    title: row.title,
    category: category(row.category),
    daysLeft: daysLeft(row.deleted_at ?? ''),
  }));
}

/** The database takes no shorter and no longer questions. */
export const loreQuery = { least: 2, most: 200 } as const;

/** Pages in which the words stand, best first. */
export async function searchLore(api: Api, campaign: string, query: string): Promise<LoreHit[]> {
  const hits = unwrap(await api.rpc('search_lore', { campaign_id: campaign, query: query.slice(0, loreQuery.most) }));
  return hits.map((hit) => ({
    id: hit.id,
    title: hit.marked_title,
    category: category(hit.category),
    snippet: hit.snippet,
  }));
}

const pageColumns = 'id, title, category, content, metadata, updated_at, deleted_at';

/** One page for its editor; 404 for another campaign's, `gone` while it lies in the bin. */
export async function readLorePage(api: Api, campaign: string, id: string): Promise<LorePage> {
  const row = unwrap(
    await api.from('campaign_lore').select(pageColumns).eq('campaign_id', campaign).eq('id', id).maybeSingle(),
  );
  if (row.deleted_at) refuse('gone');
  return {
    id: row.id,
    updatedAt: row.updated_at,
    fields: {
      title: row.title,
      category: category(row.category),
      content: row.content,
      tags: texts(row.metadata, 'tags'),
      npcs: texts(row.metadata, 'related_npcs'),
    },
  };
}

/** Each once: a file that was imported may say a thing twice. */
function texts(metadata: Json, key: string): string[] {
  const list = metadata && typeof metadata === 'object' && !Array.isArray(metadata) ? metadata[key] : null;
  return Array.isArray(list) ? [...new Set(list.filter((entry) => typeof entry === 'string'))] : [];
}

type NewPage = LoreChanges & { title: string };

/** Adds a page after all others. */
export async function createLorePage(api: Api, campaign: string, { tags, npcs, ...page }: NewPage): Promise<string> {
  const last = await api
    .from('campaign_lore')
    .select('sort_order')
    .eq('campaign_id', campaign)
    .order('sort_order', { ascending: false })
    .limit(1);
  const place = (unwrap(last)[0]?.sort_order ?? 0) + 1;
  const metadata = { ...(tags && { tags }), ...(npcs && { related_npcs: npcs }) };
  const row = { ...given(page), metadata, title: page.title, campaign_id: campaign, sort_order: place };
  return unwrap(await api.from('campaign_lore').insert(row).select('id').single()).id;
}

/**
 * Saves some fields if nobody else changed the page since `basedOn`; else `conflict`, or `gone` if it is no longer there.
 * @returns the new `updated_at`.
 */
export async function updateLorePage(
  api: Api,
  campaign: string,
  id: string,
  basedOn: string,
  { tags, npcs, ...changes }: LoreChanges,
): Promise<string> {
  const at = () => api.from('campaign_lore').select('metadata, deleted_at').eq('campaign_id', campaign).eq('id', id);
  const lists = { ...(tags && { tags }), ...(npcs && { related_npcs: npcs }) };
  // What others keep in the metadata stays; the update below takes only the row that was read.
  const metadata = tags || npcs ? { metadata: { ...object((await at().maybeSingle()).data?.metadata), ...lists } } : {};
  const saved = unwrap(
    await api
      .from('campaign_lore')
      .update({ ...given(changes), ...metadata })
      .eq('campaign_id', campaign)
      .eq('id', id)
      .eq('updated_at', basedOn)
      .is('deleted_at', null)
      .select('updated_at'),
  );
  if (saved[0]) return saved[0].updated_at;
  const there = unwrap(await at());
  refuse(there[0] && !there[0].deleted_at ? 'conflict' : 'gone');
}

/** Without the fields that were not sent. */
function given({ title, category, content }: LoreChanges) {
  return {
    ...(title !== undefined && { title }),
    ...(category !== undefined && { category }),
    ...(content !== undefined && { content }),
  };
}

function object(metadata: Json | undefined): Record<string, Json | undefined> {
  return metadata && typeof metadata === 'object' && !Array.isArray(metadata) ? metadata : {};
}

/** Puts a page into the bin; returns its title. */
export async function binLorePage(api: Api, campaign: string, id: string): Promise<string> {
  return setBin(api, campaign, id, new Date().toISOString());
}

/** Brings a page back to its place; returns its title. 410 after its days in the bin. */
export async function restoreLorePage(api: Api, campaign: string, id: string): Promise<string> {
  return setBin(api, campaign, id, null);
}

async function setBin(api: Api, campaign: string, id: string, deletedAt: string | null): Promise<string> {
  const change = api.from('campaign_lore').update({ deleted_at: deletedAt }).eq('campaign_id', campaign).eq('id', id);
  const [row] = unwrap(await change.select('title'));
  if (!row) refuse('gone');
  return row.title;
}

/** Puts the named pages in this order; those not named follow. */
export async function orderLore(api: Api, campaign: string, pages: string[]): Promise<void> {
  expectDone(await api.rpc('order_lore', { campaign_id: campaign, pages }));
}

/** Every NPC and page of the campaign that a text can name; NPCs that rest have their names too. */
export async function listMentionables(api: Api, campaign: string): Promise<Mentionable[]> {
  const [npcs, resting, pages] = await Promise.all([
    api.from('npcs').select('id, name').eq('campaign_id', campaign).order('name').then(unwrap),
    api.from('npcs_aside').select('id, name').eq('campaign_id', campaign).order('name').then(unwrap),
    listLore(api, campaign),
  ]);
  return [
    ...[...npcs, ...resting].map(({ id, name }) => ({ kind: 'npc' as const, id: id ?? '', name: name ?? '' })),
    ...pages.map(({ id, title }) => ({ kind: 'page' as const, id, name: title })),
  ];
}

/** Pages whose text names this one. */
export async function mentionedIn(api: Api, campaign: string, page: string): Promise<{ id: string; title: string }[]> {
  return unwrap(
    await api
      .from('campaign_lore')
      .select('id, title')
      .eq('campaign_id', campaign)
      .is('deleted_at', null)
      .neq('id', page)
      .like('content', `%(page:${page})%`)
      .order('sort_order')
      .limit(50),
  );
}
