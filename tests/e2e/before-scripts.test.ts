// Somebody on a slow line types, chooses and sends before the app's scripts have arrived: nothing of it is lost.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asGateway, asRoot, closeDatabase } from '../lib/database.ts';
import { stack } from '../lib/environment.ts';
import { newPerson, type Person } from '../lib/people.ts';
import { type Device, launchBrowser, newWindow, signInWithDiscord, takenOver } from './browser.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await closeDatabase();
});

/** A campaign with two pages of lore. */
async function world(person: Person): Promise<{ campaign: string; mine: string; lore: string }> {
  const [row] = await asRoot<{ id: string; tenant_id: string }>(
    `insert into mgmt.campaigns (tenant_id, name, language)
     select tenant_id, 'Rabenheim', 'en' from mgmt.users where discord_id = $1 returning id, tenant_id`,
    [person.id],
  );
  const [mine] = await asRoot<{ id: string }>(
    `insert into mgmt.campaign_lore (tenant_id, campaign_id, title, content, category)
     values ($1, $2, 'The harbour', 'Ships.', 'location'), ($1, $2, 'The old mine', 'Nine miners.', 'history')
     returning id`,
    [row!.tenant_id, row!.id],
  );
  return { campaign: row!.id, mine: mine!.id, lore: `${stack.appUrl}/campaigns/${row!.id}/lore` };
}

/** Opens pages whose scripts do not come until they are let in. */
async function withoutScripts(page: Page): Promise<(url: string) => Promise<{ letIn(): Promise<void> }>> {
  let gate = Promise.withResolvers<undefined>();
  // For as long as the page is there: a request that is under way when routes are taken away is never answered.
  await page.route(/\/_app\/.+\.js$/, async (route) => {
    await gate.promise;
    await route.continue();
  });
  return async (url) => {
    gate = Promise.withResolvers<undefined>();
    await page.goto(url, { waitUntil: 'commit' });
    return {
      async letIn() {
        gate.resolve(undefined);
        await takenOver(page);
      },
    };
  };
}

const devices: Device[] = ['desktop', 'phone'];
test.each(devices)('what is typed and chosen meanwhile is taken up with the page (%s)', async (device) => {
  const mara = await newPerson('Mara');
  const { page, errors } = await newWindow(browser, device);
  await signInWithDiscord(page, mara);
  const { lore, mine } = await world(mara);
  const open = await withoutScripts(page);

  const search = page.getByRole('searchbox', { name: 'Search the lore' });
  let slow = await open(lore);
  await search.fill('miner');
  await slow.letIn();
  await page.getByText('1 page found').waitFor();
  expect(await search.inputValue()).toBe('miner');

  slow = await open(lore);
  await page.getByRole('combobox', { name: 'Kind' }).selectOption('location');
  await slow.letIn();
  await page.waitForURL(`${lore}?category=location`);
  await page.locator('[data-lore-list]').getByText('The old mine').waitFor({ state: 'detached' });

  slow = await open(`${stack.appUrl}/sessions/search`);
  const said = page.getByLabel('Words that were said');
  await said.fill('iner');
  await said.press('Home');
  await slow.letIn();
  // The cursor is where it was, as is a word that a keyboard still composes.
  await page.keyboard.type('m');
  expect(await said.inputValue()).toBe('miner');

  slow = await open(`${stack.appUrl}/settings/notifications`);
  await page.getByRole('switch', { name: 'One session is left: Mail' }).check();
  await slow.letIn();
  await page.getByText('Saved.').waitFor();
  expect(await page.getByRole('switch', { name: 'One session is left: Mail' }).isChecked()).toBe(true);

  slow = await open(`${lore}/${mine}`);
  await page.getByLabel('Title').fill('The silver mine');
  await slow.letIn();
  await page.locator('[data-save-state=saved]').getByText('Saved').waitFor();
  expect(await asRoot('select title from mgmt.campaign_lore where id = $1', [mine])).toEqual([
    { title: 'The silver mine' },
  ]);
  expect(errors).toEqual([]);
  await page.context().close();
});

test('who chooses twice meanwhile has chosen once', async () => {
  const mara = await newPerson('Mara');
  const { page } = await newWindow(browser, 'phone');
  await signInWithDiscord(page, mara);
  const open = await withoutScripts(page);
  const slow = await open(`${stack.appUrl}/settings/appearance`);
  const theme = page.getByRole('radiogroup', { name: 'Theme' });
  for (const name of ['Light', 'As the device', 'Light']) await theme.getByText(name).click();
  const language = page.getByRole('radiogroup', { name: 'Language' });
  for (const name of ['Deutsch', 'English']) await language.getByText(name).click();
  const kept: (string | null)[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/appearance') && request.method() === 'POST') kept.push(request.postData());
  });
  const sent = page.waitForRequest((request) => request.method() === 'POST');
  await slow.letIn();
  await sent;
  expect(await theme.getByRole('radio', { name: 'Light' }).isChecked()).toBe(true);
  expect(kept).toEqual(['theme=light']);
  await page.context().close();
});

test('what is unfolded meanwhile stays open, with what was written in it', async () => {
  const mara = await newPerson('Mara');
  const { page } = await newWindow(browser, 'desktop');
  await signInWithDiscord(page, mara);
  const { campaign } = await world(mara);
  const [row] = await asRoot<{ tenant_id: string }>('select tenant_id from mgmt.campaigns where id = $1', [campaign]);
  await asRoot(`update mgmt.subscriptions set plan_id = 'guild', status = 'active' where tenant_id = $1`, [
    row!.tenant_id,
  ]);
  await asGateway(
    `insert into tenant_${row!.tenant_id}.entities (campaign_id, id, type, name, attributes)
     values ($1, 'greta', 'npc', 'Greta', '{"age": 70}')`,
    [campaign],
  );
  const open = await withoutScripts(page);
  const slow = await open(`${stack.appUrl}/campaigns/${campaign}/knowledge?entry=greta`);
  await page.getByText('Correct', { exact: true }).click();
  await page.getByLabel('Fact 1', { exact: true }).fill('71');
  await slow.letIn();
  expect(await page.getByLabel('Fact 1', { exact: true }).isVisible()).toBe(true);
  await page.getByRole('button', { name: 'Save correction' }).click();
  await page.getByText('Greta is corrected.').waitFor();
  await page.context().close();
});

test('a form that is sent meanwhile is sent as a form', async () => {
  const mara = await newPerson('Mara');
  const { page } = await newWindow(browser, 'phone');
  await signInWithDiscord(page, mara);
  const open = await withoutScripts(page);
  const slow = await open(`${stack.appUrl}/settings/profile`);
  await page.getByLabel('Name').fill('Mara Holm');
  const sent = page.waitForResponse((answer) => answer.request().method() === 'POST');
  await page.getByRole('button', { name: 'Save' }).click();
  expect((await sent).status()).toBe(200);
  expect(await asRoot('select display_name from mgmt.users where discord_id = $1', [mara.id])).toEqual([
    { display_name: 'Mara Holm' },
  ]);
  await slow.letIn();
  expect(await page.getByLabel('Name').inputValue()).toBe('Mara Holm');
  await page.context().close();
});
