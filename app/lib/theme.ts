/** Dark is the default, so that a page without a stored choice never flashes white at a dark table. */
export const themes = ['dark', 'light', 'system'] as const;
export type Theme = (typeof themes)[number];

export function isTheme(value: unknown): value is Theme {
  return themes.some((theme) => theme === value);
}

/** The page's ground as browsers want it for their own frame: the value of `--background` in each theme. */
export const themeGround: Record<Theme, string> = { dark: '#100f0d', light: '#f7f3ec', system: '#100f0d' };
