import { AppError } from '../_shared/app-error.ts';

/** Stripe's largest events are some hundred kilobytes. */
export const maxEventBytes = 512 * 1024;

/** The body as it was signed. 413 above the limit, without reading on. */
export async function readText(request: Request): Promise<string> {
  if (Number(request.headers.get('content-length') ?? 0) > maxEventBytes) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > maxEventBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return new TextDecoder().decode(await new Blob(chunks as BlobPart[]).arrayBuffer());
}

function tooLarge(): AppError {
  return new AppError('body_too_large', `An event may have ${maxEventBytes} bytes.`);
}
