import { themeGround, themes } from '#lib/theme.ts';

/** Table mode lives with the device, and the server must know it before the first byte: so it is a cookie. */
export const tableModeCookie = 'table_mode';
/** The page's ground in table mode, as browsers want it for their own frame. */
export const dimGround = '#040302';

export function isTableModeKept(): boolean {
  return document.cookie.split('; ').includes(`${tableModeCookie}=1`);
}

export function keepTableMode(on: boolean): void {
  document.cookie = `${tableModeCookie}=${on ? '1' : '0'}; path=/; max-age=31536000; samesite=lax`;
}

/** Dims the page, or gives it back the theme it had. Table mode is a dark theme, so a light page is dark meanwhile. */
export function showTableMode(on: boolean): void {
  const { classList } = document.documentElement;
  if (on === classList.contains('dim')) return;
  if (on) {
    const before = themes.find((theme) => theme !== 'dark' && classList.contains(theme)) ?? 'dark';
    classList.remove(...themes);
    classList.add('dark', 'dim', `was-${before}`);
    setGround(dimGround);
    return;
  }
  const before = themes.find((theme) => classList.contains(`was-${theme}`)) ?? 'dark';
  const light = before === 'light' || (before === 'system' && matchMedia('(prefers-color-scheme: light)').matches);
  classList.remove('dark', 'dim', `was-${before}`);
  classList.add(before, light ? 'light' : 'dark');
  setGround(themeGround[light ? 'light' : 'dark']);
}

function setGround(colour: string): void {
  document.querySelector('meta[name="theme-color"]')?.setAttribute('content', colour);
}
