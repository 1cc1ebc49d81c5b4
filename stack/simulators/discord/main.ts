// A Discord for the demo and the tests: its OAuth 2, and the part of its REST API that this product uses.
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { ZodError } from 'zod';
import { controlRoutes } from './control.ts';
import { oauthRoutes } from './oauth.ts';
import { homePage } from './pages.ts';
import { restRoutes } from './rest-api.ts';
import { World } from './state.ts';

const world = new World();
const { consent, token } = oauthRoutes(world, {
  clientId: required('DISCORD_CLIENT_ID'),
  clientSecret: required('DISCORD_CLIENT_SECRET'),
});
const rest = restRoutes(world);

const app = new Hono();
app.get('/healthz', (context) => context.json({ status: 'ok' }));
app.get('/', (context) => context.html(homePage([...world.bots.values()], [...world.guilds.values()])));
app.route('/', consent);
for (const prefix of ['/api/v10', '/api']) {
  app.route(prefix, consent);
  app.route(prefix, token);
  // Without this, the version would be taken for a path below /api.
  app.route(prefix, rest);
}
app.route('/control', controlRoutes(world));
app.onError((error, context) => {
  if (error instanceof ZodError)
    return context.json({ message: 'Invalid Form Body', code: 50_035, errors: error.issues }, 400);
  process.stderr.write(`${error.stack}\n`);
  return context.json({ message: 'Internal Server Error', code: 0 }, 500);
});

const server = serve(
  { fetch: app.fetch, hostname: process.env['HOST'] ?? '127.0.0.1', port: Number(required('PORT')) },
  (info) => {
    process.stdout.write(`Discord simulator on http://${info.address}:${info.port}\n`);
  },
);
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => server.close(() => process.exit(0)));

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`The Discord simulator needs ${name}`);
  return value;
}
