export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface LogFields {
  function?: string | undefined;
  request_id?: string | null | undefined;
  [field: string]: unknown;
}

/** One JSON line on stdout. Never give it headers, bodies or query strings: they carry tokens. */
export function log(level: LogLevel, message: string, fields: LogFields = {}): void {
  console.log(JSON.stringify({ time: new Date().toISOString(), level, service: 'functions', ...fields, message }));
}

/** What is worth keeping of something thrown: with the stack, for logs only. */
export function describe(error: unknown): string {
  if (error instanceof Error) {
    const cause = error.cause === undefined ? '' : `\ncaused by ${describe(error.cause)}`;
    return (error.stack ?? `${error.name}: ${error.message}`) + cause;
  }
  return typeof error === 'string' ? error : Deno.inspect(error);
}
