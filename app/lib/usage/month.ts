/** How many months back one can look. */
const monthsBack = 12;

/** `?month=2026-05` as the first day of that month; null for the present billing month and for what is none. */
export function firstDay(value: string | null): string | null {
  return value && /^20\d\d-(0[1-9]|1[0-2])$/.test(value) ? `${value}-01` : null;
}

/** The calendar months to choose from as YYYY-MM, newest first; `chosen` is among them. */
export function monthChoices(now: Date, chosen: string | null): string[] {
  const months = Array.from({ length: monthsBack }, (_, back) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 1)).toISOString().slice(0, 7),
  );
  return chosen && !months.includes(chosen) ? [...months, chosen].sort().reverse() : months;
}
