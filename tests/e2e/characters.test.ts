// Two people say who somebody plays: what one of them saved meanwhile is shown, and not overwritten unseen.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { play } from '../content/table.ts';
import { asRoot, closeDatabase } from '../lib/database.ts';
import { stack } from '../lib/environment.ts';
import type { SignedIn } from '../lib/people.ts';
import { newOwner, tenantOf } from '../sessions/table.ts';
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

const [luke, miriam] = ['201847362910584342', '201847362910584343'];

interface Table {
  mara: SignedIn;
  campaign: string;
  /** What somebody else does meanwhile, on another page. */
  elsewhere: (values: Record<string, unknown>) => Promise<void>;
}

/** Luke was heard and plays Torben; Miriam was heard, and nobody has said whom she plays. */
async function newTable(): Promise<Table> {
  const mara = await newOwner('Mara');
  const { tenant, campaign } = await tenantOf(mara);
  await play(tenant, campaign, [
    { text: 'Who has the key?', by: 'luk_42', speakerId: luke },
    { text: 'I stay here.', by: 'miri', speakerId: miriam },
  ]);
  const characters = () => mara.client.from('campaign_characters');
  const { error } = await characters().insert({ campaign_id: campaign, discord_id: luke, name: 'Torben' });
  expect(error).toBeNull();
  const elsewhere = async (values: Record<string, unknown>) => {
    const changed = await characters().update(values).eq('campaign_id', campaign).eq('discord_id', luke).select('id');
    expect(changed.data).toHaveLength(1);
  };
  return { mara, campaign, elsewhere };
}

async function lukeIn(campaign: string): Promise<unknown> {
  const [row] = await asRoot(
    'select name, aliases, colour from mgmt.campaign_characters where campaign_id = $1 and discord_id = $2',
    [campaign, luke],
  );
  return row;
}
const rowOf = (page: Page, name: string) => page.getByRole('group', { name });

const devices: Device[] = ['desktop', 'phone'];
test.each(devices)('what two change at once is decided by one of them (%s)', async (device) => {
  const { mara, campaign, elsewhere } = await newTable();
  const { page, errors } = await newWindow(browser, device);
  await signInWithDiscord(page, mara.person);
  await gotoListening(page, `${stack.appUrl}/campaigns/${campaign}/players`);
  const row = rowOf(page, 'luk_42');
  const name = row.getByLabel('Character', { exact: true });

  // The name was changed on both sides, the colour on theirs alone.
  await name.fill('Brannor');
  await elsewhere({ name: 'Bran', colour: 5 });
  const conflict = row.getByRole('alert');
  await conflict.getByText('Bran', { exact: true }).waitFor();
  expect(await name.inputValue()).toBe('Brannor');
  expect(await row.getByRole('radio', { checked: true }).getAttribute('value')).toBe('5');
  await expectAccessible(page);
  await picture(page, device, 'character-conflict');
  expect(await lukeIn(campaign)).toEqual({ name: 'Bran', aliases: [], colour: 5 });
  await conflict.getByRole('button', { name: 'Keep mine' }).press('Enter');
  await page.getByText('Brannor is saved.').waitFor();
  await conflict.waitFor({ state: 'detached' });
  expect(await lukeIn(campaign)).toEqual({ name: 'Brannor', aliases: [], colour: 5 });

  await name.fill('Branno');
  await elsewhere({ name: 'Talia' });
  await conflict.getByText('Talia', { exact: true }).waitFor();
  await conflict.getByRole('link', { name: 'Take theirs' }).click();
  await expect.poll(() => name.inputValue()).toBe('Talia');
  await conflict.waitFor({ state: 'detached' });
  expect(await lukeIn(campaign)).toEqual({ name: 'Talia', aliases: [], colour: 5 });

  // A name that somebody else goes by is said, and taken all the same.
  await rowOf(page, 'miri').getByRole('textbox', { name: 'Add a name' }).fill('talia');
  await page.keyboard.press('Enter');
  await rowOf(page, 'miri').getByText('luk_42 already is talia.').waitFor();
  expect(errors).toEqual([]);
  await page.context().close();
});

test('who hears of nothing is told when saving', async () => {
  const { mara, campaign, elsewhere } = await newTable();
  const { page, errors } = await newWindow(browser, 'desktop');
  await page.routeWebSocket(/\/realtime\/v1\/websocket/, (socket) => socket.close());
  await signInWithDiscord(page, mara.person);
  await page.goto(`${stack.appUrl}/campaigns/${campaign}/players`);
  await page.getByRole('button', { name: 'Account menu' }).waitFor();
  const row = rowOf(page, 'luk_42');
  await elsewhere({ name: 'Bran' });
  await row.getByLabel('Character', { exact: true }).fill('Brannor');
  await page.keyboard.press('Tab');
  await row.getByRole('alert').getByText('Bran', { exact: true }).waitFor();
  expect(await row.getByLabel('Character', { exact: true }).inputValue()).toBe('Brannor');
  expect(await lukeIn(campaign)).toMatchObject({ name: 'Bran' });

  // What only they changed comes along with the next save.
  await row.getByRole('button', { name: 'Keep mine' }).click();
  await page.getByText('Brannor is saved.').waitFor();
  await elsewhere({ colour: 7 });
  await row.getByRole('textbox', { name: 'Add a name' }).fill('Bran');
  await page.keyboard.press('Enter');
  await expect.poll(() => lukeIn(campaign)).toEqual({ name: 'Brannor', aliases: ['Bran'], colour: 7 });
  expect(await row.getByRole('alert').count()).toBe(0);
  expect(errors).toEqual([]);
  await page.context().close();
});

test('without scripts, in German: the text is kept beside what stands, and saved knowingly', async () => {
  const { mara, campaign, elsewhere } = await newTable();
  const { error } = await mara.client.rpc('update_preferences', { patch: { language: 'de' } });
  expect(error).toBeNull();
  const page = await newPlainPage(browser);
  await signInWithDiscord(page, mara.person);
  await page.goto(`${stack.appUrl}/campaigns/${campaign}/players`);
  const row = rowOf(page, 'luk_42');
  await elsewhere({ name: 'Bran' });
  await row.getByLabel('Figur', { exact: true }).fill('Brannor');
  await row.getByRole('button', { name: 'Speichern' }).click();
  await row.getByText('Jemand anderes hat das inzwischen gespeichert.').waitFor();
  await row.getByText('Bran', { exact: true }).waitFor();
  expect(await row.getByLabel('Figur', { exact: true }).inputValue()).toBe('Brannor');
  expect(await lukeIn(campaign)).toMatchObject({ name: 'Bran' });
  await row.getByRole('button', { name: 'Meins behalten' }).click();
  await page.getByText('Brannor ist gespeichert.').waitFor();
  expect(await lukeIn(campaign)).toMatchObject({ name: 'Brannor' });
  await page.context().close();
});
