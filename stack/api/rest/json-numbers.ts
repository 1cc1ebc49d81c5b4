/**
 * A `numeric` of a row as PostgREST answers it: a JSON number. The library leaves it a text wherever Postgres prints another form
 * than JavaScript, as in `32.00`. What JSON has no number for (NaN, infinity) is a text there, too.
 */
export function jsonNumber(text: string): number | string {
  const value = Number(text);
  return Number.isFinite(value) ? value : text;
}

export const numbersAsJson = {
  numeric: { to: 1700, from: [1700], serialize: String, parse: jsonNumber },
};
