// A browser for the stories: Chromium from npm, or the system's own where that is set.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import sparticuz from '@sparticuz/chromium';
import { type Browser, type BrowserContext, chromium, type Page, type WebSocketRoute } from 'playwright-core';
import { expect } from 'vitest';
import { stack } from '../lib/environment.ts';
import { patience } from '../lib/patience.ts';
import type { Person } from '../lib/people.ts';
import { keepTraces } from './traces.ts';

export const viewports = {
  desktop: { width: 1440, height: 900 },
  phone: { width: 390, height: 844 },
} as const;
export type Device = keyof typeof viewports;

/** Pictures of the last run, to be looked at. */
const pictures = join('test-results', 'screenshots');

export async function launchBrowser(): Promise<Browser> {
  // Only what a container needs: the package's own switches turn the browser's security off.
  const executablePath = process.env['CHROMIUM_PATH'] ?? (await sparticuz.executablePath());
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}

/** A person's own browser window, without motion, so that what is looked at stands still; whatever the page reports as an error fails the story at its end. */
export async function newWindow(browser: Browser, device: Device): Promise<{ page: Page; errors: string[] }> {
  const context = await browser.newContext({
    viewport: viewports[device],
    locale: 'en-GB',
    colorScheme: 'dark',
    reducedMotion: 'reduce',
  });
  const page = await newPage(context);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !isNetworkLoss(message.text())) errors.push(message.text());
  });
  return { page, errors };
}

/** A further page in somebody's window: what is opened in it by address is used only when the app has taken it over. */
export async function newPage(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  page.setDefaultTimeout(patience.timeout);
  keepTraces(page);
  scripted.add(page);
  const [goto, reload] = [page.goto.bind(page), page.reload.bind(page)];
  page.goto = async (url, options) => {
    const answer = await goto(url, options);
    if (options?.waitUntil !== 'commit') await takenOver(page);
    return answer;
  };
  page.reload = async (options) => {
    const answer = await reload(options);
    await takenOver(page);
    return answer;
  };
  return page;
}

/** A window without scripts. */
export async function newPlainPage(browser: Browser, locale = 'de-DE'): Promise<Page> {
  const context = await browser.newContext({ javaScriptEnabled: false, locale });
  const page = await context.newPage();
  page.setDefaultTimeout(patience.timeout);
  keepTraces(page);
  return page;
}

const scripted = new WeakSet<Page>();

/**
 * Until the app listens on the page that was loaded: what is pressed before reaches links and forms only, which is what
 * before-scripts.test.ts is about. Kit's root adds its announcer last. Pages of others, and those without scripts, are as
 * they are.
 */
export async function takenOver(page: Page): Promise<void> {
  if (!scripted.has(page)) return;
  await page.waitForFunction(
    () =>
      document.querySelector('#svelte-announcer') !== null ||
      !Array.from(document.scripts, ({ text }) => text).some((text) => text.includes('__sveltekit_')),
  );
}

/** What the browser itself reports of lines that are cut, refusals that are awaited, and pictures of hosts outside. */
function isNetworkLoss(text: string): boolean {
  return /ERR_INTERNET_DISCONNECTED|ERR_CONNECTION|ERR_NAME_NOT_RESOLVED|WebSocket connection|status of 4\d\d/.test(
    text,
  );
}

/** The page's line to Realtime, which can be cut and mended. To be called before the page opens it. */
export async function feedLine(page: Page): Promise<{ cut(): Promise<void>; mend(): void }> {
  const open = new Set<WebSocketRoute>();
  let isCut = false;
  await page.routeWebSocket(/\/realtime\/v1\/websocket/, async (socket) => {
    if (isCut) return socket.close();
    socket.connectToServer();
    open.add(socket);
  });
  return {
    async cut() {
      isCut = true;
      await Promise.all([...open].map((socket) => socket.close()));
      open.clear();
    },
    mend() {
      isCut = false;
    },
  };
}

const isJoined = (frame: string) => ['tenant:', 'phx_reply', '"ok"'].every((part) => frame.includes(part));

/** Opens a page and waits until it hears what changes at the table: what happened before is in it, what happens later arrives. */
export async function gotoListening(page: Page, url: string): Promise<void> {
  // From here on the page before is gone with its line, and this one has not opened its own yet.
  await page.goto(url, { waitUntil: 'commit' });
  const socket = await page.waitForEvent('websocket', (opened) => opened.url().includes('/realtime/v1/websocket'));
  await socket.waitForEvent('framereceived', ({ payload }) => isJoined(String(payload)));
  await takenOver(page);
}

/** From our login page over Discord's consent and back. */
export async function signInWithDiscord(page: Page, person: Person): Promise<void> {
  await page.goto(`${stack.appUrl}/login`);
  await page.getByRole('link', { name: /discord/i }).click();
  await allowAtDiscord(page, person);
}

/** On Discord's page, until it leads back to us. */
export async function allowAtDiscord(page: Page, person: Person): Promise<void> {
  await page.waitForURL(/\/oauth2\/authorize/);
  await page.locator(`input[value="${person.id}"]`).check({ force: true });
  await page.getByRole('button', { name: 'Allow' }).click();
  await page.waitForURL(`${stack.appUrl}/**`);
  await takenOver(page);
}

export async function picture(page: Page, device: Device, name: string): Promise<void> {
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${device}-${name}.png`) });
}

/** WCAG 2.2 AA as far as axe can tell. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
    .analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)).toEqual([]);
}
