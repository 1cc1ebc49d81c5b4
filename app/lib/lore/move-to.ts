/** The list with one entry at another place, within its ends; the very same list if that changes nothing. */
export function moveTo<T>(list: readonly T[], entry: T, to: number): readonly T[] {
  const from = list.indexOf(entry);
  const place = Math.min(Math.max(to, 0), list.length - 1);
  if (from < 0 || from === place) return list;
  const others = list.filter((_, index) => index !== from);
  return [...others.slice(0, place), entry, ...others.slice(place)];
}
