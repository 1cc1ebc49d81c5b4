/** Kinds of entries, as the map shows them; what the voice service calls otherwise is "other". */
export const entryKinds = [
  'npc',
  'player',
  'location',
  'item',
  'faction',
  'event',
  'quest',
  'concept',
  'lore',
  'other',
] as const;
export type EntryKind = (typeof entryKinds)[number];

export function kindOf(type: string): EntryKind {
  return entryKinds.find((kind) => kind === type) ?? 'other';
}

/** An entry in a list or a drawing. */
export interface Entry {
  id: string;
  type: string;
  name: string;
  links: number;
  /** Steps from the entry that one looks around. */
  distance?: number;
  updated_at: string;
}

export interface Counts {
  entities: number;
  relationships: number;
}

/** `mgmt.knowledge_entry()`. Players get no facts, no provenance and nothing that was heard. */
export interface EntryDetail {
  id: string;
  type: string;
  name: string;
  links: number;
  created_at: string;
  updated_at: string;
  attributes?: Record<string, unknown>;
  relationships: Relationship[];
}

export interface Relationship {
  source_id: string;
  target_id: string;
  rel_type: string;
  confirmed: boolean;
  created_at: string;
  other: { id: string; type: string; name: string };
  attributes?: Record<string, unknown>;
  provenance?: Record<string, unknown>;
  /** The session that taught it and the line that was being spoken; null when it names none of this table. */
  heard?: {
    session_id: string;
    started_at: string;
    line_id: number | null;
    speaker_name: string | null;
    text: string | null;
  } | null;
}

/** A correction that was sent without scripts and could not be kept. */
export interface RefusedCorrection {
  values: { name: string; type: string | null; facts: { key: string; value: string }[] };
  errors: Record<string, string>;
}

/** What is drawn: entries, and links as places in that list. Sent as it stands, so it is kept short. */
export interface Drawing {
  nodes: { id: string; kind: EntryKind; name: string; links: number }[];
  links: [source: number, target: number, confirmed: 0 | 1][];
}

/** The most entries that are drawn at once. */
export const mostDrawn = 5000;

export const views = ['list', 'map', 'around'] as const;
export type View = (typeof views)[number];

/** What the map is asked for; every one of them lives in the address. */
export interface KnowledgeQuery {
  view: View;
  search: string;
  kind: EntryKind | null;
  confirmed: boolean;
  session: string | null;
  entry: string | null;
  steps: 1 | 2 | 3;
  /** Rows of the list. */
  show: number;
}

export const pageSize = 25;

export function readQuery(search: URLSearchParams): KnowledgeQuery {
  const steps = Number(search.get('steps'));
  const show = Number(search.get('show'));
  return {
    view: views.find((view) => view === search.get('view')) ?? 'list',
    search: (search.get('q') ?? '').trim().slice(0, 200),
    kind: entryKinds.find((kind) => kind === search.get('kind')) ?? null,
    confirmed: search.get('certain') === 'confirmed',
    session: search.get('session') || null,
    entry: search.get('entry') || null,
    steps: steps === 2 || steps === 3 ? steps : 1,
    show: Number.isSafeInteger(show) && show > pageSize ? Math.min(show, mostDrawn) : pageSize,
  };
}

export function isFiltered({ search, kind, confirmed, session }: KnowledgeQuery): boolean {
  return search !== '' || kind !== null || confirmed || session !== null;
}

/** A kind of link as people read it: "member_of" is "member of". */
export function linkWords(rel_type: string): string {
  return rel_type.replaceAll('_', ' ').trim();
}

/** How sure the voice service was, from 0 to 1; null when it did not say. */
export function certainty(provenance: Record<string, unknown> | undefined): number | null {
  const given = provenance?.['confidence'];
  const value = typeof given === 'string' && given.trim() !== '' ? Number(given) : given;
  return typeof value === 'number' && value >= 0 && value <= 1 ? value : null;
}

/** A fact as text to read and to write; what is no text is shown as JSON. */
export function factText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The value of a fact that was written as text: it keeps its type where the text still is of that type. */
export function factValue(text: string, before: unknown): unknown {
  if (before === undefined || typeof before === 'string') return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
