import { html, raw } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import type { Message } from './mailbox.ts';

type Markup = HtmlEscapedString | Promise<HtmlEscapedString>;

const style = raw(`
  :root { color-scheme: light dark; --back: #f6f4ef; --card: #fff; --text: #211d18; --soft: #665e53; --line: #e2dcd0; --accent: #7a3b12; --on: #fff; }
  @media (prefers-color-scheme: dark) { :root { --back: #17140f; --card: #221e18; --text: #f3ede2; --soft: #b3a896; --line: #3a342a;
    --accent: #e0a36b; --on: #1d1409; } }
  * { box-sizing: border-box; }
  body { margin: 0; background: var(--back); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
  main { max-width: 44rem; margin: 0 auto; padding: 32px 16px 64px; }
  h1 { font-size: 1.4rem; margin: 0 0 4px; } header p { margin: 0 0 24px; color: var(--soft); }
  article { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 18px 20px; margin: 0 0 16px; }
  h2 { font-size: 1.05rem; margin: 0; } .meta { color: var(--soft); font-size: .88rem; margin: 2px 0 14px; overflow-wrap: anywhere; }
  .act { display: flex; flex-wrap: wrap; gap: 12px; align-items: center; margin: 0 0 8px; }
  a.button { background: var(--accent); color: var(--on); text-decoration: none; font-weight: 600; padding: 10px 18px; border-radius: 8px; }
  .code { font: 600 1.5rem/1 ui-monospace, monospace; letter-spacing: .18em; padding: 10px 14px; border: 1px dashed var(--line); border-radius: 8px;
    user-select: all; }
  details { color: var(--soft); } pre { white-space: pre-wrap; overflow-wrap: anywhere; font: .9rem/1.5 ui-monospace, monospace; margin: 8px 0 0; }
  :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
`);

/** Everything that was sent, newest first, with the link and code of each mail in reach. */
export function mailboxPage(messages: Message[], to: string | undefined): Markup {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="refresh" content="5" />
        <title>Mailbox (${messages.length})</title>
        <style>
          ${style}
        </style>
      </head>
      <body>
        <main>
          <header>
            <h1>Mailbox of the demo</h1>
            <p>
              ${to ? html`Mail to ${to}. <a href="/">Show all</a>` : 'All mail of this stack ends here; none of it is delivered.'}
            </p>
          </header>
          ${messages.length === 0 ? html`<p>No mail yet. Ask for a sign-in link, and it appears here.</p>` : ''}
          ${messages.map(card)}
        </main>
      </body>
    </html>`;
}

function card(message: Message): Markup {
  const time = new Date(message.received_at).toLocaleTimeString('en-GB');
  return html`<article>
    <h2>${message.subject}</h2>
    <p class="meta">to ${message.to.join(', ')} · <time datetime="${message.received_at}">${time}</time></p>
    <div class="act">
      ${message.link ? html`<a class="button" href="${message.link}">Open the link</a>` : ''}
      ${message.code ? html`<span class="code" title="Code">${message.code}</span>` : ''}
    </div>
    <details>
      <summary>Text of the mail</summary>
      <pre>${message.text}</pre>
    </details>
  </article>`;
}
