import { fileURLToPath } from 'node:url';
import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vite';
import { messageOptions } from './app/messages.config.ts';
import svelteConfig from './svelte.config.js';

/**
 * What every page behind the sign-in loads, and hardly any other does: as one file it is a third smaller than as forty, of which
 * most are a word or an icon.
 */
const shell = [
  /\/messages\/(nav|banner|role)_/,
  /\/messages\/(billing_(finish_payment|keep|see_plans|title|update_payment)|notices_title|on_air|person_menu|skip_to_content)\.js/,
  /\/messages\/(start_session|starting|toasts)\.js/,
  /\/components\/(brand\/mark|later|shell\/(campaign-face|moving-bar|person-menu|role-name))\.(svelte|ts)/,
  /\/components\/ui\/(avatar|initial|live-dot|toast)\/[^/]+\.(svelte|ts)/,
  /\/lib\/(notices\/notices|post-form|realtime\/refresh)\.ts/,
  /\/icons\/(arrow-left|bell|book-open|chart-column|chevrons-up-down|credit-card|drama|ellipsis|house|library-big|play)\.svelte/,
  /\/icons\/(rotate-ccw-clock|scroll-text|search|settings|users)\.svelte/,
  /\/svelte\/src\/reactivity\/(map|set)\.js/,
];

export default defineConfig({
  root: fileURLToPath(new URL('app', import.meta.url)),
  plugins: [paraglideVitePlugin(messageOptions), tailwindcss(), sveltekit(svelteConfig)],
  environments: {
    client: {
      build: {
        rolldownOptions: {
          preserveEntrySignatures: 'allow-extension',
          output: {
            codeSplitting: {
              groups: [{ name: 'shell', test: (id) => shell.some((part) => part.test(id)) }],
              includeDependenciesRecursively: false,
            },
          },
        },
      },
    },
  },
  server: { host: '127.0.0.1', strictPort: true },
});
