/** An address with these parameters changed; null and empty ones are taken out. */
export function withQuery(path: string, search: string, change: Record<string, string | number | null>): string {
  const query = new URLSearchParams(search);
  for (const [name, value] of Object.entries(change)) {
    if (value === null || value === '') query.delete(name);
    else query.set(name, String(value));
  }
  return query.size > 0 ? `${path}?${query}` : path;
}

/** The address that a GET form would lead to, without its empty fields. */
export function formHref(form: HTMLFormElement, path: string): string {
  const fields = [...new FormData(form)].filter((field): field is [string, string] => typeof field[1] === 'string');
  return withQuery(path, '', Object.fromEntries(fields));
}

/** The set with this key put in, or taken out if it was there. */
export function toggled<T>(set: ReadonlySet<T>, key: T): ReadonlySet<T> {
  const next = new Set(set);
  if (!next.delete(key)) next.add(key);
  return next;
}
