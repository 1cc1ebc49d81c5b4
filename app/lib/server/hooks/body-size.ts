import type { Handle } from '@sveltejs/kit/hooks';
import { refuse } from '../api.ts';

/** Most bytes of a form. BODY_SIZE_LIMIT (server.mjs) is for all of them at once. */
const usual = 512 * 1024;
const larger: Record<string, number> = {
  // A file of 10 MB, and what a form puts around it.
  '/(app)/campaigns/import': 10 * 1024 * 1024 + 64 * 1024,
  // A hundred thousand characters, each of up to nine bytes as a form writes them.
  '/(app)/campaigns/[c]/lore/[page]': 1024 * 1024,
};

/** Refuses bodies that are too large for where they go, whether they say how long they are or not. */
export const bodySize: Handle = async ({ event, resolve }) => {
  const { request } = event;
  if (!request.body) return resolve(event);
  const limit = larger[event.route.id ?? ''] ?? usual;
  const told = request.headers.get('content-length');
  if (told !== null && Number(told) <= limit) return resolve(event);
  const read = await readUpTo(request.body, limit);
  if (read) Object.defineProperty(event, 'request', { value: new Request(request, { body: read }) });
  else for (const method of readers) Object.defineProperty(request, method, { value: tooLarge, configurable: true });
  return resolve(event);
};

/** Whoever reads it is refused, as adapter-node does it: the answer then is a page, or an action's, with its headers. */
const readers = ['arrayBuffer', 'blob', 'bytes', 'formData', 'json', 'text'] as const;
const tooLarge = () => Promise.resolve().then(() => refuse('body_too_large'));

/** The body; null if it is longer. What is too long is read all the same: a socket closed on unread bytes takes the answer along. */
async function readUpTo(body: ReadableStream<Uint8Array>, limit: number): Promise<Blob | null> {
  let chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.byteLength;
    if (length > limit) chunks = [];
    else chunks.push(new Uint8Array(chunk));
  }
  return length > limit ? null : new Blob(chunks);
}
