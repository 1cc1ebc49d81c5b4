// What a key in a page of 99,000 characters and a moved knowledge map of 5,000 entries cost the browser's main thread, in processor time
// of a trace, which other work of the machine does not change. The baseline of the editor is a bare text area with the same text.
import type { Browser, Locator, Page } from 'playwright-core';
import postgres from 'postgres';

import { launchBrowser, newWindow, signInWithDiscord } from '../tests/e2e/browser.ts';
import { stack } from '../tests/lib/environment.ts';
import { milliseconds, percentile, printTable } from './lib/figures.ts';
import { demoOwner } from './lib/owner.ts';

const text = '## Place\n\nA **bold** word, and more of the old mine.\n\n- one\n- two\n\n'.repeat(1500).slice(0, 99_000);
const typed = 'The silver mine';
const entries = 5000;
const moves = 40;

interface TraceEvent {
  name: string;
  /** Thread and microseconds of its processor time. */
  tid: number;
  pid: number;
  tdur?: number;
}

/** Runs while the browser records; gives the processor milliseconds of each task of the busiest thread. */
async function traced(browser: Browser, page: Page, work: () => Promise<void>): Promise<number[]> {
  await browser.startTracing(page, { categories: ['devtools.timeline', 'disabled-by-default-devtools.timeline'] });
  await work();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  const threads = new Map<string, number[]>();
  for (const { name, tid, pid, tdur } of traceEvents) {
    if (!name.endsWith('RunTask') || tdur === undefined) continue;
    const thread = `${pid}/${tid}`;
    threads.set(thread, [...(threads.get(thread) ?? []), tdur / 1000]);
  }
  const sum = (tasks: readonly number[]) => tasks.reduce((total, task) => total + task, 0);
  return [...threads.values()].sort((a, b) => sum(b) - sum(a))[0] ?? [];
}

async function typeInto(browser: Browser, page: Page, where: 'end' | 'middle'): Promise<string> {
  const area = page.locator('textarea[name=content]');
  await area.focus();
  await area.evaluate((element: HTMLTextAreaElement, place) => {
    const at = place === 'end' ? element.value.length : Math.floor(element.value.length / 2);
    element.setSelectionRange(at, at);
  }, where);
  const tasks = await traced(browser, page, async () => {
    // Slower than anybody types, so that each key is painted.
    await area.pressSequentially(typed, { delay: 150 });
  });
  return milliseconds(tasks.reduce((total, task) => total + task, 0) / typed.length);
}

/** At once: typed by the browser's driver it takes minutes. */
const put = (area: Locator) =>
  area.evaluate((element: HTMLTextAreaElement, value) => {
    element.value = value;
    element.dispatchEvent(new InputEvent('input', { bubbles: true }));
  }, text);

async function editorRows(browser: Browser, page: Page, path: string): Promise<string[][]> {
  await page.goto(`${stack.appUrl}${path}`, { waitUntil: 'networkidle' });
  const area = page.locator('textarea[name=content]');
  await put(area);
  const look = await area.evaluate((element) => {
    const { font, width, height } = getComputedStyle(element);
    return { font, width, height };
  });
  const bare = await page.context().newPage();
  await bare.setContent('<textarea name="content"></textarea>');
  await bare.locator('textarea').evaluate((element, style) => Object.assign(element.style, style), look);
  await put(bare.locator('textarea'));
  const rows: string[][] = [];
  for (const where of ['end', 'middle'] as const)
    rows.push([
      `key at the ${where} of 99,000 characters`,
      await typeInto(browser, page, where),
      await typeInto(browser, bare, where),
    ]);
  await bare.close();
  return rows;
}

/** Entries as the voice service writes them, into the demo's campaign. */
async function plantEntries(campaign: string): Promise<void> {
  const sql = postgres(process.env['GATEWAY_DATABASE_URL']!, { max: 1, onnotice: () => {} });
  const root = postgres(stack.databaseUrl, { max: 1 });
  try {
    const [row] = await root<{ tenant_id: string }[]>`select tenant_id from mgmt.campaigns where id = ${campaign}`;
    if (!row) throw new Error('The demo has no campaign.');
    const schema = sql(`tenant_${row.tenant_id}`);
    await sql`insert into ${schema}.entities (campaign_id, id, type, name, attributes)
      select ${campaign}, 'e' || n, (array['npc', 'location', 'item', 'faction'])[1 + n % 4], 'Entry ' || n, '{}'
      from generate_series(1, ${entries}) as n`;
    await sql`insert into ${schema}.relationships (campaign_id, source_id, target_id, rel_type)
      select ${campaign}, 'e' || n, 'e' || (1 + (n * n * 7 + k * 131) % (5 + n % 400)), 'near' || k
      from generate_series(1, ${entries}) as n, generate_series(1, 2) as k`;
    // What a plan must include for the map.
    await root`update mgmt.subscriptions set plan_id = 'dungeon_master'
      where tenant_id = ${row.tenant_id} and ended_at is null`;
  } finally {
    await Promise.all([sql.end(), root.end()]);
  }
}

async function mapRow(browser: Browser, page: Page, path: string): Promise<string[]> {
  await page.goto(`${stack.appUrl}${path}/knowledge?view=map`);
  const map = page.getByRole('application');
  await map.waitFor();
  const arranging = page.locator('main [role=status]', { hasText: /Arranging|Wird geordnet/ });
  await arranging.waitFor();
  await arranging.waitFor({ state: 'detached', timeout: 120_000 }).catch(async () => {
    if (await arranging.isVisible()) throw new Error('The map is still being arranged.');
  });
  const { x, y } = (await map.boundingBox())!;
  const tasks = await traced(browser, page, async () => {
    await page.mouse.move(x + 300, y + 200);
    await page.mouse.down();
    for (let n = 0; n < moves; n++) {
      await page.mouse.move(x + 300 + n * 6, y + 200 + n * 3);
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
    }
    await page.mouse.up();
  });
  const drawn = tasks.sort((a, b) => b - a).slice(0, moves);
  return [
    `a frame while a map of ${entries} entries is dragged`,
    `p50 ${milliseconds(percentile(drawn, 0.5))}, p99 ${milliseconds(percentile(drawn, 0.99))}`,
    '',
  ];
}

export async function run(): Promise<void> {
  const browser = await launchBrowser();
  try {
    const { page } = await newWindow(browser, 'desktop');
    await signInWithDiscord(page, demoOwner);
    const linked = async (list: string, to: RegExp) => {
      await page.goto(`${stack.appUrl}${list}`);
      const paths = await page
        .locator('main a')
        .evaluateAll((links) => links.map((link) => new URL((link as HTMLAnchorElement).href).pathname));
      const found = paths.find((path) => to.test(path));
      if (!found) throw new Error(`${list} links to nothing like ${to}.`);
      return found;
    };
    const campaign = await linked('/campaigns', /^\/campaigns\/[0-9a-f-]{36}$/);
    const rows = await editorRows(browser, page, await linked(`${campaign}/lore`, /\/lore\/[0-9a-f-]{36}$/));
    await plantEntries(campaign.slice(campaign.lastIndexOf('/') + 1));
    rows.push(await mapRow(browser, page, campaign));
    printTable('Processor time of the page', ['what', 'ours', 'bare text area'], rows);
  } finally {
    await browser.close();
  }
}
