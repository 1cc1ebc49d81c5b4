import { m } from './paraglide/messages.js';

const texts = {
  provider: m.login_refused_provider,
  link: m.login_refused_link,
  browser: m.login_refused_browser,
  rate: m.login_refused_rate,
  mail: m.login_refused_mail,
  unavailable: m.login_refused_unavailable,
  code: m.code_wrong,
};

/** Why a sign-in did not happen, and what to do. */
export function refusalText(refused: keyof typeof texts): string {
  return texts[refused]();
}
