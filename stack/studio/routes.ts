import { type Context, Hono } from 'hono';
import { studioAsset, studioEntry } from './assets.ts';
import type { StudioAudit } from './audit.ts';
import { toCsv } from './csv.ts';
import { sqlPage } from './pages/sql.ts';
import { studioPage } from './pages/studio.ts';
import { readSnippets } from './snippets.ts';
import { runStatement, StatementError, type StatementResult } from './statement.ts';
import type { StudioTables } from './tables.ts';

const pageLimits = { maxRows: 1_000, maxBytes: 8 * 1024 * 1024 };
const fileLimits = { maxRows: 50_000, maxBytes: 32 * 1024 * 1024 };

/** What the table editor may ask: rows of one table or view. Functions are called by SQL, where one sees what is called. */
const tableMethods = new Set(['GET', 'HEAD', 'POST', 'PATCH', 'DELETE']);

export interface StudioParts {
  databaseUrl: string;
  audit: StudioAudit;
  tables: StudioTables;
}

/** What lies behind the door. */
export function createStudio({ databaseUrl, audit, tables }: StudioParts): Hono {
  const studio = new Hono();
  studio.onError((error) => {
    throw error;
  });
  studio.notFound((context) => context.json({ message: 'There is nothing here.' }, 404));
  const editor = async (context: Context) => context.html(studioPage(await studioEntry()));
  // Opens the list of our own tables; without a name the editor would begin with those of the gateway.
  studio.get('/', (context) => context.redirect('/editor/mgmt.', 303));
  studio.get('/editor/*', editor);
  studio.get('/editor', editor);
  studio.get('/static/*', async (context) => {
    const file = await studioAsset(context.req.path.slice('/static/'.length));
    return file ?? context.notFound();
  });

  // `admin` tells the page to send no key: it has none, and needs none behind the door.
  studio.get('/_system/info', (context) => context.json({ admin: true, connection: {}, config: {} }));
  studio.get('/_system/introspect', async (context) => context.json((await tables.introspect()) as object));
  studio.all('/rest/v1/:table', async (context) => {
    const { method, path, raw } = context.req;
    if (!tableMethods.has(method)) return context.notFound();
    const schema = context.req.header(reads(method) ? 'accept-profile' : 'content-profile') ?? 'public';
    const { search } = new URL(context.req.url);
    const what = `${method} ${schema}.${path.slice('/rest/v1/'.length)}${decoded(search)}`;
    await audit.record('request', what, !reads(method));
    return tables.fetch(raw, schema);
  });

  studio.get('/sql', async (context) => {
    const snippets = await readSnippets();
    const chosen = context.req.query('snippet');
    const sql = snippets.find(({ name }) => name === chosen)?.sql ?? '';
    return context.html(sqlPage({ snippets, chosen, sql, mayWrite: false }));
  });
  studio.post('/sql', async (context) => {
    const form = await context.req.parseBody();
    const text = (name: string) => (typeof form[name] === 'string' ? form[name] : '');
    const asFile = text('format') === 'csv';
    // Forms send line breaks as CRLF, which positions of errors would count twice.
    const sql = text('sql').replaceAll('\r\n', '\n');
    const mayWrite = text('may_write') === 'yes';
    const snippets = await readSnippets();
    // A ready question that was edited is one's own.
    const chosen = snippets.find((snippet) => snippet.name === text('snippet') && snippet.sql === sql.trim())?.name;
    const shown = { snippets, chosen, sql, mayWrite };
    await audit.record('sql', sql, mayWrite);
    try {
      const limits = asFile ? fileLimits : pageLimits;
      const result = await runStatement(databaseUrl, { sql, mayWrite, ...limits });
      if (asFile && result.columns.length > 0) return csvFile(result, shown.chosen);
      return context.html(sqlPage({ ...shown, result }));
    } catch (error) {
      if (!(error instanceof StatementError)) throw error;
      return context.html(sqlPage({ ...shown, error }), 422);
    }
  });
  return studio;
}

const reads = (method: string) => method === 'GET' || method === 'HEAD';

/** For people to read; a query that is no proper encoding is kept as it came. */
function decoded(query: string): string {
  try {
    return decodeURIComponent(query);
  } catch {
    return query;
  }
}

/** The name says when the file does not hold everything. */
function csvFile({ columns, rows, cut }: StatementResult, snippet = 'result'): Response {
  const name = `${snippet.replaceAll(/[^\w-]/g, '')}${cut ? `-first-${rows.length}-rows` : ''}.csv`;
  return new Response(toCsv(columns, rows), {
    headers: { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': `attachment; filename="${name}"` },
  });
}
