/**
 * The app's process: `vite build` first, then `node app/server.mjs`. Binds HOST (127.0.0.1) and PORT (24320).
 * GET /healthz answers 200; SIGTERM and SIGINT let running requests end, for at most four seconds.
 */
import http from 'node:http';

// adapter-node assumes https, and then refuses every form posted over plain http as cross-site.
process.env.PROTOCOL_HEADER ??= 'x-forwarded-proto';
// A campaign's file comes by a form, as large as the API takes it (stack/api/limits.ts); adapter-node knows one size for all forms,
// so that lib/server/hooks/body-size.ts holds every other one to its own.
process.env.BODY_SIZE_LIMIT ??= '16M';
const protocol = process.env.APP_URL?.startsWith('https:') ? 'https' : 'http';

const { handler } = await import('../build/handler.js');

const server = http.createServer((request, response) => {
  request.headers['x-forwarded-proto'] ??= protocol;
  handler(request, response, () => {
    response.statusCode = 404;
    response.end();
  });
});

const host = process.env.HOST ?? '127.0.0.1';
const port = Number(process.env.PORT ?? 24320);

server.on('error', (error) => {
  const taken = 'code' in error && error.code === 'EADDRINUSE';
  console.error(taken ? `Port ${port} is taken. Set PORT, or stop what listens there.` : String(error));
  process.exit(1);
});
server.listen(port, host, () =>
  console.log(JSON.stringify({ level: 'info', message: `app on http://${host}:${port}` })),
);

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, () => {
    server.close(() => process.exit(0));
    server.closeIdleConnections();
    setTimeout(() => {
      server.closeAllConnections();
      process.exit(0);
    }, 4000).unref();
  });
}
