/**
 * Quotes whole numbers of 16 digits and more in filters (`eq.157…`, `in.(157…,158…)`, `or=(id.eq.157…)`). The library reads an
 * unquoted one as a JavaScript number, which loses the last digits of a Discord id, so that no row is found.
 */
export function quoteLongNumbers(url: string): string {
  if (!/\d{16}/.test(url)) return url;
  const quoted = new URL(url);
  for (const [name, value] of [...quoted.searchParams]) {
    if (!/\d{16}/.test(value)) continue;
    quoted.searchParams.set(name, value.replaceAll(/(?<=[.,(])-?\d{16,}(?=[,)]|$)/g, '"$&"'));
  }
  return quoted.href;
}
