/** What hosted functions have besides Deno's own names. */
declare const EdgeRuntime: {
  /** Keeps the function's worker until the promise settles, also after the answer was sent. */
  waitUntil<T>(promise: Promise<T>): Promise<T>;
};
