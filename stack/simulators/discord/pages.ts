import { html, raw } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import type { Bot, Guild, Person } from './types.ts';

type Markup = HtmlEscapedString | Promise<HtmlEscapedString>;

const style = raw(`
  :root { color-scheme: light dark; --back: #f2f3f5; --card: #fff; --text: #1e1f22; --soft: #5c5e66; --line: #e3e5e8; --blurple: #4752c4;
    --on-blurple: #fff; --hover: #f5f6fa; }
  @media (prefers-color-scheme: dark) { :root { --back: #1e1f22; --card: #313338; --text: #f2f3f5; --soft: #b5bac1; --line: #3f4147;
    --blurple: #5865f2; --hover: #383a40; } }
  * { box-sizing: border-box; }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 24px 16px; background: var(--back); color: var(--text);
    font: 16px/1.45 system-ui, sans-serif; }
  main { width: 100%; max-width: 30rem; background: var(--card); border-radius: 12px; padding: 28px 24px; box-shadow: 0 8px 32px rgb(0 0 0 / .16); }
  main.wide { max-width: 46rem; }
  h1 { margin: 0 0 4px; font-size: 1.3rem; } h2 { font-size: 1rem; margin: 28px 0 8px; }
  p { margin: 0 0 16px; color: var(--soft); } ul { padding-left: 1.2rem; color: var(--soft); margin: 0 0 16px; }
  fieldset { border: 0; margin: 0 0 20px; padding: 0; display: grid; gap: 8px; max-height: 22rem; overflow: auto; }
  legend { font-weight: 600; padding: 0 0 8px; }
  label { display: flex; gap: 12px; align-items: center; padding: 10px 12px; border: 1px solid var(--line); border-radius: 8px; cursor: pointer; }
  label:hover { background: var(--hover); } label:has(:checked) { border-color: var(--blurple); box-shadow: inset 0 0 0 1px var(--blurple); }
  .face { flex: none; width: 36px; height: 36px; border-radius: 50%; display: grid; place-items: center; background: var(--blurple);
    color: var(--on-blurple); font-weight: 600; }
  label small, td small { display: block; color: var(--soft); }
  .actions { display: flex; gap: 12px; justify-content: flex-end; }
  button { font: inherit; font-weight: 600; border: 0; border-radius: 8px; padding: 11px 20px; min-height: 44px; cursor: pointer; }
  button.main { background: var(--blurple); color: var(--on-blurple); } button.plain { background: none; color: var(--text); }
  :focus-visible { outline: 3px solid var(--blurple); outline-offset: 2px; }
  footer { margin-top: 20px; padding-top: 12px; border-top: 1px solid var(--line); font-size: .85rem; color: var(--soft); }
  table { width: 100%; border-collapse: collapse; } td, th { text-align: left; padding: 8px 8px 8px 0; border-top: 1px solid var(--line); vertical-align: top; }
  code { font: .82rem ui-monospace, monospace; overflow-wrap: anywhere; user-select: all; }
`);

const scopeTexts: Record<string, string> = {
  identify: 'Read your username and avatar',
  email: 'Read your email address',
  guilds: 'Know what servers you are in',
};

/** Who signs in, or which server a bot joins: one form that comes back to this address without JavaScript. */
export function consentPage(
  people: Person[],
  query: Record<string, string>,
  scopes: string[],
  joining?: { bot: Bot; guilds: Guild[] },
): Markup {
  const hidden = Object.entries(query).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
  );
  const choices = joining
    ? joining.guilds.map((guild) => choice('guild_id', guild.id, guild.name, 'Server'))
    : people.map((person) =>
        choice('as', person.id, person.global_name ?? person.username, person.note ?? person.username),
      );
  const title = joining ? `Add ${joining.bot.username} to a server` : 'Glyphoxa wants to access your account';
  return page(
    title,
    html`<form method="get">
      ${hidden}
      <fieldset>
        <legend>${joining ? 'Server' : 'Sign in as'}</legend>
        ${choices}
      </fieldset>
      ${scopes.length > 0 ? html`<p>This lets Glyphoxa:</p>` : ''}
      ${
        scopes.length > 0
          ? html`<ul>
              ${scopes.map((scope) => html`<li>${scopeTexts[scope] ?? scope}</li>`)}
            </ul>`
          : ''
      }
      <div class="actions">
        ${joining ? '' : html`<button class="plain" name="deny" value="1" formnovalidate>Cancel</button>`}
        <button class="main" ${joining ? html`name="confirm" value="1"` : ''}>${joining ? 'Add' : 'Allow'}</button>
      </div>
    </form>`,
  );
}

export function errorPage(message: string, title = 'Something is not right'): Markup {
  return page(title, html`<p>${message}</p>`);
}

/** What the Developer Portal would show: the bots with their tokens, to be pasted into the app. */
export function homePage(bots: Bot[], guilds: Guild[]): Markup {
  const names = new Map(guilds.map((guild) => [guild.id, guild.name]));
  const botRows = bots.map(
    (bot) =>
      html`<tr>
        <td>${bot.username}<small>${bot.guildIds.map((id) => names.get(id)).join(', ')}</small></td>
        <td><code>${bot.token}</code></td>
      </tr>`,
  );
  const guildRows = guilds.map(
    (guild) =>
      html`<tr>
        <td>${guild.name}</td>
        <td><code>${guild.id}</code></td>
      </tr>`,
  );
  return page(
    'Discord of the demo',
    html`<p>Stands in for Discord, so that everything can be tried without an account.</p>
      <h2>Bots and their tokens</h2>
      <table>
        <tbody>
          ${botRows}
        </tbody>
      </table>
      <h2>Servers</h2>
      <table>
        <tbody>
          ${guildRows}
        </tbody>
      </table>`,
    true,
  );
}

function choice(name: string, value: string, title: string, note: string): Markup {
  return html`<label>
    <input type="radio" name="${name}" value="${value}" required />
    <span class="face" aria-hidden="true">${title.slice(0, 1)}</span>
    <span>${title}<small>${note}</small></span>
  </label>`;
}

function page(title: string, body: Markup, wide = false): Markup {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style>
          ${style}
        </style>
      </head>
      <body>
        <main ${wide ? html`class="wide"` : ''}>
          <h1>${title}</h1>
          ${body}
          <footer>A simulator on this machine. No real Discord account is involved.</footer>
        </main>
      </body>
    </html>`;
}
