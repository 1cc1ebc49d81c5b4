import { clock, fullDate, shortDay } from './format.ts';
import { m } from './paraglide/messages.js';

/** "today 21:04", "yesterday 21:04", "Sat 3 May 21:04", older with the year. */
export function when(date: Date, now: Date): string {
  const time = clock(date);
  const days = Math.round((midnight(now) - midnight(date)) / 86_400_000);
  if (days === 0) return m.session_today({ time });
  if (days === 1) return m.session_yesterday({ time });
  return `${days < 300 ? shortDay(date) : fullDate(date)}, ${time}`;
}

function midnight(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}
