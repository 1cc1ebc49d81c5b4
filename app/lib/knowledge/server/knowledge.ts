import type { Json } from '#domain/database.types.ts';
import { type Api, expectDone, unwrap, unwrapJson } from '#lib/server/api.ts';
import {
  type Counts,
  type Drawing,
  type Entry,
  type EntryDetail,
  factValue,
  type KnowledgeQuery,
  kindOf,
  mostDrawn,
} from '../graph.ts';

interface Graph {
  counts: Counts;
  matches: number;
  entities: Entry[];
  relationships: { source_id: string; target_id: string; confirmed: boolean }[];
}

type Part = Pick<KnowledgeQuery, 'search' | 'kind' | 'confirmed' | 'session'> & {
  around?: string | null;
  steps?: number;
};

/** Entries and links without facts: the panel reads those of the one entry that is open. */
async function readGraph(api: Api, campaign: string, part: Part, limit: number): Promise<Graph> {
  return unwrapJson<Graph>(
    await api.rpc('knowledge_graph', {
      campaign_id: campaign,
      limit,
      facts: false,
      confirmed: part.confirmed,
      ...(part.search !== '' && { search: part.search }),
      ...(part.kind !== null && { kind: part.kind }),
      ...(part.session !== null && { session: part.session }),
      ...(part.around && { around: part.around, steps: part.steps ?? 1 }),
    }),
  );
}

export async function listEntries(
  api: Api,
  campaign: string,
  part: Part,
  limit: number,
): Promise<{ counts: Counts; matches: number; entries: Entry[] }> {
  const { counts, matches, entities } = await readGraph(api, campaign, part, limit);
  return { counts, matches, entries: entities };
}

export async function readDrawing(api: Api, campaign: string, part: Part): Promise<Drawing> {
  const { entities, relationships } = await readGraph(api, campaign, part, mostDrawn);
  const place = new Map(entities.map(({ id }, index) => [id, index]));
  return {
    nodes: entities.map(({ id, type, name, links }) => ({ id, kind: kindOf(type), name, links })),
    links: relationships.flatMap(({ source_id, target_id, confirmed }) => {
      const [source, target] = [place.get(source_id), place.get(target_id)];
      return source === undefined || target === undefined || source === target
        ? []
        : [[source, target, confirmed ? 1 : 0] as [number, number, 0 | 1]];
    }),
  };
}

export async function readEntry(api: Api, campaign: string, entity: string): Promise<EntryDetail> {
  return unwrapJson<EntryDetail>(await api.rpc('knowledge_entry', { campaign_id: campaign, entity }));
}

/** Sessions that a Dungeon Master may ask for what they taught, newest first. */
export async function listTeachers(
  api: Api,
  campaign: string,
): Promise<{ id: string; startedAt: string; title: string | null }[]> {
  const sessions = unwrap(
    await api
      .from('sessions')
      .select('id, started_at')
      .eq('campaign_id', campaign)
      .order('started_at', { ascending: false })
      .limit(50),
  );
  const ids = sessions.map(({ id }) => id ?? '');
  const details = unwrap(await api.from('session_details').select('session_id, title').in('session_id', ids));
  const titles = new Map(details.map(({ session_id, title }) => [session_id, title]));
  return sessions.map(({ id, started_at }) => ({
    id: id ?? '',
    startedAt: started_at ?? '',
    title: titles.get(id ?? '') || null,
  }));
}

export interface Correction {
  name: string;
  /** Null: as it is. */
  type: string | null;
  facts: { key: string; value: string }[];
}

/** Facts are written as texts; what was a number or a list stays one where the text allows it. */
export async function correctEntry(api: Api, campaign: string, entity: string, correction: Correction): Promise<void> {
  const { attributes = {} } = await readEntry(api, campaign, entity);
  const facts = Object.fromEntries(
    correction.facts.map(({ key, value }) => {
      const before = Object.hasOwn(attributes, key) ? attributes[key] : undefined;
      return [key, factValue(value, before)] as const;
    }),
  );
  expectDone(
    await api.rpc('knowledge_correct', {
      campaign_id: campaign,
      entity,
      name: correction.name,
      attributes: facts as Json,
      ...(correction.type !== null && { type: correction.type }),
    }),
  );
}

export interface LinkKey {
  source: string;
  target: string;
  rel_type: string;
}

export async function confirmLink(api: Api, campaign: string, link: LinkKey, confirmed: boolean): Promise<void> {
  expectDone(await api.rpc('knowledge_confirm', { campaign_id: campaign, ...link, confirmed }));
}

/** Removes an entry with its links, or one link; the answer undoes it for a day. */
export async function removeKnowledge(
  api: Api,
  campaign: string,
  what: LinkKey | { entity: string },
): Promise<{ removal: string; name: string }> {
  const removed = unwrapJson<{ removal: string; name?: string; rel_type?: string }>(
    await api.rpc('knowledge_remove', { campaign_id: campaign, ...what }),
  );
  return { removal: removed.removal, name: removed.name ?? removed.rel_type ?? '' };
}

export async function restoreKnowledge(api: Api, campaign: string, removal: string): Promise<void> {
  expectDone(await api.rpc('knowledge_restore', { campaign_id: campaign, removal }));
}
