import adapter from '@sveltejs/adapter-node';

/**
 * SvelteKit's options. Kit 3 takes them from vite.config.ts; editors and ESLint still look for this file, so they lie here and
 * vite.config.ts, whose root is app/, passes them on.
 *
 * @type {import('@sveltejs/kit').Config}
 */
export default {
  adapter: adapter({ out: 'build' }),
  compilerOptions: { runes: true },
  files: { src: '.', assets: 'assets' },
  csp: {
    mode: 'auto',
    directives: {
      'default-src': ['self'],
      'script-src': ['self'],
      'style-src': ['self'],
      // Attributes only: widths of meters, colours of speakers, Kit's own announcer.
      'style-src-attr': ['unsafe-inline'],
      // Pictures of people, servers and bots come from Discord's host.
      'img-src': ['self', 'data:', 'https:'],
      'font-src': ['self'],
      // hooks.server.ts adds the API's origin, which is known only when the app runs.
      'connect-src': ['self'],
      'object-src': ['none'],
      'base-uri': ['self'],
      'form-action': ['self'],
      'frame-ancestors': ['none'],
    },
  },
};
