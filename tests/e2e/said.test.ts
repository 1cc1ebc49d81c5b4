// Somebody says who plays whom, and the name stands in what was said: searched for by a Dungeon Master, and by a Player.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { play } from '../content/table.ts';
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

const luke = '201847362910584142';

async function tableOf(person: Person): Promise<{ tenant: string; campaign: string }> {
  const [row] = await asRoot<{ tenant: string; campaign: string }>(
    `select c.tenant_id as tenant, c.id as campaign
     from mgmt.campaigns c join mgmt.users u on u.tenant_id = c.tenant_id where u.discord_id = $1`,
    [person.id],
  );
  return row!;
}

const boundTo = async (campaign: string): Promise<unknown> =>
  asRoot('select name, aliases, colour from mgmt.campaign_characters where campaign_id = $1', [campaign]);

/** A session of more lines than a page shows; the one that is looked for is near its end. */
async function speak(tenant: string, campaign: string): Promise<void> {
  const chatter = Array.from({ length: 620 }, (_, index) => ({ text: `Word ${index}.`, by: 'Greta', npc: true }));
  await play(tenant, campaign, [
    ...chatter,
    { text: 'Who has the key?', by: 'luk_42', speakerId: luke },
    { text: 'It hangs in the silver mine.', by: 'Greta', npc: true },
    { text: 'Then we go there.', by: 'luk_42', speakerId: luke },
  ]);
}

const ownLine = (page: Page) => page.locator('main').getByText('It hangs in the');

const devices: Device[] = ['desktop', 'phone'];
test.each(devices)('a speaker becomes a character, and a search finds their words (%s)', async (device) => {
  const mara = await newPerson('Mara');
  const { page, errors } = await newWindow(browser, device);
  await signInWithDiscord(page, mara);
  const { tenant, campaign } = await tableOf(mara);
  await page.goto(`${stack.appUrl}/campaigns/${campaign}/players`);
  await page.getByRole('heading', { name: 'Also at your table' }).waitFor();
  await speak(tenant, campaign);

  await page.goto(`${stack.appUrl}/campaigns/${campaign}`);
  await page.getByRole('link', { name: 'Players', exact: true }).first().click();
  const row = page.getByRole('group', { name: 'luk_42' });
  await row.getByText('2 lines').waitFor();
  await expectAccessible(page);
  await picture(page, device, 'players-unknown');
  await row.getByLabel('Plays').fill('Brannor');
  // What is written while the name is being saved stays where it is.
  await row.getByRole('textbox', { name: 'Add a name' }).fill('Bran');
  await page.getByText('Brannor is saved.').waitFor();
  await row.getByRole('button', { name: 'Forget' }).waitFor();
  await page.keyboard.press('Enter');
  await expect.poll(() => boundTo(campaign)).toEqual([{ name: 'Brannor', aliases: ['Bran'], colour: 1 }]);
  await expectAccessible(page);
  await picture(page, device, 'players');

  await page.goto(`${stack.appUrl}/sessions`);
  await page.getByRole('link', { name: 'Search what was said' }).click();
  await page.getByLabel('Words that were said').fill('mines');
  await page.keyboard.press('Enter');
  await page.locator('mark', { hasText: 'mine' }).waitFor();
  const before = page.locator('main').getByText('Brannor');
  expect(await before.count(), 'before and after').toBe(2);
  await expectAccessible(page);
  await picture(page, device, 'said');
  await ownLine(page).click();
  await page.waitForURL(/\/sessions\/[\w-]+\?line=\d+#l-\d+$/);
  const line = page.locator('.current');
  await line.getByText('silver mine').waitFor();
  await expect
    .poll(() => line.evaluate((element) => element.getBoundingClientRect().bottom))
    .toBeLessThan(page.viewportSize()!.height);
  await page.getByText('Brannor').first().waitFor();

  await page.goto(`${stack.appUrl}/campaigns/${campaign}/players`);
  await page.getByRole('button', { name: 'Forget this character: luk_42' }).click();
  await page.getByText('Brannor is forgotten.').waitFor();
  expect(await boundTo(campaign)).toEqual([]);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => boundTo(campaign)).toEqual([{ name: 'Brannor', aliases: ['Bran'], colour: 1 }]);
  await page.getByRole('button', { name: 'Forget this character: luk_42' }).waitFor();
  expect(errors).toEqual([]);
  await page.context().close();
});

test('without scripts, in German: a Player searches, and may not say who plays whom', async () => {
  const [mara, carol] = [await newPerson('Mara'), await newPerson('Carol')];
  const enter = async (person: Person): Promise<Page> => {
    const page = await newPlainPage(browser);
    await signInWithDiscord(page, person);
    return page;
  };
  const owner = await enter(mara);
  const { tenant, campaign } = await tableOf(mara);
  await speak(tenant, campaign);
  await owner.goto(`${stack.appUrl}/campaigns/${campaign}/players`);
  const row = owner.getByRole('group', { name: 'luk_42' });
  await row.getByLabel('Spielt').fill('Brannor');
  await row.getByRole('textbox', { name: 'Name dazu' }).fill('Bran, Brannie');
  await row.getByRole('button', { name: 'Speichern' }).click();
  await owner.getByText('Brannor ist gespeichert.').waitFor();
  expect(await boundTo(campaign)).toEqual([{ name: 'Brannor', aliases: ['Bran', 'Brannie'], colour: 1 }]);

  await asRoot(
    `insert into mgmt.invites (tenant_id, role, invited_by, discord_id, expires_at)
     select tenant_id, 'viewer', id, $2, now() + interval '1 day' from mgmt.users where discord_id = $1`,
    [mara.id, carol.id],
  );
  const player = await enter(carol);
  const refused = await player.goto(`${stack.appUrl}/campaigns/${campaign}/players`);
  expect(refused?.status()).toBe(403);
  await player.goto(`${stack.appUrl}/sessions/search`);
  await player.getByRole('link', { name: '„Greta“ suchen' }).waitFor();
  await player.getByLabel('Gesagte Wörter').fill('key');
  await player.getByRole('button', { name: 'Suchen' }).click();
  await player.getByText('Brannor').first().waitFor();
  await player.locator('mark', { hasText: 'key' }).waitFor();
  await player.getByLabel('Gesagte Wörter').fill('wolf');
  await player.getByRole('button', { name: 'Suchen' }).click();
  await player.getByRole('heading', { name: '„wolf“' }).waitFor();
  await player.context().close();
  await owner.context().close();
});
