import { isDay, isMoment } from '#lib/moment.ts';

/** What the list filters by; every one of them lives in the address. */
export interface AuditFilters {
  /** A user's id, or who else can write: `operator`, `system`, `gateway`. */
  person: string | null;
  kind: ResourceKind | null;
  /** The id of one thing. */
  thing: string | null;
  /** First and last day, `2026-11-18`. */
  from: string | null;
  to: string | null;
}

/** Kinds of things whose rows an Owner reads. */
export const resourceKinds = [
  'npc',
  'lore',
  'campaign',
  'character',
  'session_request',
  'session_details',
  'member',
  'invite',
  'tenant',
  'discord_server',
  'secret',
  'subscription',
  'voice_sample',
  'voice_profile',
  'provider_config',
  'ticket',
  'knowledge',
  'planned_session',
  'campaign_npc',
  'invoice',
  'payment',
  'license',
  'bot',
  'billing_event',
  'ticket_message',
  'usage',
  'operations',
] as const;

/** Those of the installation as a whole, which operators read besides. */
const installationKinds = [
  'plan',
  'gateway',
  'voice',
  'preference',
  'review_flag',
  'setting',
  'provider_rate',
  'usage_assumption',
  'support_facts',
] as const;
export type ResourceKind = (typeof resourceKinds)[number] | (typeof installationKinds)[number];
export const allKinds: readonly ResourceKind[] = [...resourceKinds, ...installationKinds];

export type ActorKind = 'user' | 'operator' | 'system' | 'gateway';
export type Action = 'insert' | 'update' | 'delete' | 'bin' | 'restore' | 'look' | 'act';

/** Values before and after; `changed` for what the log does not tell. */
export type Change = { before: unknown; after: unknown } | 'changed';

export interface AuditEntry {
  id: number;
  actor: string | null;
  actor_kind: ActorKind;
  action: Action;
  resource_type: string;
  resource_id: string;
  resource_name: string | null;
  changes: Record<string, Change>;
  ip: string | null;
  user_agent: string | null;
  created_at: string;
}

const others: readonly string[] = ['operator', 'system', 'gateway'];

/** Reads the filters of an address; what is not understood is no filter. */
export function readFilters(search: URLSearchParams, kinds: readonly ResourceKind[] = resourceKinds): AuditFilters {
  const matching = (name: string, pattern: RegExp) => {
    const value = search.get(name) ?? '';
    return pattern.test(value) ? value : null;
  };
  const date = (name: string) => {
    const value = search.get(name) ?? '';
    return isDay(value) ? value : null;
  };
  const person = search.get('person') ?? '';
  const kind = search.get('kind') as ResourceKind;
  return {
    person: others.includes(person) ? person : matching('person', /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/),
    kind: kinds.includes(kind) ? kind : null,
    thing: matching('thing', /^[\w/-]{1,160}$/),
    from: date('from'),
    to: date('to'),
  };
}

export function isFiltered(filters: AuditFilters): boolean {
  return Object.values(filters).some((value) => value !== null);
}

/** The place in the list after which the next rows come. */
export interface Cursor {
  createdAt: string;
  id: number;
}

export function writeCursor({ created_at, id }: Pick<AuditEntry, 'created_at' | 'id'>): string {
  return `${created_at}~${id}`;
}

/** Null for anything but a cursor of ours: its parts end up in a filter of the API. */
export function readCursor(value: string | null): Cursor | null {
  const [createdAt = '', id = ''] = value?.split('~') ?? [];
  return isMoment(createdAt) && /^\d{1,15}$/.test(id) ? { createdAt, id: Number(id) } : null;
}
