import type { Account } from '#lib/server/account.ts';
import type { Api } from '#lib/server/api.ts';
import { contains } from '../find.ts';
import type { Line } from '../line.ts';
import { readStory } from './console.ts';
import { mostLines, readLineRows, readLines } from './lines.ts';
import { readSession, withNames } from './sessions.ts';
import { readTable } from './table.ts';

/** A search reads the whole session, but no more than this: a session of eight hours has about half of it. */
const mostSearched = 20_000;

export interface Hit {
  id: number;
  /** The page of the transcript that holds it: lines after this id. */
  after: number;
}

/** A session to read again: its facts and a page of its transcript, or of the lines in which `q` was found. */
export async function loadDetail(api: Api, account: Account, id: string, search: URLSearchParams) {
  const session = await readSession(api, id);
  const q = (search.get('q') ?? '').trim().slice(0, 120);
  const line = readId(search.get('line'));
  const from = readId(search.get('after')) ?? (line === null ? 0 : await pageWith(api, id, line));
  const [lines, [item], table, { language, writable }, hits] = await Promise.all([
    readLines(api, id, { after: from }, mostLines),
    withNames(api, [session]),
    readTable(api, account, session.campaign_id),
    readStory(api, session.campaign_id),
    q.length >= 2 ? findLines(api, id, q) : null,
  ]);
  return {
    session,
    title: item?.title ?? null,
    campaign: session.campaign_name,
    server: item?.server ?? null,
    summary: { lines: item?.lines ?? null, speakers: item?.speakers ?? [] },
    language,
    /** People of Discord can be given their characters here. */
    binds: writable,
    table,
    lines,
    page: { after: from, next: lines.length === mostLines ? (lines.at(-1)?.id ?? null) : null },
    q,
    hits,
    line,
    now: Date.now(),
  };
}

function readId(value: string | null): number | null {
  const id = Number(value ?? 0);
  return Number.isSafeInteger(id) && id > 0 ? id : null;
}

/** So many lines stand before one that an address points at. */
const linesBefore = 20;

/** Where a page begins that shows this line: the first page where that has it, else a little before the line. */
async function pageWith(api: Api, id: string, line: number): Promise<number> {
  const rows = await readLineRows(api, id, { before: line }, mostLines);
  return rows.length < mostLines ? 0 : (rows.at(-linesBefore)?.id ?? 0);
}

/** Every line that holds the words, with the page it stands on. */
async function findLines(api: Api, id: string, q: string): Promise<{ hits: Hit[]; whole: boolean }> {
  const hits: Hit[] = [];
  let after = 0;
  for (let read = 0; read < mostSearched; read += mostLines) {
    const lines: Line[] = await readLines(api, id, { after }, mostLines);
    for (const line of lines) if (contains(line.text, q)) hits.push({ id: line.id, after });
    const last = lines.at(-1);
    if (!last || lines.length < mostLines) return { hits, whole: true };
    after = last.id;
  }
  return { hits, whole: false };
}
