import { html, raw } from 'hono/html';
import type { Markup } from './layout.ts';

/** The library's editor fills the page, without SQL and a way out: they lie over the empty part of its head. */
const style = raw(`
  .door { position: fixed; z-index: 60; left: 300px; top: 6px; display: flex; gap: 4px; padding: 4px; border-radius: 999px; background: #1c1a17;
    border: 1px solid #4a453c; font: 600 12px/1 ui-sans-serif, system-ui, sans-serif; }
  .door a, .door button { all: unset; cursor: pointer; color: #e9e0cf; padding: 6px 12px; border-radius: 999px; }
  .door a { background: #d6b473; color: #241c10; } .door :focus-visible { outline: 2px solid #d6b473; outline-offset: 2px; }
`);

/** The page that the library's Studio starts in. */
export function studioPage({ script, styles }: { script: string; styles: string[] }): Markup {
  return html`<!doctype html>
    <html lang="en" data-theme="dark" style="color-scheme: dark" class="dark">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <link rel="icon" href="data:," />
        <title>Tables · Glyphoxa Studio</title>
        <script type="module" src="/static/${script}"></script>
        ${styles.map((href) => html`<link rel="stylesheet" href="/static/${href}" />`)}
        <style>
          ${style}
        </style>
      </head>
      <body>
        <div id="root"></div>
        <form class="door" method="post" action="/logout"><a href="/sql">SQL</a><button>Sign out</button></form>
      </body>
    </html>`;
}
