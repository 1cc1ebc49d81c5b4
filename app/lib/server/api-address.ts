import { SUPABASE_INTERNAL_URL, SUPABASE_URL } from '$app/env/private';

/**
 * Where this server calls the API, given an address as a browser has it. A way over the reverse proxy would be longer, and would
 * make this server look like the person behind every call.
 */
export function reachable(url: string): string {
  return SUPABASE_INTERNAL_URL && url.startsWith(SUPABASE_URL)
    ? SUPABASE_INTERNAL_URL + url.slice(SUPABASE_URL.length)
    : url;
}
