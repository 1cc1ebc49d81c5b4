import { overwriteGetLocale } from '#lib/paraglide/runtime.js';
import { quietRefresh } from '#lib/quiet-refresh.ts';

// The server chose the language. Asking the browser again could choose another one and tear the page apart.
overwriteGetLocale(() => (document.documentElement.lang === 'de' ? 'de' : 'en'));

window.fetch = quietRefresh({
  fetch: window.fetch.bind(window),
  address: () => location.href,
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
});
