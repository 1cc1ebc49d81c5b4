/** An editor writes a file in several steps: one call for all that happens within so many milliseconds. */
const settleMs = 100;

/** Calls `changed` when a file under one of the paths changes. Runs until the process ends. */
export async function watchFiles(paths: string[], changed: () => Promise<void>): Promise<never> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  for await (const event of Deno.watchFs(paths)) {
    if (event.kind === 'access') continue;
    clearTimeout(timer);
    timer = setTimeout(() => void changed(), settleMs);
  }
  throw new Error('The file watcher ended.');
}
