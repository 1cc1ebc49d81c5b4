import { html } from 'hono/html';
import { bigMark, type Markup, page } from './layout.ts';

/** The only page without the password. */
export function loginPage(next: string, refusal?: string): Markup {
  return page(
    'Sign in',
    html`<main class="door">
      <div>
        ${bigMark()}
        <h1 style="margin-top:14px">Studio</h1>
        <p class="soft">
          Every table of this installation, and everybody’s data. What you do here is written into the audit log.
        </p>
      </div>
      <form method="post" action="/login">
        <input type="hidden" name="next" value="${next}" />
        ${refusal ? html`<p class="note" role="alert">${refusal}</p>` : ''}
        <div>
          <label class="field" for="password">Operator’s password</label>
          <input id="password" type="password" name="password" autocomplete="current-password" required autofocus />
        </div>
        <button class="main">Open Studio</button>
      </form>
      <p class="soft">
        <code>npm run -s stack:env</code> prints it as <code>STUDIO_PASSWORD</code>, on the machine where the stack
        runs.
      </p>
    </main>`,
  );
}
