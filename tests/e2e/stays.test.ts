// Somebody reads, and something else changes at the table: what they opened, added and looked at stays.
import { randomUUID } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { play, setPlan } from '../content/table.ts';
import { asGateway, asRoot, closeDatabase, gatewaySql, snowflake } from '../lib/database.ts';
import { stack } from '../lib/environment.ts';
import { newOwner, tenantOf } from '../sessions/table.ts';
import { type Device, gotoListening, launchBrowser, newWindow, signInWithDiscord } from './browser.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await closeDatabase();
});

interface Table {
  page: Page;
  errors: string[];
  tenant: string;
  campaign: string;
}

async function newTable(device: Device): Promise<Table> {
  const mara = await newOwner('Mara');
  const { page, errors } = await newWindow(browser, device);
  await signInWithDiscord(page, mara.person);
  return { page, errors, ...(await tenantOf(mara)) };
}

/** Another session goes on air, and the page has heard of it. */
async function onAir({ page, tenant, campaign }: Table): Promise<{ end(): Promise<void> }> {
  const id = randomUUID();
  await asGateway(gatewaySql.start, [id, tenant, campaign, snowflake(1), snowflake(2), 'dedicated']);
  await asGateway(gatewaySql.activate, [id]);
  await page.locator(`a[href="/sessions/${id}/live"]`).filter({ visible: true }).first().waitFor();
  return {
    async end() {
      await asGateway(gatewaySql.end, [id, null]);
    },
  };
}

const devices: Device[] = ['desktop', 'phone'];
test.each(devices)(
  'what was added to a search and to a list stays, and so does the find one is at (%s)',
  async (device) => {
    const table = await newTable(device);
    const { page, tenant, campaign } = table;
    const lines = Array.from({ length: 40 }, (_, index) => ({ text: `A word, the ${index}.`, by: 'Greta', npc: true }));
    const session = await play(tenant, campaign, lines);
    for (let index = 0; index < 27; index++) await play(tenant, campaign, []);

    await gotoListening(page, `${stack.appUrl}/sessions/${session}?q=word`);
    await page.getByText('1 of 40').waitFor();
    await page.getByRole('button', { name: 'Next find' }).click();
    await page.getByText('2 of 40').waitFor();
    await asRoot(
      `insert into mgmt.campaign_characters (tenant_id, campaign_id, discord_id, name, colour) values ($1, $2, $3, 'Brannor', 1)`,
      [tenant, campaign, snowflake(3)],
    );
    let other = await onAir(table);
    expect(await page.getByText('2 of 40').count()).toBe(1);
    await other.end();

    await gotoListening(page, `${stack.appUrl}/sessions/search?q=word`);
    const finds = page.locator('main mark');
    expect(await finds.count()).toBe(25);
    await page.getByRole('link', { name: 'Show more' }).click();
    await expect.poll(() => finds.count()).toBe(40);
    other = await onAir(table);
    expect(await finds.count()).toBe(40);
    await other.end();

    await gotoListening(page, `${stack.appUrl}/sessions`);
    const rows = page.locator('section[aria-labelledby^=month] li');
    expect(await rows.count()).toBe(25);
    await page.getByRole('link', { name: 'Show more' }).click();
    // With the two that were on air meanwhile.
    const all = 30;
    await expect.poll(() => rows.count()).toBe(all);
    await onAir(table);
    expect(await rows.count()).toBe(all);
    expect(table.errors).toEqual([]);
    await page.context().close();
  },
);

test.each(devices)('the map keeps what is drawn, and follows what is removed (%s)', async (device) => {
  const table = await newTable(device);
  const { page, tenant, campaign } = table;
  await setPlan(tenant, 'guild');
  await play(tenant, campaign, []);
  await asGateway(
    `insert into tenant_${tenant}.entities (campaign_id, id, type, name)
     select $1, 'e' || n, 'location', 'Place ' || lpad(n::text, 2, '0') from generate_series(1, 40) as n`,
    [campaign],
  );
  await asGateway(
    `insert into tenant_${tenant}.relationships (campaign_id, source_id, target_id, rel_type)
     values ($1, 'e1', 'e2', 'near'), ($1, 'e1', 'e3', 'near'), ($1, 'e2', 'e3', 'near')`,
    [campaign],
  );
  const address = `${stack.appUrl}/campaigns/${campaign}/knowledge`;
  const panel = page.getByRole('complementary', { name: 'Entry' });
  const atPanel = (name: string) =>
    expect
      .poll(() => page.evaluate(() => document.activeElement?.tagName === 'H2' && document.activeElement.textContent))
      .toBe(name);

  // From far down the list one is taken to the entry, and back to its row.
  await page.goto(address);
  await page.getByRole('link', { name: 'Place 24' }).click();
  await atPanel('Place 24');
  await expect
    .poll(() => panel.getByRole('heading', { name: 'Place 24' }).evaluate((each) => each.getBoundingClientRect().top))
    .toBeLessThan(page.viewportSize()!.height * 0.75);
  await panel.getByRole('link', { name: 'Close' }).click();
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Place 24');

  await gotoListening(page, `${address}?view=map&entry=e1`);
  const map = page.getByRole('application');
  const first = async (said: string) => {
    await map.focus();
    await expect
      .poll(async () => {
        await page.keyboard.press('Home');
        return page.getByText(said).count();
      })
      .toBe(1);
  };
  await first('Place 01, Place, 2 links');
  await panel.getByRole('button', { name: 'Delete entry' }).click();
  await page.getByText('“Place 01” is deleted.').waitFor();
  await first('Place 02, Place, 1 link');
  await page.getByRole('button', { name: 'Undo' }).click();
  await panel.getByRole('heading', { name: 'Place 01' }).waitFor();
  await first('Place 01, Place, 2 links');

  // Removed by somebody else, while it is open: the rest stands, the drawing too.
  await asGateway(`delete from tenant_${tenant}.entities where campaign_id = $1 and id = 'e1'`, [campaign]);
  await onAir(table);
  await page.getByText('This entry is not here any more').waitFor();
  await first('Place 02, Place, 1 link');
  expect(table.errors).toEqual([]);
  await page.context().close();
});
