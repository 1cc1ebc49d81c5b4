import { isDay, isMoment } from '#lib/moment.ts';
import type { SessionRow } from './session-state.ts';

/** What the list filters by; every one of them lives in the address. */
export interface SessionFilters {
  state: 'all' | 'on_air' | 'ended' | 'failed' | 'lost';
  campaign: string | null;
  server: string | null;
  /** First and last day, `2026-11-18`, in the table's own calendar. */
  from: string | null;
  to: string | null;
}

export interface SpeakerCount {
  name: string;
  npc: boolean;
  lines: number;
}

/** A session in a list: the row and the names that belong to it. */
export interface SessionItem {
  row: SessionRow;
  title: string | null;
  campaign: string | null;
  server: string | null;
  lines: number | null;
  speakers: SpeakerCount[];
}

const states: readonly string[] = ['on_air', 'ended', 'failed', 'lost'];

function dayOrNull(value: string | null): string | null {
  return value !== null && isDay(value) ? value : null;
}

/** Reads the filters of an address; what is not understood is no filter. */
export function readFilters(search: URLSearchParams): SessionFilters {
  const state = search.get('state') ?? '';
  return {
    state: states.includes(state) ? (state as SessionFilters['state']) : 'all',
    campaign: search.get('campaign') || null,
    server: search.get('server') || null,
    from: dayOrNull(search.get('from')),
    to: dayOrNull(search.get('to')),
  };
}

export function isFiltered(filters: SessionFilters): boolean {
  return filters.state !== 'all' || Object.entries(filters).some(([key, value]) => key !== 'state' && value !== null);
}

/** The place in the list after which the next rows come. */
export interface Cursor {
  startedAt: string;
  id: string;
}

export function writeCursor(row: Pick<SessionRow, 'started_at' | 'id'>): string {
  return `${row.started_at}~${row.id}`;
}

/** Null for anything but a cursor of ours: its parts end up in a filter of the API. */
export function readCursor(value: string | null): Cursor | null {
  const [startedAt = '', id = ''] = value?.split('~') ?? [];
  return isMoment(startedAt) && /^[\w-]{1,64}$/.test(id) ? { startedAt, id } : null;
}

/** The moment after the last millisecond of a day, for an exclusive upper bound. */
export function dayAfter(value: string): string {
  return new Date(Date.parse(`${value}T00:00:00Z`) + 86_400_000).toISOString();
}
