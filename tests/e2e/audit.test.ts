// An Owner reads who did what: page by page, from the things themselves, and as a file.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asRoot, closeDatabase } from '../lib/database.ts';
import { stack } from '../lib/environment.ts';
import { newPerson, type Person } from '../lib/people.ts';
import {
  type Device,
  expectAccessible,
  launchBrowser,
  newPlainPage,
  newWindow,
  picture,
  signInWithDiscord,
} from './browser.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await closeDatabase();
});

/** 60 pages of lore and an NPC with a name that a spreadsheet would run, written as this person's table. */
async function write(person: Person): Promise<{ campaign: string; npc: string }> {
  const [campaign] = await asRoot<{ id: string; tenant_id: string }>(
    `insert into mgmt.campaigns (tenant_id, name, language)
     select tenant_id, 'Rabenheim', 'en' from mgmt.users where discord_id = $1 returning id, tenant_id`,
    [person.id],
  );
  const { id, tenant_id: tenant } = campaign!;
  await asRoot(
    `insert into mgmt.campaign_lore (tenant_id, campaign_id, title, content)
     select $1, $2, 'Page ' || number, '' from generate_series(1, 60) as number`,
    [tenant, id],
  );
  const [npc] = await asRoot<{ id: string }>(
    `insert into public.npc_definitions (id, tenant_id, campaign_id, name, personality)
     values (gen_random_uuid()::text, $1, $2, '=1+1', 'You are old.') returning id`,
    [tenant, id],
  );
  return { campaign: id, npc: npc!.id };
}

const entries = (page: Page) => page.getByRole('main').locator('li > details');

/** What a link to a file gives. */
async function download(page: Page): Promise<string> {
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'This history as a CSV file' }).click(),
  ]);
  const chunks: Buffer[] = [];
  for await (const chunk of await file.createReadStream()) chunks.push(chunk as Buffer);
  expect(file.suggestedFilename()).toMatch(/^glyphoxa-history-\d{4}-\d\d-\d\d\.csv$/);
  return Buffer.concat(chunks).toString();
}

const devices: Device[] = ['desktop', 'phone'];
test.each(devices)(
  'the history grows by pages, is filtered, opens from an NPC and becomes a file (%s)',
  async (device) => {
    const mara = await newPerson('Mara');
    const { page, errors } = await newWindow(browser, device);
    await signInWithDiscord(page, mara);
    const { campaign, npc } = await write(mara);

    await page.goto(`${stack.appUrl}/audit`);
    await expectAccessible(page);
    expect(await entries(page).count()).toBe(50);
    await page.getByRole('link', { name: 'Show more' }).focus();
    await page.keyboard.press('Enter');
    // Below what was there, not instead of it.
    await entries(page).nth(60).waitFor();
    await page.getByRole('status').filter({ hasText: 'rows shown' }).waitFor();
    expect(await page.getByRole('link', { name: 'Show more' }).count()).toBe(0);
    expect(new URL(page.url()).search).toBe('');

    await page.goto(`${stack.appUrl}/campaigns/${campaign}/npcs/${npc}`);
    await page.getByRole('link', { name: 'History: =1+1' }).click();
    await page.waitForURL(/\/audit\?kind=npc&thing=/);
    await page.getByText(' added “=1+1”.').waitFor();
    expect(await entries(page).count()).toBe(1);
    await expectAccessible(page);
    await picture(page, device, 'audit-of-npc');

    const [header, row, ...rest] = (await download(page)).trimEnd().split('\r\n');
    expect(header).toMatch(/^id,created_at,actor_kind,/);
    expect(row).toContain(',insert,npc,');
    expect(row, 'no formula').toContain(`,'=1+1,`);
    expect(rest, 'only what is shown').toEqual([]);
    await page.getByRole('link', { name: 'Drop this filter: Only: =1+1' }).click();
    await page.waitForURL(/\/audit\?kind=npc$/);

    await page.goto(`${stack.appUrl}/team`);
    await page.getByRole('link', { name: 'History: Mara' }).click();
    await page.waitForURL(/\/audit\?person=/);
    await page.goto(`${stack.appUrl}/campaigns/${campaign}`);
    await page.getByRole('link', { name: 'History: Rabenheim' }).click();
    await page.getByText(' added “Rabenheim”.').waitFor();

    await page.goto(`${stack.appUrl}/audit`);
    const whole = (await download(page)).trimEnd().split('\r\n');
    expect(
      whole.filter((line) => line.includes(',insert,lore,')),
      'every page of the list',
    ).toHaveLength(60);
    expect(errors).toEqual([]);
  },
);

test('without scripts the list goes on on the next page, and Players read nothing of it', async () => {
  const mara = await newPerson('Mara');
  const page = await newPlainPage(browser);
  await signInWithDiscord(page, mara);
  await write(mara);
  await page.goto(`${stack.appUrl}/audit`);
  const first = await entries(page).first().innerText();
  await page.getByRole('link', { name: 'Mehr zeigen' }).click();
  await page.waitForURL(/after=/);
  expect(await entries(page).count()).toBeGreaterThan(10);
  expect(await entries(page).first().innerText()).not.toBe(first);
  await page.getByRole('combobox', { name: 'Art' }).selectOption('npc');
  await page.getByRole('button', { name: 'Anwenden' }).click();
  await page.waitForURL(/kind=npc/);
  expect(await entries(page).count()).toBe(1);

  await asRoot(`update mgmt.users set role = 'viewer' where discord_id = $1`, [mara.id]);
  for (const path of ['/audit', '/audit/export.csv', '/audit/__data.json']) {
    const answer = await page.request.get(stack.appUrl + path);
    expect(await answer.text(), path).not.toContain('=1+1');
    if (!path.includes('__data')) expect(answer.status(), path).toBe(403);
  }
});
