import { html } from 'hono/html';
import { type CardDetails, isCardNumber } from '../objects/cards.ts';
import type { Markup } from './layout.ts';

const testCards: [string, string][] = [
  ['4242 4242 4242 4242', 'is paid'],
  ['4000 0000 0000 0002', 'is declined at once'],
  ['4000 0000 0000 9995', 'has insufficient funds'],
  ['4000 0000 0000 0341', 'can be kept; every charge fails'],
  ['4000 0025 0000 3155', 'asks its owner the first time'],
  ['4000 0027 6000 3184', 'asks its owner each time'],
];

/** Number, date and code of a card, and which numbers do what. */
export function cardFields(): Markup {
  return html`<label>
      Card number
      <input name="number" inputmode="numeric" autocomplete="off" placeholder="4242 4242 4242 4242" required />
    </label>
    <div class="pair">
      <label
        >Expiry (MM/YY)<input name="expiry" inputmode="numeric" autocomplete="off" placeholder="12/34" required
      /></label>
      <label>Security code<input name="cvc" inputmode="numeric" autocomplete="off" placeholder="123" required /></label>
    </div>
    <details>
      <summary>Test cards</summary>
      <table>
        <tbody>
          ${testCards.map(
            ([number, effect]) =>
              html`<tr>
                <td><code>${number}</code></td>
                <td>${effect}</td>
              </tr>`,
          )}
        </tbody>
      </table>
      Any date in the future and any code will do.
    </details>`;
}

/** The card of a form, or the sentence that says what is wrong with it. `now` is in seconds. */
export function readCard(form: URLSearchParams, now: number): CardDetails | string {
  const number = (form.get('number') ?? '').replaceAll(/[\s-]/g, '');
  if (!isCardNumber(number)) return 'Your card number is invalid.';
  const [, month = '', year = ''] = /^\s*(\d{1,2})\s*\/?\s*(?:20)?(\d{2})\s*$/.exec(form.get('expiry') ?? '') ?? [];
  const expMonth = Number(month);
  const expYear = 2_000 + Number(year);
  if (month === '' || expMonth < 1 || expMonth > 12) return "Your card's expiration date is incomplete.";
  if (Date.UTC(expYear, expMonth) / 1_000 <= now) return "Your card's expiration date is in the past.";
  if (!/^\d{3,4}$/.test(form.get('cvc') ?? '')) return "Your card's security code is incomplete.";
  return {
    number,
    expMonth,
    expYear,
    name: form.get('name'),
    email: form.get('email'),
    country: form.get('country'),
    postalCode: form.get('postal_code'),
  };
}
