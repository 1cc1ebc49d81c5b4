const near = /^[12]\d{3}-\d{2}-\d{2}$/;
const exact = /^(\S{10})T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-](0\d|1[0-4]):[0-5]\d)$/;

/** Whether this is a day of the calendar as addresses carry it, `2026-11-18`, from a year that the database can count from too. */
export function isDay(text: string): boolean {
  if (!near.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  // The 30th of February would be taken for a day in March.
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** Whether this is a moment as the API writes one, `2026-11-18T19:00:00.123456+00:00`. */
export function isMoment(text: string): boolean {
  const day = exact.exec(text)?.[1];
  return day !== undefined && isDay(day) && !Number.isNaN(Date.parse(text));
}
