import { html, raw } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';

export type Markup = HtmlEscapedString | Promise<HtmlEscapedString>;

const style = raw(`
  :root { color-scheme: light dark; --back: #f6f8fb; --card: #fff; --text: #1a1f36; --soft: #565d73; --line: #d5dbe5; --accent: #4b45c6;
    --on: #fff; --bad: #b3092f; --badback: #fdeef1; --note: #fff4d6; --notetext: #5c4300; --field: #fff; }
  @media (prefers-color-scheme: dark) { :root { --back: #12141d; --card: #1c1f2b; --text: #f0f2f8; --soft: #a9b0c3; --line: #3a4052;
    --accent: #aaa5ff; --on: #14122e; --bad: #ff9db0; --badback: #3b1a23; --note: #3a2f10; --notetext: #ffe3a1; --field: #14161f; } }
  * { box-sizing: border-box; }
  body { margin: 0; min-height: 100vh; background: var(--back); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
  .banner { background: var(--note); color: var(--notetext); text-align: center; padding: 8px 16px; font-size: .9rem; }
  main { max-width: 60rem; margin: 0 auto; padding: 24px 16px 64px; display: grid; gap: 24px; }
  @media (min-width: 800px) { main.two { grid-template-columns: 5fr 6fr; align-items: start; padding-top: 48px; gap: 40px; } }
  main.narrow { max-width: 32rem; }
  h1 { font-size: 1.3rem; margin: 0 0 4px; line-height: 1.25; } h2 { font-size: 1.05rem; margin: 0 0 12px; }
  p { margin: 0 0 12px; } .soft { color: var(--soft); } .big { font-size: 2.1rem; font-weight: 650; margin: 0 0 16px; }
  .card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 20px; min-width: 0; }
  .row { display: flex; justify-content: space-between; gap: 16px; padding: 8px 0; border-top: 1px solid var(--line); }
  .row:first-of-type { border-top: 0; } .row b, .row span:last-child { white-space: nowrap; }
  form { display: grid; gap: 14px; margin: 0; } form.inline { display: inline; }
  fieldset { border: 0; padding: 0; margin: 0; display: grid; gap: 14px; } legend { font-weight: 600; padding: 0 0 10px; }
  label { display: grid; gap: 4px; font-size: .92rem; font-weight: 550; }
  label.choice { grid-template-columns: auto 1fr auto; gap: 12px; align-items: center; border: 1px solid var(--line); border-radius: 8px; padding: 12px;
    cursor: pointer; } label.choice:has(:checked) { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); }
  input:not([type=radio]), select, textarea { font: inherit; font-weight: 400; color: inherit; background: var(--field); border: 1px solid var(--line); border-radius: 8px;
    padding: 10px 12px; width: 100%; min-height: 44px; }
  ::placeholder { color: var(--soft); opacity: 1; }
  .pair { display: grid; grid-template-columns: 1fr 1fr; gap: 14px; }
  .actions { display: flex; flex-wrap: wrap; gap: 12px; align-items: center; margin-top: 4px; }
  button, a.button { font: inherit; font-weight: 600; border: 1px solid var(--line); border-radius: 8px; padding: 10px 18px; min-height: 44px; cursor: pointer;
    background: var(--card); color: var(--text); text-decoration: none; display: inline-block; text-align: center; }
  button.main { background: var(--accent); border-color: var(--accent); color: var(--on); } .wide { width: 100%; }
  a { color: var(--accent); } .error { background: var(--badback); color: var(--bad); border-radius: 8px; padding: 12px; margin: 0; font-weight: 550; }
  .tag { display: inline-block; border: 1px solid var(--line); border-radius: 99px; padding: 1px 10px; font-size: .82rem; color: var(--soft); }
  details { color: var(--soft); font-size: .9rem; } summary { cursor: pointer; min-height: 32px; }
  table { width: 100%; border-collapse: collapse; font-size: .92rem; } td, th { text-align: left; padding: 8px 8px 8px 0; border-top: 1px solid var(--line);
    vertical-align: top; } th { color: var(--soft); font-weight: 500; border-top: 0; } td.num, th.num { text-align: right; padding-right: 0; white-space: nowrap; }
  code { font: .88rem ui-monospace, monospace; user-select: all; overflow-wrap: anywhere; }
  :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
`);

/** A whole page. Its first line says that no money moves. */
export function document(title: string, body: Markup, layout: 'two' | 'narrow' | 'one' = 'one'): Markup {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title} (simulation)</title>
        <style>
          ${style}
        </style>
      </head>
      <body>
        <div class="banner" role="note">
          <strong>Simulation.</strong> This stands in for Stripe on this machine. No card is charged; do not enter a
          real one.
        </div>
        <main class="${layout}">${body}</main>
      </body>
    </html>`;
}

export function messagePage(title: string, text: string): Markup {
  return document(
    title,
    html`<section class="card">
      <h1>${title}</h1>
      <p class="soft">${text}</p>
    </section>`,
    'narrow',
  );
}
