import type { IncomingMessage } from 'node:http';
import type { Writable } from 'node:stream';
import { ApiError } from './errors.ts';
import { assertJsonText } from './json.ts';

/** After a refusal: as much is still read and thrown away, so that the client gets to the answer; then the connection ends. */
const drainedBytes = 32 * 1024 * 1024;

/** Throws 413 when the request says that its body is larger than allowed. */
export function assertDeclaredLength(request: IncomingMessage, limit: number): void {
  if (Number(request.headers['content-length'] ?? 0) > limit) throw bodyTooLarge(limit);
}

/** The whole body; rejects with 413 as soon as more than `limit` bytes came, whatever was declared. */
export function readBody(request: IncomingMessage, limit: number): Promise<Buffer<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  return consume(request, limit, (chunk) => {
    chunks.push(chunk);
    return true;
  }).then(() => Buffer.concat(chunks));
}

/** Passes the body on as it comes and ends the target; rejects with 413 like `readBody`. */
export async function passBody(request: IncomingMessage, limit: number, target: Writable): Promise<void> {
  target.on('drain', () => request.resume());
  await consume(request, limit, (chunk) => target.write(chunk));
  target.end();
}

/** Reads what is left of a refused request, within reason. A socket closed on unread bytes would take the answer with it. */
export function drain(request: IncomingMessage): void {
  if (request.complete) return;
  let length = 0;
  request.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length > drainedBytes) request.socket.destroy();
  });
  request.resume();
}

/** Throws 400 for a body that says it is JSON and is none that we take. */
export function assertJson(contentType: string | undefined, body: Buffer): void {
  if (body.length === 0 || !/^application\/(?:[\w.+-]+\+)?json\b/i.test(contentType ?? '')) return;
  assertJsonText(body.toString('utf8'));
}

/** `take` returns false to be given no more until the request is resumed. */
function consume(request: IncomingMessage, limit: number, take: (chunk: Buffer) => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    let length = 0;
    const onData = (chunk: Buffer) => {
      length += chunk.length;
      if (length > limit) {
        request.off('data', onData);
        reject(bodyTooLarge(limit));
      } else if (!take(chunk)) {
        request.pause();
      }
    };
    request.on('data', onData);
    request.once('end', resolve);
    request.once('error', reject);
    request.once('close', () => reject(new ApiError(400, 'body_incomplete', 'The request ended before its body did.')));
  });
}

function bodyTooLarge(limit: number): ApiError {
  return new ApiError(413, 'body_too_large', `The request body may have at most ${limit} bytes.`);
}
