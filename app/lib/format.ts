import { getLocale } from './paraglide/runtime.js';

/** The interface language as Intl knows it: English here is British, as the brand writes dates (18 Nov). */
function locale(): string {
  return getLocale() === 'de' ? 'de-DE' : 'en-GB';
}

export function number(value: number): string {
  return new Intl.NumberFormat(locale()).format(value);
}

/** "Friday, 20 November" */
export function longDay(date: Date): string {
  return new Intl.DateTimeFormat(locale(), { weekday: 'long', day: 'numeric', month: 'long' }).format(date);
}

/** "1 December" */
export function day(date: Date): string {
  return new Intl.DateTimeFormat(locale(), { day: 'numeric', month: 'long' }).format(date);
}

/** "Wed 18 Nov" */
export function shortDay(date: Date): string {
  return new Intl.DateTimeFormat(locale(), { weekday: 'short', day: 'numeric', month: 'short' }).format(date);
}

/** "18 Nov" */
export function dayInMonth(date: Date): string {
  return new Intl.DateTimeFormat(locale(), { day: 'numeric', month: 'short' }).format(date);
}

/** "18 Nov 2026" */
export function fullDate(date: Date): string {
  return new Intl.DateTimeFormat(locale(), { day: 'numeric', month: 'short', year: 'numeric' }).format(date);
}

/** "21:04" */
export function clock(date: Date): string {
  return new Intl.DateTimeFormat(locale(), { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(date);
}

/** "1 h 42 min", "5 min", "under 1 min" as people say lengths; `seconds` may be fractional. */
export function length(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1) return `< 1 min`;
  const hours = Math.floor(minutes / 60);
  if (hours > 0) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${minutes} min`;
}

/** "1:42:08" for what runs. */
export function timer(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const part = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const rest = `${part(Math.floor((whole % 3600) / 60))}:${part(whole % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

/** "November 2026" */
export function month(date: Date): string {
  return new Intl.DateTimeFormat(locale(), { month: 'long', year: 'numeric' }).format(date);
}

/** "$9.00" of 900 cents: never rounded. */
export function money(cents: number, currency: string): string {
  return moneyFormat(currency, 'auto').format(cents / 100);
}

/** "$9", "$7.50": for price lists, where a column of noughts says nothing. */
export function price(cents: number, currency: string): string {
  return moneyFormat(currency, 'stripIfInteger').format(cents / 100);
}

function moneyFormat(currency: string, trailingZeroDisplay: 'auto' | 'stripIfInteger'): Intl.NumberFormat {
  return new Intl.NumberFormat(locale(), {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    trailingZeroDisplay,
  });
}

/** "24%" or "24 %", of a share from 0 to 1. */
export function percent(share: number): string {
  return new Intl.NumberFormat(locale(), { style: 'percent' }).format(share);
}

/** "820 bytes", "12 kB", "3.4 MB" */
export function fileSize(bytes: number): string {
  const [unit, value] =
    bytes < 1000
      ? ['byte', bytes]
      : bytes < 1e6
        ? ['kilobyte', bytes / 1000]
        : bytes < 1e9
          ? ['megabyte', bytes / 1e6]
          : ['gigabyte', bytes / 1e9];
  return new Intl.NumberFormat(locale(), {
    style: 'unit',
    unit: String(unit),
    unitDisplay: unit === 'byte' ? 'long' : 'short',
    maximumSignificantDigits: 3,
  }).format(Number(value));
}
