import { overwriteGetLocale } from '#lib/paraglide/runtime.js';

// The server chose the language. Asking the browser again could choose another one and tear the page apart.
overwriteGetLocale(() => (document.documentElement.lang === 'de' ? 'de' : 'en'));
