import { themeGround, type Theme } from './theme.ts';

/** Shows the theme at once, keeps it at the server. Only a pressed control does this, so the change may be seen. */
export async function applyTheme(theme: Theme): Promise<void> {
  const change = () => {
    const root = document.documentElement;
    const light = theme === 'light' || (theme === 'system' && matchMedia('(prefers-color-scheme: light)').matches);
    root.classList.remove('dark', 'light', 'system');
    root.classList.add(theme, light ? 'light' : 'dark');
    document.querySelector('meta[name="theme-color"]')?.setAttribute('content', themeGround[light ? 'light' : 'dark']);
    document.querySelector('meta[name="color-scheme"]')?.setAttribute('content', light ? 'light' : 'dark');
  };
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  if (document.startViewTransition && !still) document.startViewTransition(change);
  else change();
  await keep({ theme });
}

/** Another language is another page: it is loaded anew. */
export async function chooseLanguage(language: string): Promise<void> {
  await keep({ language });
  location.reload();
}

async function keep(choice: Record<string, string>): Promise<void> {
  await fetch('/appearance', { method: 'POST', body: new URLSearchParams(choice), redirect: 'manual' });
}
