import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { RateLimiter } from '../api/gateway/rate-limiter.ts';
import { log } from '../api/log.ts';
import { isOwnHost, isOwnSource, provenanceOf } from './origin.ts';
import { loginPage } from './pages/login.ts';
import { sessionCookie, sessionSeconds, Sessions } from './sessions.ts';

/** `connect-src` keeps what Studio shows on this machine; its components bring inline styles. */
const contentPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const mostBody = 1024 * 1024;

export interface DoorOptions {
  port: number;
  password: string;
  rateLimitScale: number;
  now?: () => number;
  /** Answers whoever gave the password; asked for at the first such request. */
  inside: () => Promise<(request: Request) => Response | Promise<Response>>;
}

/** Everything that stands before Studio. What lies inside is reached with a session only. */
export function createDoor({ port, password, rateLimitScale, now, inside }: DoorOptions): Hono {
  const sessions = new Sessions(password, now);
  const limiter = new RateLimiter(rateLimitScale, now);
  const door = new Hono();

  door.onError((error, context) => {
    log('error', 'request failed', { path: context.req.path, error: error.message });
    return context.json({ message: 'This did not work; the log of Studio says why.' }, 500);
  });
  door.use(hardenAnswers);
  door.use(async (context, next) => {
    const provenance = provenanceOf(context.req.raw);
    if (!isOwnHost(provenance.host, port))
      return context.json({ message: 'Studio answers on its loopback address only.' }, 421);
    if (!isOwnSource(provenance)) return context.json({ message: 'Studio answers its own pages only.' }, 403);
    return next();
  });
  door.use(bodyLimit({ maxSize: mostBody, onError: (context) => context.json({ message: 'Too large.' }, 413) }));

  door.get('/healthz', (context) => context.json({ status: 'ok' }));
  door.get('/login', (context) => context.html(loginPage(ownPath(context.req.query('next')))));
  door.post('/login', async (context) => {
    const form = await context.req.parseBody();
    const next = ownPath(form['next']);
    const { allowed, retryAfter } = limiter.take('credential', 'operator');
    if (!allowed) {
      context.header('Retry-After', String(retryAfter));
      return context.html(loginPage(next, `Too many tries. The next one is possible in ${retryAfter} seconds.`), 429);
    }
    const token = sessions.open(typeof form['password'] === 'string' ? form['password'] : '');
    if (!token) {
      log('warn', 'wrong password');
      return context.html(loginPage(next, 'This is not the password.'), 401);
    }
    setCookie(context, sessionCookie, token, {
      httpOnly: true,
      sameSite: 'Strict',
      path: '/',
      maxAge: sessionSeconds,
    });
    log('info', 'operator signed in');
    return context.redirect(next, 303);
  });

  door.use(async (context, next) => {
    if (sessions.holds(getCookie(context, sessionCookie))) return next();
    return isPageVisit(context)
      ? context.redirect(`/login?next=${encodeURIComponent(ownPath(pathOf(context)))}`, 303)
      : context.json({ message: 'Sign in to Studio first.' }, 401);
  });
  door.post('/logout', (context) => {
    sessions.close(getCookie(context, sessionCookie));
    deleteCookie(context, sessionCookie, { path: '/' });
    return context.redirect('/login', 303);
  });
  door.all('*', async (context) => (await inside())(context.req.raw));
  return door;
}

const hardenAnswers: MiddlewareHandler = async (context, next) => {
  await next();
  const { headers } = context.res;
  // The library's Data API invites every origin.
  headers.delete('Access-Control-Allow-Origin');
  headers.set('Content-Security-Policy', contentPolicy);
  headers.set('X-Content-Type-Options', 'nosniff');
  headers.set('X-Frame-Options', 'DENY');
  headers.set('Cross-Origin-Resource-Policy', 'same-origin');
  headers.set('Cross-Origin-Opener-Policy', 'same-origin');
  headers.set('Referrer-Policy', 'same-origin');
  if (!headers.has('Cache-Control')) headers.set('Cache-Control', 'no-store');
};

function isPageVisit(context: Context): boolean {
  return context.req.method === 'GET' && (context.req.header('accept') ?? '').includes('text/html');
}

function pathOf(context: Context): string {
  const { pathname, search } = new URL(context.req.url);
  return pathname + search;
}

/** Only a page of ours is gone back to after the sign-in. */
function ownPath(wanted: unknown): string {
  return typeof wanted === 'string' && /^\/(?:sql|editor)(?:[/?][\w/?=&%.-]*)?$/.test(wanted) ? wanted : '/';
}
