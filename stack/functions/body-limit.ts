/** Passes the body on as it comes, and breaks it off at the first byte above the limit, whatever the length header says. */
export function limitBody(
  body: ReadableStream<Uint8Array>,
  maxBytes: number,
  onTooLarge: () => void,
): ReadableStream<Uint8Array> {
  let seen = 0;
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        seen += chunk.byteLength;
        if (seen <= maxBytes) return controller.enqueue(chunk);
        onTooLarge();
        controller.error(new Error(`The body is larger than ${maxBytes} bytes.`));
      },
    }),
  );
}
