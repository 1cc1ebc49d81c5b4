/** A moment as Postgres prints it (`2026-11-21 12:11:28.84+00`), in the form its JSON has and PostgREST answers: with `T` and minutes of the offset. */
export function jsonMoment(text: string): string {
  // What is no date, such as infinity, stays as it is.
  return text.replace(/^(\d+-\d\d-\d\d) /, '$1T').replace(/([+-]\d\d)$/, '$1:00');
}

/** Moments of rows. The library hands them on as Postgres prints them, which is no ISO 8601: not every browser reads it. */
export const momentsAsJson = {
  timestamptz: { to: 1184, from: [1184], serialize: (value: unknown) => value, parse: jsonMoment },
  timestamp: {
    to: 1114,
    from: [1114],
    serialize: (value: unknown) => value,
    parse: (text: string) => text.replace(' ', 'T'),
  },
};
