import { fileURLToPath } from 'node:url';
import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vite';
import { messageOptions } from './app/messages.config.ts';
import svelteConfig from './svelte.config.js';

export default defineConfig({
  root: fileURLToPath(new URL('app', import.meta.url)),
  plugins: [paraglideVitePlugin(messageOptions), tailwindcss(), sveltekit(svelteConfig)],
  server: { host: '127.0.0.1', strictPort: true },
});
