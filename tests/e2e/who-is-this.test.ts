// While reading, a Dungeon Master says who somebody plays without leaving the page; a Player is not asked.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { play } from '../content/table.ts';
import { asRoot, closeDatabase } from '../lib/database.ts';
import { stack } from '../lib/environment.ts';
import type { Person, SignedIn } from '../lib/people.ts';
import { join, newOwner, tenantOf } from '../sessions/table.ts';
import {
  type Device,
  expectAccessible,
  gotoListening,
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

const [luke, miriam] = ['201847362910584242', '201847362910584243'];

interface Table {
  mara: SignedIn;
  tenant: string;
  campaign: string;
  session: string;
}

/** A session in which two people spoke whom nobody knows. */
async function newTable(): Promise<Table> {
  const mara = await newOwner('Mara');
  const { tenant, campaign } = await tenantOf(mara);
  const session = await play(tenant, campaign, [
    { text: 'Who has the key?', by: 'luk_42', speakerId: luke },
    { text: 'It hangs in the silver mine.', by: 'Greta', npc: true },
    { text: 'Then we go there.', by: 'luk_42', speakerId: luke },
    { text: 'I stay here.', by: 'miri', speakerId: miriam },
  ]);
  return { mara, tenant, campaign, session };
}

const cast = (campaign: string): Promise<unknown> =>
  asRoot('select discord_id, name from mgmt.campaign_characters where campaign_id = $1 order by name', [campaign]);
const names = (page: Page) => page.locator('article .name').allTextContents();

/** What only scripts do is there: a press is answered on the page. */
const scripted = (page: Page) => page.getByRole('button', { name: 'Time of day' }).waitFor();

const devices: Device[] = ['desktop', 'phone'];
test.each(devices)('a line asks who that is, and shows the character afterwards (%s)', async (device) => {
  const { mara, campaign, session } = await newTable();
  const { page, errors } = await newWindow(browser, device);
  await signInWithDiscord(page, mara.person);
  await gotoListening(page, `${stack.appUrl}/sessions/${session}`);
  await scripted(page);
  const offers = page.getByRole('link', { name: 'luk_42 Who is this?' });
  expect(await offers.count()).toBe(2);
  await expectAccessible(page);
  await picture(page, device, 'who-is-this-lines');

  await offers.last().focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Who is luk_42?' });
  await dialog.getByText('Then we go there.').waitFor();
  await expectAccessible(page);
  await picture(page, device, 'who-is-this');
  const field = dialog.getByLabel('Plays');
  await expect.poll(() => field.evaluate((input) => input === document.activeElement)).toBe(true);
  await field.fill('Brannor');
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  expect(new URL(page.url()).pathname).toBe(`/sessions/${session}`);
  await expect.poll(() => names(page)).toEqual(['Brannor', 'Greta', 'Brannor', 'miri']);
  expect(await offers.count()).toBe(0);
  expect(await cast(campaign)).toEqual([{ discord_id: luke, name: 'Brannor' }]);

  // What others say shows by itself, and who says it first is not overruled.
  await mara.client.from('campaign_characters').delete().eq('campaign_id', campaign);
  await expect.poll(() => names(page)).toEqual(['luk_42', 'Greta', 'luk_42', 'miri']);
  const sayElsewhere = async (discord_id: string, name: string) => {
    const { error } = await mara.client.from('campaign_characters').insert({ campaign_id: campaign, discord_id, name });
    expect(error).toBeNull();
  };
  await sayElsewhere(luke, 'Brannor');
  await expect.poll(() => names(page)).toEqual(['Brannor', 'Greta', 'Brannor', 'miri']);
  await page.getByRole('link', { name: 'miri Who is this?' }).click();
  const other = page.getByRole('dialog', { name: 'Who is miri?' });
  await other.getByLabel('Plays').fill('brannor');
  await other.getByText('Somebody already is brannor.').waitFor();
  await sayElsewhere(miriam, 'Talia');
  await expect.poll(() => names(page)).toEqual(['Brannor', 'Greta', 'Brannor', 'Talia']);
  await other.getByRole('button', { name: 'Save', exact: true }).click();
  await other.getByRole('alert').getByText('Somebody saved this in the meantime.').waitFor();
  expect(await other.getByLabel('Plays').inputValue()).toBe('brannor');
  await page.keyboard.press('Escape');
  await other.waitFor({ state: 'detached' });
  expect(await cast(campaign)).toEqual([
    { discord_id: luke, name: 'Brannor' },
    { discord_id: miriam, name: 'Talia' },
  ]);
  expect(errors).toEqual([]);
  await page.context().close();
});

test('without scripts, in German: the line leads to the page of players; a Player is not asked', async () => {
  const { tenant, mara, campaign, session } = await newTable();
  const carol = await join(tenant, 'Carol', 'viewer');
  for (const { client } of [mara, carol]) {
    const { error } = await client.rpc('update_preferences', { patch: { language: 'de' } });
    expect(error).toBeNull();
  }
  const enter = async (person: Person): Promise<Page> => {
    const page = await newPlainPage(browser);
    await signInWithDiscord(page, person);
    await page.goto(`${stack.appUrl}/sessions/${session}`);
    return page;
  };
  const player = await enter(carol.person);
  await player.getByText('Who has the key?').waitFor();
  expect(await player.content()).not.toContain('/players');

  const owner = await enter(mara.person);
  await owner.getByRole('link', { name: 'luk_42 Wer ist das?' }).first().click();
  await owner.waitForURL(`${stack.appUrl}/campaigns/${campaign}/players#p-${luke}`);
  const row = owner.getByRole('group', { name: 'luk_42' });
  await row.getByLabel('Spielt').fill('Brannor');
  await row.getByRole('button', { name: 'Speichern' }).click();
  await owner.getByText('Brannor ist gespeichert.').waitFor();
  await owner.goto(`${stack.appUrl}/sessions/${session}`);
  expect(await names(owner)).toEqual(['Brannor', 'Greta', 'Brannor', 'miri']);
  await player.reload();
  expect(await names(player)).toEqual(['Brannor', 'Greta', 'Brannor', 'miri']);
  await player.context().close();
  await owner.context().close();
});
