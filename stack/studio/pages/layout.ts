import { html, raw } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';

export type Markup = HtmlEscapedString | Promise<HtmlEscapedString>;

/** The colours of the app, in its two themes. */
const style = raw(`
  :root { color-scheme: light dark; --sunken: oklch(0.944 0.012 84); --back: oklch(0.967 0.01 85); --card: oklch(0.986 0.006 88);
    --text: oklch(0.235 0.014 60); --soft: oklch(0.445 0.018 65); --line: oklch(0.888 0.014 82); --edge: oklch(0.635 0.02 76);
    --brass: oklch(0.485 0.084 74); --wash: oklch(0.938 0.03 89); --primary: oklch(0.775 0.104 83); --on: oklch(0.215 0.024 70);
    --bad: oklch(0.485 0.165 27); --bad-wash: oklch(0.943 0.026 30); --bad-line: oklch(0.8 0.075 28); --warn: oklch(0.485 0.112 55); }
  @media (prefers-color-scheme: dark) { :root { --sunken: oklch(0.147 0.005 72); --back: oklch(0.168 0.005 75); --card: oklch(0.201 0.006 76);
    --text: oklch(0.928 0.018 86); --soft: oklch(0.725 0.016 82); --line: oklch(0.285 0.008 78); --edge: oklch(0.525 0.012 80);
    --brass: oklch(0.785 0.092 83); --wash: oklch(0.258 0.026 80); --primary: oklch(0.785 0.092 83); --on: oklch(0.195 0.022 72);
    --bad: oklch(0.712 0.148 27); --bad-wash: oklch(0.248 0.042 25); --bad-line: oklch(0.43 0.1 26); --warn: oklch(0.79 0.122 62); } }
  * { box-sizing: border-box; }
  body { margin: 0; min-height: 100vh; background: var(--back); color: var(--text); font: 15px/1.5 ui-sans-serif, system-ui, 'Segoe UI', sans-serif; }
  h1 { margin: 0; font-size: 1.3rem; line-height: 1.3; } h2 { margin: 0 0 8px; font-size: .8rem; color: var(--soft); letter-spacing: .06em; text-transform: uppercase; }
  p { margin: 0; } a { color: var(--brass); } .soft { color: var(--soft); }
  .mark { display: block; fill: var(--brass); }
  label.field { display: block; font-weight: 600; margin: 0 0 6px; }
  input[type=password], textarea { width: 100%; font: inherit; color: inherit; background: var(--sunken); border: 1px solid var(--edge); border-radius: 8px; }
  input[type=password] { padding: 9px 12px; min-height: 44px; }
  textarea, code, pre, td, th { font-family: ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, monospace; font-size: .83rem; }
  textarea { padding: 12px 14px; min-height: 15rem; line-height: 1.55; resize: vertical; tab-size: 2; display: block; }
  button { font: inherit; font-weight: 600; min-height: 40px; padding: 8px 18px; border-radius: 8px; border: 1px solid var(--edge); background: none; color: inherit; cursor: pointer; }
  button.main { background: var(--primary); border-color: var(--primary); color: var(--on); }
  button.link { border: 0; padding: 0 4px; min-height: 0; font-weight: 400; color: var(--soft); text-decoration: underline; }
  :focus-visible { outline: 2px solid var(--brass); outline-offset: 2px; }
  .note { border: 1px solid var(--bad-line); background: var(--bad-wash); border-radius: 8px; padding: 10px 14px; overflow-wrap: anywhere; }
  .note b { color: var(--bad); }
  main.door { max-width: 25rem; margin: 0 auto; padding: 18vh 20px 40px; display: grid; gap: 20px; }
  main.door form { display: grid; gap: 14px; background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 22px; }
  main.door button { width: 100%; min-height: 44px; }
  header.bar { display: flex; align-items: center; gap: 20px; padding: 10px 20px; border-bottom: 1px solid var(--line); background: var(--card); }
  header.bar strong { display: flex; gap: 10px; align-items: center; } header.bar nav { display: flex; gap: 18px; flex: 1; }
  header.bar nav a { color: var(--soft); text-decoration: none; padding: 4px 0; } header.bar nav a[aria-current] { color: var(--text); border-bottom: 2px solid var(--brass); }
  .desk { display: grid; grid-template-columns: 15rem minmax(0, 1fr); align-items: start; }
  .desk aside { padding: 20px; } .desk ul { list-style: none; margin: 0; padding: 0; }
  .desk li a { display: block; padding: 7px 10px; margin: 0 -10px; border-radius: 6px; color: inherit; text-decoration: none; }
  .desk li a:hover { background: var(--card); } .desk li a[aria-current] { background: var(--wash); color: var(--brass); font-weight: 600; }
  .desk main { padding: 20px 24px 48px; border-left: 1px solid var(--line); min-height: calc(100vh - 61px); display: grid; gap: 16px; align-content: start; }
  .acts { display: flex; flex-wrap: wrap; gap: 12px; align-items: center; margin-top: 12px; }
  .acts label { display: flex; gap: 8px; align-items: center; margin-right: auto; } .acts input { width: 17px; height: 17px; accent-color: var(--brass); }
  .rows { overflow: auto; max-height: 70vh; border: 1px solid var(--line); border-radius: 8px; background: var(--card); }
  table { border-collapse: collapse; min-width: 100%; } th, td { text-align: left; vertical-align: top; padding: 6px 12px; border-bottom: 1px solid var(--line); white-space: pre-wrap; max-width: 32rem; overflow-wrap: anywhere; }
  td { min-width: 4rem; } th { position: sticky; top: 0; background: var(--card); color: var(--soft); font-weight: 600; white-space: nowrap; }
  tr:last-child td { border-bottom: 0; } td i { color: var(--soft); opacity: .75; }
  .warn { color: var(--warn); }
  @media (max-width: 48rem) { .desk { grid-template-columns: minmax(0, 1fr); } .desk main { border-left: 0; border-top: 1px solid var(--line); padding: 20px 16px 40px; }
    header.bar { flex-wrap: wrap; gap: 8px 16px; padding: 10px 16px; } .desk aside { padding: 12px 16px; }
    .acts label { flex-basis: 100%; } .desk ul { display: flex; flex-wrap: wrap; gap: 2px 20px; } }
`);

const mark = (size: number): Markup => html`
  <svg class="mark" viewBox="0 0 32 32" width="${size}" height="${size}" aria-hidden="true">
    <path
      d="M26.4 6.4C23.9 3.7 20.3 2 16.2 2 8.3 2 2 8.3 2 16s6.3 14 14.2 14C24 30 30 24 30 15.6L23.6 20.2C22.9 24.1 20.5 26.6 17.2 26.3 12.7 25.9 9.8 20.9 10.1 14.8 10.3 9.5 13 5.5 16.9 5.7c2.6.1 4.6 1.8 5.9 4.5Z"
    />
    <path d="M18.9 10.7 23.3 15.6 18.9 20.5 14.5 15.6Z" />
  </svg>
`;

export function page(title: string, body: Markup): Markup {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <link rel="icon" href="data:," />
        <title>${title} · Glyphoxa Studio</title>
        <style>
          ${style}
        </style>
      </head>
      <body>
        ${body}
      </body>
    </html>`;
}

export function bigMark(): Markup {
  return mark(40);
}

/** Where one can go behind the door. */
export function bar(current: 'tables' | 'sql'): Markup {
  const link = (name: 'tables' | 'sql', href: string, text: string) =>
    html`<a href="${href}" ${name === current ? raw('aria-current="page"') : ''}>${text}</a>`;
  return html`<header class="bar">
    <strong>${mark(20)} Studio</strong>
    <nav aria-label="Studio">${link('tables', '/', 'Tables')} ${link('sql', '/sql', 'SQL')}</nav>
    <form method="post" action="/logout"><button class="link">Sign out</button></form>
  </header>`;
}
