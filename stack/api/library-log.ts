import { RelationNotFoundError } from '@supabase/lite';
import { log } from './log.ts';
import { currentRequestId } from './request-context.ts';

/**
 * The library reports on the console, every refusal of the database included, with stack and row. Here that becomes one line per
 * report: of a refusal only its code, since its text may quote what was sent; of anything else everything.
 */
export function captureLibraryLog(): void {
  console.error = (...parts: unknown[]) => {
    const error = parts.find((part) => part instanceof Error);
    const code = (error as { code?: unknown } | undefined)?.code;
    const request_id = currentRequestId();
    if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) log('info', 'database refused', { code, request_id });
    else if (error instanceof RelationNotFoundError) log('info', 'unknown relation', { request_id });
    else log('error', 'library error', { error: error?.stack ?? parts.map(String).join(' '), request_id });
  };
  console.warn = (...parts: unknown[]) => log('warn', parts.map(String).join(' '), { request_id: currentRequestId() });
}
