/** How Kit marks the reading of a page's data, and what it adds to the page's path. */
const mark = 'x-sveltekit-invalidated';
const suffix = /\/?__data\.json$/;

/** In ms: a line that was cut is often back at once. The last one goes on. */
const retryMs = [500, 2_000, 5_000, 15_000];

/** A page as its data names it: path and question, without Kit's own. */
function pageOf(url: URL): string {
  const asked = new URLSearchParams(url.search);
  for (const name of [...asked.keys()]) if (name.startsWith('x-sveltekit-')) asked.delete(name);
  return `${url.pathname.replace(suffix, '').replace(/\/$/, '')}?${asked}`;
}

interface Surroundings {
  fetch: typeof fetch;
  /** The page that is shown. */
  address: () => string;
  wait: (ms: number) => Promise<void>;
}

/**
 * Kit shows its error page in place of the page when data that is read anew cannot be read, also where nobody asked for it: a
 * session that starts, somebody else's edit. With this as the browser's fetch such readings wait for the line to come back, and
 * the page stays as it is, with what is being typed in it. Where one wants to go, what the server answers, and a reading that
 * was broken off, are as ever.
 */
export function quietRefresh({ fetch, address, wait }: Surroundings): typeof globalThis.fetch {
  return async (input, init) => {
    const url = typeof input === 'string' ? new URL(input, address()) : null;
    const shown = () => pageOf(new URL(address()));
    if (!url?.searchParams.has(mark) || pageOf(url) !== shown()) return fetch(input, init);
    for (let tries = 0; ; tries++) {
      try {
        return await fetch(input, init);
      } catch (error) {
        if (init?.signal?.aborted) throw error;
        console.warn('The page could not be read anew.', error);
      }
      await wait(retryMs[Math.min(tries, retryMs.length - 1)] ?? 0);
      // Nobody waits for a page that was left.
      if (pageOf(url) !== shown()) return new Promise(() => undefined);
    }
  };
}
