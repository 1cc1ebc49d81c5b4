import { isHttpError } from '@sveltejs/kit';
import type { RequestEvent } from '@sveltejs/kit';
import type { Database } from '#domain/database.types.ts';
import { allKinds, readFilters, type AuditFilters } from '#lib/audit/audit-log.ts';
import { dayAfter } from '#lib/live/sessions.ts';
import { isMoment } from '#lib/moment.ts';
import { refuse, unwrapJson } from '#lib/server/api.ts';
import type { PeopleSearch } from '../people.ts';
import type {
  Health,
  LicenseRow,
  LogEntry,
  MonthOfRevenue,
  Overview,
  PersonRow,
  TableFacts,
  TableRow,
} from '../types.ts';
import { requireOperator } from './operator.ts';

type Functions = Database['mgmt']['Functions'];
type Look = Extract<keyof Functions, `admin_${string}`>;

/** Asks as the operator; each of these writes into the audit log who looked. To whom the database says no, there is nothing here. */
async function look<T, Name extends Look>(event: RequestEvent, name: Name, args: Functions[Name]['Args']): Promise<T> {
  await requireOperator(event);
  try {
    return unwrapJson<T>(await event.locals.api.rpc(name, args as never));
  } catch (refused) {
    if (isHttpError(refused) && refused.body.code === 'forbidden') refuse('not_found');
    throw refused;
  }
}

/** A page of a list; `next` is what to ask for to get the rows after it, as text for an address. */
export interface Page<Row> {
  rows: Row[];
  next: string | null;
}

const shownAtOnce = 50;
/** Most rows that one look gives. */
const mostAtOnce = 200;

export const readOverview = (event: RequestEvent) =>
  look<Overview, 'admin_overview'>(event, 'admin_overview', {} as never);

export const readHealth = (event: RequestEvent) =>
  look<Health, 'admin_provider_health'>(event, 'admin_provider_health', { hours: 24 });

export const readTable = (event: RequestEvent, tenant: string) =>
  look<TableFacts, 'admin_tenant'>(event, 'admin_tenant', { tenant });

export async function readRevenue(event: RequestEvent, months: number): Promise<MonthOfRevenue[]> {
  return (await look<{ months: MonthOfRevenue[] }, 'admin_revenue'>(event, 'admin_revenue', { months })).months;
}

export async function readLicenses(event: RequestEvent): Promise<LicenseRow[]> {
  return look<LicenseRow[], 'admin_licenses'>(event, 'admin_licenses', {} as never);
}

export const tableFilters = ['payment_open', 'stuck_session', 'over_cap', 'over_fifty', 'trial'] as const;

export interface TableSearch {
  query: string;
  filter: (typeof tableFilters)[number] | null;
}

export function readTableSearch(search: URLSearchParams): TableSearch {
  return {
    query: (search.get('q') ?? '').replaceAll('\0', '').trim().slice(0, 200),
    filter: tableFilters.find((known) => known === search.get('filter')) ?? null,
  };
}

export async function readTables(
  event: RequestEvent,
  { query, filter }: TableSearch,
  after: string | null,
  limit = shownAtOnce,
): Promise<Page<TableRow>> {
  const page = await look<Keyset<TableRow>, 'admin_tenants'>(event, 'admin_tenants', {
    ...(query && { query }),
    ...(filter && { filter }),
    ...readKey(after),
    limit,
  });
  return { rows: page.rows, next: writeKey(page.next) };
}

export async function readPeople(
  event: RequestEvent,
  { query, role }: PeopleSearch,
  after: string | null,
  limit = shownAtOnce,
): Promise<Page<PersonRow>> {
  const page = await look<Keyset<PersonRow>, 'admin_users'>(event, 'admin_users', {
    ...(query && { query }),
    ...(role && { role }),
    ...readKey(after),
    limit,
  });
  return { rows: page.rows, next: writeKey(page.next) };
}

export interface LogSearch extends AuditFilters {
  table: string | null;
}

export function readLogSearch(search: URLSearchParams): LogSearch {
  const table = (search.get('table') ?? '').trim();
  return { ...readFilters(search, allKinds), table: /^[\w-]{1,64}$/.test(table) ? table : null };
}

export async function readLog(
  event: RequestEvent,
  { table, person, kind, thing, from, to }: LogSearch,
  before: string | null,
  limit = shownAtOnce,
): Promise<Page<LogEntry>> {
  const page = await look<{ rows: LogEntry[]; next: number | null }, 'admin_audit'>(event, 'admin_audit', {
    ...(table && { tenant: table }),
    ...(person && (person.includes('-') ? { actor: person } : { actor_kind: person })),
    ...(kind && { kind }),
    ...(thing && { thing }),
    ...(from && { since: from }),
    ...(to && { until: dayAfter(to) }),
    ...(before && /^\d{1,15}$/.test(before) && { before: Number(before) }),
    limit,
  });
  return { rows: page.rows, next: page.next === null ? null : String(page.next) };
}

/** Every row of a list, for a file. */
export async function* allPages<Row>(
  read: (after: string | null, limit: number) => Promise<Page<Row>>,
): AsyncGenerator<Row[]> {
  let after: string | null = null;
  do {
    const page: Page<Row> = await read(after, mostAtOnce);
    yield page.rows;
    after = page.next;
  } while (after !== null);
}

interface Keyset<Row> {
  rows: Row[];
  next: { after: string; after_id: string } | null;
}

const writeKey = (next: Keyset<unknown>['next']) => next && `${next.after}~${next.after_id}`;

/** Nothing for anything but a key of ours. */
function readKey(value: string | null): { after?: string; after_id?: string } {
  const [after = '', id = ''] = value?.split('~') ?? [];
  return isMoment(after) && /^[\w-]{1,64}$/.test(id) ? { after, after_id: id } : {};
}
