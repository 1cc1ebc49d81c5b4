// The lore of a campaign: pages are written, put in order by keys, found, binned and brought back; two people write the same page.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asRoot, closeDatabase } from '../lib/database.ts';
import { stack } from '../lib/environment.ts';
import { newPerson, type Person } from '../lib/people.ts';
import {
  type Device,
  expectAccessible,
  launchBrowser,
  newPage,
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

/** A campaign with Greta in it. */
async function world(person: Person): Promise<{ lore: string; campaign: string; greta: string }> {
  const [row] = await asRoot<{ id: string; tenant_id: string }>(
    `insert into mgmt.campaigns (tenant_id, name, language)
     select tenant_id, 'Rabenheim', 'en' from mgmt.users where discord_id = $1 returning id, tenant_id`,
    [person.id],
  );
  const [npc] = await asRoot<{ id: string }>(
    `insert into public.npc_definitions (id, tenant_id, campaign_id, name)
     values (gen_random_uuid()::text, $1, $2, 'Greta') returning id`,
    [row!.tenant_id, row!.id],
  );
  return { lore: `${stack.appUrl}/campaigns/${row!.id}/lore`, campaign: row!.id, greta: npc!.id };
}

/** Titles as the table has them, in order. */
const titles = async (campaign: string): Promise<string[]> =>
  (
    await asRoot<{ title: string }>(
      `select title from mgmt.campaign_lore where campaign_id = $1 and deleted_at is null order by sort_order, created_at`,
      [campaign],
    )
  ).map(({ title }) => title);

const contentOf = async (campaign: string, title: string): Promise<string | undefined> =>
  (
    await asRoot<{ content: string }>('select content from mgmt.campaign_lore where campaign_id = $1 and title = $2', [
      campaign,
      title,
    ])
  )[0]?.content;

/** A save comes a second and a half after the last key. */
const soon = <T>(read: () => Promise<T>) => expect.poll(read);

const saved = (page: Page) => page.locator('[data-save-state=saved]').getByText('Saved').waitFor();

/** Makes a page and writes it; the editor saves by itself. */
async function write(page: Page, lore: string, title: string, text: string): Promise<void> {
  await page.goto(lore);
  await page.getByRole('button', { name: 'New page' }).click();
  await page.waitForURL(`${lore}/*`);
  // The new page's name is selected, so that typing replaces it.
  await page.waitForFunction(() => document.getSelection()?.toString() === 'Untitled page');
  await page.keyboard.type(title);
  await page.getByLabel('Text', { exact: true }).fill(text);
  await page.keyboard.press('Control+s');
  await saved(page);
}

const devices: Device[] = ['desktop', 'phone'];
test.each(devices)('three pages are written, ordered by keys, found, binned and brought back (%s)', async (device) => {
  const mara = await newPerson('Mara');
  const { page, errors } = await newWindow(browser, device);
  await signInWithDiscord(page, mara);
  const { lore, campaign, greta } = await world(mara);

  await page.goto(lore);
  await page
    .getByRole('heading', { name: 'What should you never have to look up' })
    .filter({ visible: true })
    .waitFor();
  await expectAccessible(page);
  await picture(page, device, 'lore-empty');
  await page.getByRole('button', { name: 'The town' }).filter({ visible: true }).click();
  await page.waitForURL(`${lore}/*`);
  expect(await page.getByLabel('Text', { exact: true }).inputValue()).toContain('## Who rules');
  await page.getByLabel('Title').fill('The village');
  const text = page.getByLabel('Text', { exact: true });
  await text.fill('');
  await text.pressSequentially('Home of @gre');
  await page.getByRole('option', { name: 'Greta' }).waitFor();
  await expectAccessible(page);
  await picture(page, device, 'lore-mention');
  await page.keyboard.press('Enter');
  await page.keyboard.type('since the flood.');
  expect(await text.inputValue()).toBe(`Home of [@Greta](npc:${greta}) since the flood.`);
  await saved(page);
  expect(await contentOf(campaign, 'The village')).toBe(`Home of [@Greta](npc:${greta}) since the flood.`);

  await write(page, lore, 'The old mine', 'Silver, <b>bats</b> and **nine** dead miners.');
  await page.getByRole('link', { name: 'Preview' }).click();
  const preview = page.getByRole('region', { name: 'Preview' });
  expect(await preview.locator('strong').innerText()).toBe('nine');
  expect(await preview.innerText()).toContain('<b>bats</b>');
  await picture(page, device, 'lore-preview');
  await write(page, lore, 'The harbour', 'Ships and gulls.');
  expect(await titles(campaign)).toEqual(['The village', 'The old mine', 'The harbour']);

  await page.goto(lore);
  const link = (title: string) => page.getByRole('listitem').getByRole('link', { name: title }).first();
  await link('The harbour').focus();
  await page.keyboard.press('Alt+ArrowUp');
  await page.getByText('The harbour: 2 of 3').waitFor();
  await page.keyboard.press('Alt+ArrowUp');
  await page.getByText('The harbour: 1 of 3').waitFor();
  await soon(() => titles(campaign)).toEqual(['The harbour', 'The village', 'The old mine']);
  await page.reload();
  const listed = () =>
    page
      .locator('[data-lore-list] li')
      .evaluateAll((rows) => rows.map((row) => row.querySelector('.type-name')?.textContent));
  expect(await listed()).toEqual(['The harbour', 'The village', 'The old mine']);
  await page.getByRole('link', { name: 'Change the order' }).click();
  await page.getByRole('button', { name: 'Move down: The harbour' }).click();
  await soon(() => titles(campaign)).toEqual(['The village', 'The harbour', 'The old mine']);
  await expectAccessible(page);
  await picture(page, device, 'lore-order');

  await page.goto(lore);
  await page.getByRole('searchbox', { name: 'Search the lore' }).fill('miner');
  await page.getByText('1 page found').waitFor();
  expect(await page.locator('[data-lore-list] mark').allInnerTexts()).toEqual(['miners']);
  expect(await page.locator('[data-lore-list] b').count()).toBe(0);
  await expectAccessible(page);
  await picture(page, device, 'lore-search');
  await page.getByRole('searchbox', { name: 'Search the lore' }).press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/lore\/[^?]+\?q=miner/);

  await page.getByRole('button', { name: 'Move to bin' }).click();
  await page.getByText('“The old mine” is in the bin.').waitFor();
  expect(await titles(campaign)).toEqual(['The village', 'The harbour']);
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText('“The old mine” is back in its place.').waitFor();
  expect(await titles(campaign)).toEqual(['The village', 'The harbour', 'The old mine']);
  expect(errors).toEqual([]);
  await page.context().close();
});

test('two windows: what only one changed is merged, the same text is asked about, and nothing typed is lost', async () => {
  const mara = await newPerson('Mara');
  const [here, there] = [await newWindow(browser, 'desktop'), await newWindow(browser, 'phone')];
  await signInWithDiscord(here.page, mara);
  const { lore, campaign } = await world(mara);
  await write(here.page, lore, 'The mine', 'Closed.');
  const address = here.page.url();
  await signInWithDiscord(there.page, mara);
  await there.page.goto(address);
  const text = (page: Page) => page.getByLabel('Text', { exact: true });

  await here.page.getByLabel('Title').fill('The silver mine');
  await saved(here.page);
  await soon(() => there.page.getByLabel('Title').inputValue()).toBe('The silver mine');

  await there.page.context().setOffline(true);
  await text(there.page).fill('Flooded.');
  await there.page.getByText('Kept on this device.').waitFor();
  await text(here.page).fill('Open again.');
  await soon(() => contentOf(campaign, 'The silver mine')).toBe('Open again.');
  await there.page.context().setOffline(false);
  await there.page.getByText('Text: changed by somebody else meanwhile').waitFor();
  await expectAccessible(there.page);
  await picture(there.page, 'phone', 'lore-conflict');
  expect(await text(there.page).inputValue()).toBe('Flooded.');
  await there.page.getByRole('button', { name: 'Both, one below the other' }).click();
  await soon(() => contentOf(campaign, 'The silver mine')).toBe('Flooded.\n\nOpen again.');
  await soon(() => text(here.page).inputValue()).toBe('Flooded.\n\nOpen again.');

  // The lid closes before the words are saved.
  const context = there.page.context();
  await context.setOffline(true);
  await text(there.page).fill('Flooded for good.');
  await there.page.getByText('Kept on this device.').waitFor();
  await there.page.close();
  await context.setOffline(false);
  const again = await newPage(context);
  await again.goto(address);
  await again.getByText('There is an unsaved version from').waitFor();
  expect(await text(again).inputValue()).toBe('Flooded.\n\nOpen again.');
  await picture(again, 'phone', 'lore-draft');
  await again.getByRole('button', { name: 'Use it' }).click();
  await soon(() => contentOf(campaign, 'The silver mine')).toBe('Flooded for good.');

  await here.page.getByRole('button', { name: 'Move to bin' }).click();
  await here.page.getByText('“The silver mine” is in the bin.').waitFor();
  await text(again).fill('Still writing.');
  await again.getByText('This page was moved to the bin elsewhere.').waitFor();
  await again.getByRole('button', { name: 'Restore' }).click();
  await soon(() => contentOf(campaign, 'The silver mine')).toBe('Still writing.');
  expect(await titles(campaign)).toEqual(['The silver mine']);
  expect([...here.errors, ...there.errors]).toEqual([]);
  await Promise.all([here.page.context().close(), context.close()]);
});

test('nothing written is lost: beside a refused title, beside an earlier draft, and where a search or the bin get no answer', async () => {
  const mara = await newPerson('Mara');
  const { page: first, errors } = await newWindow(browser, 'desktop');
  await signInWithDiscord(first, mara);
  const { lore, campaign } = await world(mara);
  await write(first, lore, 'The mine', 'Closed.');
  const address = first.url();
  const text = (page: Page) => page.getByLabel('Text', { exact: true });

  // A title that is missing waits; the text is saved.
  await first.getByLabel('Title').fill('');
  await text(first).fill('Open again.');
  await soon(() => contentOf(campaign, 'The mine')).toBe('Open again.');
  await first.locator('[data-save-state=refused]').waitFor();
  expect(await first.getByLabel('Title').getAttribute('aria-invalid')).toBe('true');
  await first.getByLabel('Title').fill('The silver mine');
  await saved(first);
  expect(await titles(campaign)).toEqual(['The silver mine']);
  expect(await first.getByLabel('Title').getAttribute('aria-invalid')).toBe(null);

  // Who writes on beside an earlier draft still has it afterwards.
  const context = first.context();
  await context.setOffline(true);
  await text(first).fill('Flooded.');
  await first.getByText('Kept on this device.').waitFor();
  await first.close();
  await context.setOffline(false);
  const page = await newPage(context);
  page.on('pageerror', ({ message }) => errors.push(message));
  await page.goto(address);
  await page.getByText('There is an unsaved version from').waitFor();
  await text(page).fill('Dry.');
  await soon(() => contentOf(campaign, 'The silver mine')).toBe('Dry.');
  await page.reload();
  await page.getByRole('button', { name: 'Use it' }).click();
  await page.getByText('Text: changed by somebody else meanwhile').waitFor();
  await page.getByRole('button', { name: 'Keep mine' }).click();
  await soon(() => contentOf(campaign, 'The silver mine')).toBe('Flooded.');

  await saved(page);
  // Somebody else's edit is read anew on a line that is cut for a moment.
  let isCut = true;
  await page.route(/__data\.json/, async (route) => {
    if (!isCut) return route.continue();
    isCut = false;
    return route.abort();
  });
  await asRoot(`update mgmt.campaign_lore set title = 'The drowned mine' where campaign_id = $1`, [campaign]);
  await soon(() => page.getByLabel('Title').inputValue()).toBe('The drowned mine');
  expect(isCut).toBe(false);

  await page.route(/\?\/bin$/, (route) => route.abort());
  await page.getByRole('button', { name: 'Move to bin' }).click();
  await page.getByText('No answer in time.').waitFor();
  expect(page.url()).toBe(address);

  // A blank at the end of what was asked is the beginning of the next word.
  const search = page.getByRole('searchbox', { name: 'Search the lore' });
  await search.pressSequentially('drowned ');
  await page.waitForURL(/q=drowned$/);
  await page.getByText('1 page found').waitFor();
  await search.pressSequentially('mine');
  await page.waitForURL(/q=drowned\+mine$/);
  expect(await search.inputValue()).toBe('drowned mine');
  expect(errors).toEqual([]);
  await context.close();
});

test('the editor at its edges: an ñ by AltGr, a long list of names, and a text of three chapters that is cut into pages', async () => {
  const mara = await newPerson('Mara');
  const { page, errors } = await newWindow(browser, 'desktop');
  await signInWithDiscord(page, mara);
  const { lore, campaign } = await world(mara);
  await asRoot(
    `insert into public.npc_definitions (id, tenant_id, campaign_id, name)
     select gen_random_uuid()::text, tenant_id, id, 'Guard ' || number
     from mgmt.campaigns, generate_series(1, 8) as number where id = $1`,
    [campaign],
  );
  await write(page, lore, 'One', 'Short.');
  const address = page.url();
  const text = page.getByLabel('Text', { exact: true });

  // As a file may bring it.
  await asRoot(`update mgmt.campaign_lore set metadata = '{"tags": ["North", "North"]}' where campaign_id = $1`, [
    campaign,
  ]);
  await page.reload();
  await text.waitFor();
  expect(await page.locator('input[name=tags][type=checkbox]').count()).toBe(1);

  // As a keyboard sends it whose AltGr with N is an ñ.
  const written = await text.evaluate((area) =>
    area.dispatchEvent(
      new KeyboardEvent('keydown', {
        code: 'KeyN',
        key: 'ñ',
        ctrlKey: true,
        altKey: true,
        modifierAltGraph: true,
        bubbles: true,
        cancelable: true,
      }),
    ),
  );
  expect(written).toBe(true);

  await text.fill('');
  await text.pressSequentially('@guard');
  await page.getByRole('option', { name: 'Guard 8' }).waitFor();
  await page.keyboard.press('ArrowUp');
  const last = page.locator('#mentions [aria-selected=true]');
  expect(await last.innerText()).toContain('Guard 8');
  await soon(() =>
    last.evaluate(
      (option) => option.getBoundingClientRect().bottom <= option.parentElement!.getBoundingClientRect().bottom,
    ),
  ).toBe(true);

  const chapter = (title: string, length: number) => `# ${title}\n${'Word. '.repeat(length / 6)}\n`;
  await text.fill(chapter('One', 90_000) + chapter('Two', 90_000) + chapter('Three', 30_000));
  await page.getByRole('button', { name: 'Split at a heading' }).click();
  await soon(() => titles(campaign)).toEqual(['One', 'Two']);
  await soon(() => text.inputValue().then((value) => value.includes('# Two'))).toBe(false);
  expect(page.url()).toBe(address);
  await page.getByRole('button', { name: 'Split at a heading' }).click();
  await page.waitForURL((url) => url.href.startsWith(lore) && url.href !== address);
  expect(await titles(campaign)).toEqual(['One', 'Two', 'Three']);
  expect((await contentOf(campaign, 'One'))?.length).toBeGreaterThan(90_000);
  expect(await contentOf(campaign, 'Two')).toContain('# Two');
  expect(errors).toEqual([]);
  await page.context().close();
});

test('without scripts, in German: a page is made, written, previewed, moved, binned and brought back', async () => {
  const mara = await newPerson('Mara');
  const page = await newPlainPage(browser);
  await signInWithDiscord(page, mara);
  const { lore, campaign, greta } = await world(mara);

  await page.goto(lore);
  await page.getByRole('button', { name: 'Neue Seite' }).click();
  await page.getByLabel('Titel').fill('Die Mine');
  await page.getByLabel('Text', { exact: true }).fill(`**Silber** und [@Alt](npc:${greta}).`);
  await page.getByRole('textbox', { name: 'Schlagwort dazu' }).fill('Norden');
  await page.locator(`input[name=npcs][value="${greta}"]`).check({ force: true });
  await page.getByRole('button', { name: 'Speichern' }).click();
  await page.getByText('Gespeichert').waitFor();
  expect(
    await asRoot('select title, content, metadata from mgmt.campaign_lore where campaign_id = $1', [campaign]),
  ).toEqual([
    {
      title: 'Die Mine',
      content: `**Silber** und [@Alt](npc:${greta}).`,
      metadata: { tags: ['Norden'], related_npcs: [greta] },
    },
  ]);
  await page.getByRole('link', { name: 'Vorschau' }).click();
  const preview = page.getByRole('region', { name: 'Vorschau' });
  expect(await preview.innerText()).toBe('Silber und Greta.');

  // Somebody else saves meanwhile: both texts are shown, and the next save is meant.
  await page.getByRole('link', { name: 'Schreiben' }).click();
  await asRoot(`update mgmt.campaign_lore set content = 'Gold.' where campaign_id = $1`, [campaign]);
  await page.getByLabel('Text', { exact: true }).fill('Kupfer.');
  await page.getByRole('button', { name: 'Speichern' }).click();
  await page.getByText('Jemand anderes hat diese Seite inzwischen gespeichert').waitFor();
  await page.getByText('Gold.').waitFor();
  expect(await page.getByLabel('Text', { exact: true }).inputValue()).toBe('Kupfer.');
  await page.getByRole('button', { name: 'Speichern' }).click();
  await page.getByText('Gespeichert').waitFor();
  expect(await contentOf(campaign, 'Die Mine')).toBe('Kupfer.');

  await page.goto(lore);
  await page.getByRole('button', { name: 'Neue Seite' }).click();
  await page.goto(`${lore}?order`);
  await page.getByRole('button', { name: 'Nach oben: Seite ohne Titel' }).click();
  await soon(() => titles(campaign)).toEqual(['Seite ohne Titel', 'Die Mine']);
  await page.getByRole('link', { name: 'Die Mine' }).first().click();
  await page.getByRole('button', { name: 'In den Papierkorb' }).click();
  await page.getByText('„Die Mine“ liegt im Papierkorb.').waitFor();
  await page.getByRole('link', { name: 'Papierkorb' }).click();
  await page.getByText('noch 30 Tage').waitFor();
  await page.getByRole('button', { name: 'Wiederherstellen: Die Mine' }).click();
  await page.getByText('„Die Mine“ ist wieder an seinem Platz.').waitFor();
  expect(await titles(campaign)).toEqual(['Seite ohne Titel', 'Die Mine']);
  await page.context().close();
});
