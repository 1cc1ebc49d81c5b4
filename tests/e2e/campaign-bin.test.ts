// A campaign leaves the bin: it comes back, or it is deleted for good by whoever types its name.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asRoot, closeDatabase } from '../lib/database.ts';
import { stack } from '../lib/environment.ts';
import { newPerson, type Person } from '../lib/people.ts';
import {
  type Device,
  expectAccessible,
  gotoListening,
  launchBrowser,
  newPlainPage,
  newWindow,
  picture,
  signInWithDiscord,
  viewports,
} from './browser.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await closeDatabase();
});

const bin = `${stack.appUrl}/campaigns?list=bin`;

async function binned(person: Person, name: string): Promise<string> {
  const [row] = await asRoot<{ id: string }>(
    `insert into mgmt.campaigns (tenant_id, name, language, deleted_at)
     select tenant_id, $2, 'en', private.now() from mgmt.users where discord_id = $1 returning id`,
    [person.id, name],
  );
  return row!.id;
}

const row = (page: Page, name: string) => page.locator('main').getByRole('listitem').filter({ hasText: name });

const devices: Device[] = ['desktop', 'phone'];
test.each(devices)('a campaign is deleted for good by typing its name, by keys (%s)', async (device) => {
  const mara = await newPerson('Mara');
  const { page, errors } = await newWindow(browser, device);
  await signInWithDiscord(page, mara);
  const long = 'Hollow Hill and the Donaudampfschifffahrtsgesellschaftskapitänswitwe';
  const [gone, stays] = [await binned(mara, 'Rabenheim'), await binned(mara, long)];
  await gotoListening(page, bin);
  await expectAccessible(page);
  await page.getByText('Delete for good').first().waitFor();
  await row(page, 'Rabenheim').locator('summary').focus();
  await page.keyboard.press('Enter');
  const typed = row(page, 'Rabenheim').getByRole('textbox');
  await typed.fill('Rabenhaim');
  // Somebody else's change, which reads the list anew, closes nothing.
  await asRoot(`update mgmt.campaigns set system = 'Fate Core' where id = $1`, [stays]);
  await row(page, long).getByText('Fate Core').waitFor();
  expect(await typed.inputValue()).toBe('Rabenhaim');
  expect(await typed.isVisible()).toBe(true);
  await page.keyboard.press('Enter');
  await row(page, 'Rabenheim').getByText('That is not the name.').waitFor();
  await expectAccessible(page);
  await row(page, long).locator('summary').click();
  await row(page, long).getByRole('textbox').waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(viewports[device].width);
  await picture(page, device, 'campaign-for-good');
  await typed.fill('Rabenheim');
  await page.keyboard.press('Enter');
  await page.getByText('Rabenheim is deleted for good.').waitFor();
  await row(page, 'Rabenheim').first().waitFor({ state: 'detached' });
  await row(page, long).waitFor();
  const left = await asRoot<{ id: string }>('select id from mgmt.campaigns where id = any($1)', [[gone, stays]]);
  expect(left.map(({ id }) => id)).toEqual([stays]);
  const link = await page.goto(`${stack.appUrl}/campaigns/${gone}`);
  expect(link?.status()).toBe(404);
  expect(errors).toEqual([]);
});

test('without scripts, in German: what is typed wrongly stands there again, the right name deletes', async () => {
  const mara = await newPerson('Mara');
  const page = await newPlainPage(browser);
  await signInWithDiscord(page, mara);
  const gone = await binned(mara, 'Rabenheim');
  await page.goto(bin);
  await row(page, 'Rabenheim').locator('summary').click();
  await row(page, 'Rabenheim').getByRole('textbox').fill('Raben');
  await row(page, 'Rabenheim').getByRole('button', { name: 'Endgültig löschen' }).click();
  expect(await row(page, 'Rabenheim').getByRole('textbox').inputValue()).toBe('Raben');
  await row(page, 'Rabenheim').getByRole('textbox').fill('rabenheim ');
  await row(page, 'Rabenheim').getByRole('button', { name: 'Endgültig löschen' }).click();
  await row(page, 'Rabenheim').waitFor({ state: 'detached' });
  expect(await asRoot('select from mgmt.campaigns where id = $1', [gone])).toEqual([]);
});
