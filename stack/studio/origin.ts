/**
 * Names under which a browser on this machine reaches a loopback port. A page of the internet whose own name was made to point
 * here keeps that name in `Host`, and is refused by it.
 */
const loopbackNames = ['127.0.0.1', 'localhost', 'studio.localhost'];

/** What a request says about where it comes from. */
export interface Provenance {
  method: string;
  host: string | null;
  origin: string | null;
  /** `Sec-Fetch-Site`, `-Mode` and `-Dest`: every browser sends them, other programs do not. */
  site: string | null;
  mode: string | null;
  destination: string | null;
}

export function provenanceOf(request: Request): Provenance {
  const { headers, method } = request;
  return {
    method,
    host: headers.get('host'),
    origin: headers.get('origin'),
    site: headers.get('sec-fetch-site'),
    mode: headers.get('sec-fetch-mode'),
    destination: headers.get('sec-fetch-dest'),
  };
}

export function isOwnHost(host: string | null, port: number): boolean {
  return loopbackNames.some((name) => host === `${name}:${port}`);
}

/**
 * True for requests of our own pages, of programs that are no browser, and for a link that a person follows. The app and the other
 * parts of the stack are strangers too, although a browser calls another port of the same name "same site".
 */
export function isOwnSource({ method, host, origin, site, mode, destination }: Provenance): boolean {
  if (origin !== null) return origin === `http://${host}`;
  if (site === null || site === 'same-origin' || site === 'none') return true;
  return (method === 'GET' || method === 'HEAD') && mode === 'navigate' && destination === 'document';
}
