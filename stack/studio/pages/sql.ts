import { html, raw } from 'hono/html';
import type { Snippet } from '../snippets.ts';
import type { StatementError, StatementResult } from '../statement.ts';
import { bar, type Markup, page } from './layout.ts';

/** Characters of a value that the page shows; the CSV has all of them. */
const shownCharacters = 2_000;

export interface SqlPage {
  snippets: Snippet[];
  /** Name of the snippet that was chosen. */
  chosen: string | undefined;
  sql: string;
  mayWrite: boolean;
  result?: StatementResult;
  error?: StatementError;
}

/** Ready questions, a statement, and its answer; works without scripts. */
export function sqlPage({ snippets, chosen, sql, mayWrite, result, error }: SqlPage): Markup {
  const about = snippets.find(({ name }) => name === chosen)?.about;
  return page(
    'SQL',
    html`${bar('sql')}
      <div class="desk">
        <aside>
          <h2>Ready questions</h2>
          <ul>
            ${snippets.map(
              ({ name }) =>
                html`<li>
                  <a
                    href="/sql?snippet=${encodeURIComponent(name)}"
                    ${name === chosen ? raw('aria-current="page"') : ''}
                  >
                    ${titleOf(name)}
                  </a>
                </li>`,
            )}
          </ul>
        </aside>
        <main>
          <div>
            <h1>${chosen && about !== undefined ? titleOf(chosen) : 'SQL'}</h1>
            <p class="soft">
              ${about ?? 'One statement, as role postgres: no policy holds it back. It is written into the audit log.'}
            </p>
          </div>
          <form method="post" action="/sql">
            ${chosen ? html`<input type="hidden" name="snippet" value="${chosen}" />` : ''} ${statementField(sql)}
            <div class="acts">
              <label>
                <input type="checkbox" name="may_write" value="yes" ${mayWrite ? raw('checked') : ''} />
                May write
              </label>
              <button name="format" value="csv">Download CSV</button>
              <button class="main" name="format" value="page">Run</button>
            </div>
          </form>
          ${error ? refusal(error, sql) : ''} ${result ? answer(result, mayWrite) : ''}
        </main>
      </div>`,
  );
}

function titleOf(name: string): string {
  const words = name.replaceAll('-', ' ').replace(/\b(mrr|rls)\b/g, (word) => word.toUpperCase());
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A line break right after the tag would be dropped by the browser, so one is given up for it. */
function statementField(sql: string): Markup {
  const rows = Math.min(Math.max(sql.split('\n').length + 1, 8), 30);
  const field = `aria-label="Statement" name="sql" spellcheck="false" autocapitalize="off" autocomplete="off"`;
  return html`<textarea ${raw(field)} rows="${rows}" maxlength="100000" required>${sql}</textarea>`;
}

function refusal(error: StatementError, sql: string): Markup {
  const line = error.position ? sql.slice(0, error.position - 1).split('\n').length : undefined;
  return html`<p class="note" role="alert">
    <b>${error.message}</b><br />
    ${error.hint ? html`${error.hint}<br />` : ''}
    <span class="soft">${error.code}${line ? `, line ${line}` : ''}</span>
  </p>`;
}

function answer(result: StatementResult, mayWrite: boolean): Markup {
  const { columns, rows, cut, command, count, milliseconds } = result;
  const number = count.toLocaleString('en');
  const rowsText = count === 1 ? '1 row' : `${number} rows`;
  const done = columns.length > 0 ? rowsText : `${command || 'Nothing to do'}${count > 0 ? `, ${rowsText}` : ''}`;
  return html`<p role="status">
      ${cut ? html`<span class="warn">The first ${rowsText}; there are more.</span>` : done}
      <span class="soft"> · ${milliseconds} ms · ${mayWrite ? 'committed' : 'read only'}</span>
    </p>
    ${
      columns.length > 0
        ? html`<div class="rows" tabindex="0" role="region" aria-label="Result">
            <table>
              <thead>
                <tr>
                  ${columns.map((name) => html`<th scope="col">${name}</th>`)}
                </tr>
              </thead>
              <tbody>
                ${rows.map(
                  (row) =>
                    html`<tr>
                      ${row.map((value) => html`<td>${shown(value)}</td>`)}
                    </tr>`,
                )}
              </tbody>
            </table>
          </div>`
        : ''
    }`;
}

function shown(value: string | null): Markup | string {
  if (value === null) return html`<i>null</i>`;
  return value.length > shownCharacters ? `${value.slice(0, shownCharacters)}…` : value;
}
