// An Owner takes everything along, deletes the table by its name, and then the account, which has no table any more.
import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asRoot, closeDatabase } from '../lib/database.ts';
import { stack } from '../lib/environment.ts';
import { newPerson, signIn } from '../lib/people.ts';
import { type Device, expectAccessible, launchBrowser, newWindow, picture, signInWithDiscord } from './browser.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await closeDatabase();
});

/** What the link of that name gives, by the keyboard. */
async function download(page: Page, name: string): Promise<{ name: string; bytes: Buffer }> {
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name }).press('Enter')]);
  expect(await file.failure()).toBeNull();
  return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
}

const archiveIn = (bytes: Buffer) =>
  JSON.parse(bytes.toString()) as { complete: boolean; parts: Record<string, Record<string, unknown>[]> };

const devices: Device[] = ['desktop', 'phone'];
test.each(devices)('an Owner takes all along, deletes the table, then the account (%s)', async (device) => {
  const mara = await newPerson('Mara');
  const { page, errors } = await newWindow(browser, device);
  await signInWithDiscord(page, mara);
  const { client } = await signIn(mara);
  const [{ tenant, name }] = (await asRoot<{ tenant: string; name: string }>(
    `select tenant.id as tenant, tenant.name from public.tenants as tenant
     join mgmt.users as member on member.tenant_id = tenant.id where member.discord_id = $1`,
    [mara.id],
  )) as [{ tenant: string; name: string }];
  const picturePath = `${tenant}/art/tavern.png`;
  const drawn = `drawn by ${mara.username}`;
  const image = { contentType: 'image/png' };
  expect((await client.storage.from('images').upload(picturePath, Buffer.from(drawn), image)).error).toBeNull();

  await page.goto(`${stack.appUrl}/settings/data`);
  await page.getByText('The table’s one file').waitFor();
  await expectAccessible(page);
  await picture(page, device, 'settings-data');
  const json = await download(page, 'Export everything');
  expect(json.name).toMatch(/^glyphoxa-\d{4}-\d\d-\d\d\.json$/);
  expect(archiveIn(json.bytes)).toMatchObject({
    complete: true,
    parts: { files: [{ name: 'art/tavern.png' }], 'table.campaigns': [expect.anything()] },
  });
  const zip = await download(page, 'Download the files');
  expect(zip.bytes.subarray(0, 2).toString()).toBe('PK');
  for (const inside of ['images/art/tavern.png', drawn]) expect(zip.bytes.includes(inside)).toBe(true);

  await page.goto(`${stack.appUrl}/settings/table`);
  await page.getByRole('link', { name: 'Take it along first' }).waitFor();
  const typed = page.getByLabel(`Type ${name} to confirm`);
  await typed.fill('another table');
  await typed.press('Enter');
  await page.getByText('That is not the name.').waitFor();
  await expectAccessible(page);
  await picture(page, device, 'settings-table-delete');
  await typed.fill(name);
  await typed.press('Enter');

  await page.getByRole('heading', { name: 'You have no table' }).waitFor();
  await expectAccessible(page);
  const alone = await download(page, 'Export everything');
  expect(archiveIn(alone.bytes).parts).toMatchObject({ deleted_tables: [{ tenant_id: tenant, asked_by_me: true }] });
  await page.getByText('Delete your account').press('Enter');
  const address = page.getByLabel(`Type ${mara.email} to confirm`);
  await address.fill('no');
  await address.press('Enter');
  await page.getByText('That is not the same.').waitFor();
  await expectAccessible(page);
  await picture(page, device, 'welcome-delete-account');
  await address.fill(mara.email!);
  await address.press('Enter');
  await page.waitForURL(`${stack.appUrl}/login`);
  expect(await asRoot('select from auth.users where email = $1', [mara.email])).toEqual([]);
  await page.goto(`${stack.appUrl}/dashboard`);
  await page.waitForURL(/\/login/);
  expect(errors).toEqual([]);
});
