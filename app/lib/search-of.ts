/** The query of an address with some names set anew; null takes one away. Begins with `?`, or is empty. */
export function searchOf(present: string, changes: Record<string, string | null>): string {
  const search = new URLSearchParams(present);
  for (const [name, value] of Object.entries(changes)) {
    if (value) search.set(name, value);
    else search.delete(name);
  }
  return search.size > 0 ? `?${search}` : '';
}
