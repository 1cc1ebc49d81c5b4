/** A path of this app, or the fallback: `next` and `back` come from addresses that anybody can write. */
export function safePath(path: string | null | undefined, fallback = '/dashboard'): string {
  if (!path?.startsWith('/')) return fallback;
  // A browser reads "//host", "/\host" and tabs between them as another host; the URL parser does so too.
  const base = 'http://app.invalid';
  try {
    const url = new URL(path, base);
    // "/.//host" resolves to "//host": what is answered is read once more by the browser.
    if (url.origin !== base || url.pathname.startsWith('//')) return fallback;
    return url.pathname + url.search + url.hash;
  } catch {
    return fallback;
  }
}
