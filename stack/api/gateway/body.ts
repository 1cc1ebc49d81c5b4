import type { IncomingMessage } from 'node:http';
import { ApiError } from './errors.ts';

/** Throws 413 when the request says that its body is larger than allowed. */
export function assertDeclaredLength(request: IncomingMessage, limit: number): void {
  if (Number(request.headers['content-length'] ?? 0) > limit) throw bodyTooLarge(limit);
}

/** The whole body; throws 413 as soon as more than `limit` bytes came, whatever was declared. */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer<ArrayBuffer>> {
  assertDeclaredLength(request, limit);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limit) throw bodyTooLarge(limit);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Throws 400 for a body that says it is JSON and is not. */
export function assertJson(contentType: string | undefined, body: Buffer): void {
  if (body.length === 0 || !/^application\/(?:[\w.+-]+\+)?json\b/i.test(contentType ?? '')) return;
  try {
    JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new ApiError(400, 'malformed_json', 'The request body is not valid JSON.', { cause });
  }
}

export function bodyTooLarge(limit: number): ApiError {
  return new ApiError(413, 'body_too_large', `The request body may have at most ${limit} bytes.`, {
    // What was not read cannot be skipped cheaply: the connection ends.
    headers: { connection: 'close' },
  });
}
