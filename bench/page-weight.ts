// JavaScript that a page loads before it answers to keys, per route, as the budgets of the screens count it: what its HTML asks for
// at once, gzipped. What follows by itself (menus, the feed, error pages) is counted beside.
import { gzipSync } from 'node:zlib';
import type { Browser, Page, Response } from 'playwright-core';

import { launchBrowser, newWindow, signInWithDiscord } from '../tests/e2e/browser.ts';
import { stack } from '../tests/lib/environment.ts';
import { printTable } from './lib/figures.ts';
import { demoOwner } from './lib/owner.ts';

/** kB of the kinds of screens. */
const budgets = { public: 55, list: 90, form: 120, console: 100 } as const;

type Route = [path: string, kind: keyof typeof budgets];
const signedOut: Route[] = [
  ['/', 'public'],
  ['/pricing', 'public'],
  ['/login', 'public'],
];
const signedIn = (ids: Ids): Route[] => [
  ['/dashboard', 'list'],
  ['/campaigns', 'list'],
  [ids.campaign, 'list'],
  [`${ids.campaign}/npcs`, 'list'],
  [ids.npc, 'form'],
  [`${ids.campaign}/lore`, 'list'],
  [ids.page, 'form'],
  [`${ids.campaign}/knowledge`, 'list'],
  [`${ids.campaign}/knowledge?view=map`, 'list'],
  [`${ids.campaign}/players`, 'form'],
  [`${ids.campaign}/settings`, 'form'],
  [`${ids.campaign}/export`, 'form'],
  ['/campaigns/new', 'form'],
  ['/campaigns/import', 'form'],
  ['/sessions', 'list'],
  ['/sessions/search?q=mine', 'list'],
  [ids.session, 'list'],
  ['/sessions/start', 'form'],
  ['/usage', 'list'],
  ['/billing', 'list'],
  ['/billing/plans', 'list'],
  ['/team', 'list'],
  ['/audit', 'list'],
  ['/notifications', 'list'],
  ['/settings/profile', 'form'],
  ['/settings/table', 'form'],
];

/** Paths of the demo table's newest things. */
interface Ids {
  campaign: string;
  npc: string;
  page: string;
  session: string;
}

/** The first link on a page that leads to a thing with an id. */
async function firstLink(page: Page, list: string, to: RegExp): Promise<string> {
  await page.goto(`${stack.appUrl}${list}`);
  const paths = await page
    .locator('main a')
    .evaluateAll((links) => links.map((link) => new URL((link as HTMLAnchorElement).href).pathname));
  const found = paths.find((path) => to.test(path));
  if (!found) throw new Error(`${list} links to nothing like ${to}.`);
  return found;
}

const id = '[0-9a-f]{8}-[0-9a-f-]{27}';

async function findIds(page: Page): Promise<Ids> {
  const campaign = await firstLink(page, '/campaigns', new RegExp(`^/campaigns/${id}$`));
  return {
    campaign,
    npc: await firstLink(page, `${campaign}/npcs`, new RegExp(`/npcs/${id}$`)),
    page: await firstLink(page, `${campaign}/lore`, new RegExp(`/lore/${id}$`)),
    session: await firstLink(page, '/sessions', new RegExp(`^/sessions/${id}$`)),
  };
}

const sizes = new Map<string, number>();

/** kB of a script as the app's server sends it to a browser that knows gzip. */
async function sizeOf(pathname: string): Promise<number> {
  const known = sizes.get(pathname);
  if (known !== undefined) return known;
  const answer = await fetch(`${stack.appUrl}${pathname}`);
  if (!answer.ok) throw new Error(`${pathname} answered ${answer.status}.`);
  const size = gzipSync(await answer.bytes()).length / 1000;
  sizes.set(pathname, size);
  return size;
}

/** What the HTML names, and what came by itself until the page was quiet. */
async function weigh(page: Page, path: string): Promise<{ first: number; later: number; files: number }> {
  const scripts = new Set<string>();
  const listen = (response: Response) => {
    const { pathname } = new URL(response.url());
    if (pathname.endsWith('.js')) scripts.add(pathname);
  };
  page.on('response', listen);
  const answer = await page.goto(`${stack.appUrl}${path}`, { waitUntil: 'networkidle' });
  page.off('response', listen);
  if (answer?.status() !== 200) throw new Error(`${path} answered ${answer?.status()}.`);
  const html = await answer.text();
  const sum = { first: 0, later: 0, files: 0 };
  for (const pathname of scripts) {
    const isFirst = html.includes(pathname.slice(pathname.lastIndexOf('/') + 1));
    sum[isFirst ? 'first' : 'later'] += await sizeOf(pathname);
    if (isFirst) sum.files++;
  }
  return sum;
}

async function weighAll(browser: Browser, routes: (page: Page) => Promise<Route[]>): Promise<string[][]> {
  const { page } = await newWindow(browser, 'desktop');
  const rows: string[][] = [];
  for (const [path, kind] of await routes(page)) {
    const { first, later, files } = await weigh(page, path);
    const over = first > budgets[kind] ? `over by ${(first - budgets[kind]).toFixed(1)}` : 'kept';
    rows.push([
      path.replaceAll(new RegExp(id, 'g'), '…'),
      first.toFixed(1),
      String(files),
      String(budgets[kind]),
      over,
      later.toFixed(1),
    ]);
  }
  await page.context().close();
  return rows;
}

export async function run(): Promise<void> {
  const browser = await launchBrowser();
  try {
    const rows = await weighAll(browser, () => Promise.resolve(signedOut));
    rows.push(
      ...(await weighAll(browser, async (page) => {
        await signInWithDiscord(page, demoOwner);
        return signedIn(await findIds(page));
      })),
    );
    printTable('JavaScript per page, kB gzipped', ['page', 'at once', 'files', 'budget', '', 'later'], rows);
  } finally {
    await browser.close();
  }
}
