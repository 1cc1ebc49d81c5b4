// A campaign goes out as a file and comes in again: with its pages, links and NPCs, or not at all.
import { readFileSync } from 'node:fs';
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

interface Bundle {
  campaign: { name: string };
  npcs: { id: string; name: string; personality: string }[];
  lore: { title: string; content: string }[];
}

/** Rabenheim with Greta and three pages, of which the first names her and the second. */
async function rabenheim(person: Person): Promise<string> {
  const [row] = await asRoot<{ id: string; tenant_id: string }>(
    `insert into mgmt.campaigns (tenant_id, name, language, system)
     select tenant_id, 'Rabenheim', 'en', 'Das Schwarze Auge' from mgmt.users where discord_id = $1 returning id, tenant_id`,
    [person.id],
  );
  const place = [row!.tenant_id, row!.id];
  const [greta] = await asRoot<{ id: string }>(
    `insert into public.npc_definitions (id, tenant_id, campaign_id, name, personality)
     values (gen_random_uuid()::text, $1, $2, 'Greta', 'You are old.') returning id`,
    place,
  );
  const page = async (title: string, content: string, order: number): Promise<string> => {
    const [made] = await asRoot<{ id: string }>(
      `insert into mgmt.campaign_lore (tenant_id, campaign_id, title, content, sort_order)
       values ($1, $2, $3, $4, $5) returning id`,
      [...place, title, content, order],
    );
    return made!.id;
  };
  const mine = await page('The mine', 'Closed.', 2);
  await page('The village', `[@Greta](npc:${greta!.id}) and [@The mine](page:${mine}).`, 1);
  await page('The harbour', 'Ships.', 3);
  return row!.id;
}

const campaigns = async (person: Person): Promise<string[]> =>
  (
    await asRoot<{ name: string }>(
      `select name from mgmt.campaigns where tenant_id = (select tenant_id from mgmt.users where discord_id = $1)
         and archived_at is null order by name`,
      [person.id],
    )
  ).map(({ name }) => name);

const choose = (page: Page, bundle: unknown) =>
  page.getByLabel('Choose the file').setInputFiles({
    name: 'rabenheim.glyphoxa.json',
    mimeType: 'application/json',
    buffer: Buffer.from(typeof bundle === 'string' ? bundle : JSON.stringify(bundle)),
  });

const devices: Device[] = ['desktop', 'phone'];
test.each(devices)('a campaign goes out as a file and comes in again, whole or not at all (%s)', async (device) => {
  const mara = await newPerson('Mara');
  const { page, errors } = await newWindow(browser, device);
  await signInWithDiscord(page, mara);
  const id = await rabenheim(mara);

  await page.goto(`${stack.appUrl}/campaigns/${id}/settings`);
  await page.getByRole('link', { name: 'Export' }).click();
  await page.getByText('Whoever has this file reads all secrets.').waitFor();
  await expectAccessible(page);
  await picture(page, device, 'campaign-export');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download the file' }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^rabenheim-\d{4}-\d\d-\d\d\.glyphoxa\.json$/);
  const bundle = JSON.parse(readFileSync(await download.path(), 'utf8')) as Bundle;
  expect(bundle.lore.map(({ title }) => title)).toEqual(['The village', 'The mine', 'The harbour']);
  expect(bundle.npcs.map(({ name }) => name)).toEqual(['Greta']);
  await page.getByLabel('NPCs with their secrets').uncheck();
  const [slim] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download the file' }).click(),
  ]);
  expect((JSON.parse(readFileSync(await slim.path(), 'utf8')) as Bundle).npcs).toEqual([]);

  // The trial plays two campaigns, and both are there.
  await page.goto(`${stack.appUrl}/campaigns`);
  await page.getByRole('link', { name: 'Import' }).click();
  await page.getByText('Your plan plays 2 campaigns, and you have them.').waitFor();
  await choose(page, bundle);
  await page.getByRole('heading', { name: 'Rabenheim' }).waitFor();
  expect(await page.getByRole('button', { name: 'Import' }).isDisabled()).toBe(true);
  await expectAccessible(page);
  await picture(page, device, 'campaign-import-full');
  await asRoot(
    `update mgmt.campaigns set archived_at = now() where id <> $1
       and tenant_id = (select tenant_id from mgmt.users where discord_id = $2)`,
    [id, mara.id],
  );
  await page.getByText('Your plan plays 2 campaigns, and you have them.').waitFor({ state: 'detached' });

  await choose(page, '{ "half": ');
  await page.getByText('This is no JSON file').waitFor();
  await choose(page, { ...bundle, lore: [...bundle.lore, { title: 'x'.repeat(201) }] });
  await page.getByRole('button', { name: 'Import' }).click();
  await page.getByText('Page 4, field title: longer than 200 characters. Nothing was imported.').waitFor();
  expect(await campaigns(mara)).toEqual(['Rabenheim']);
  await expectAccessible(page);
  await picture(page, device, 'campaign-import-refused');

  await choose(page, bundle);
  await page.getByText('You have a campaign called Rabenheim already.').waitFor();
  await picture(page, device, 'campaign-import-preview');
  await page.getByRole('button', { name: 'Import' }).click();
  await page.getByText('Imported: 1 NPC, 3 pages, 0 characters.').waitFor();
  await page.getByRole('heading', { name: 'Rabenheim (2)' }).waitFor();
  await expectAccessible(page);
  await picture(page, device, 'campaign-imported');
  expect(await campaigns(mara)).toEqual(['Rabenheim', 'Rabenheim (2)']);
  const imported = /campaigns\/([^/?]+)/.exec(page.url())![1]!;
  expect(
    await asRoot('select title from mgmt.campaign_lore where campaign_id = $1 order by sort_order', [imported]),
  ).toEqual([{ title: 'The village' }, { title: 'The mine' }, { title: 'The harbour' }]);
  expect(
    await asRoot('select name, personality from public.npc_definitions where campaign_id = $1', [imported]),
  ).toEqual([{ name: 'Greta', personality: 'You are old.' }]);

  // Links lead to the copies.
  await page.goto(`${stack.appUrl}/campaigns/${imported}/lore`);
  await page.getByRole('listitem').getByRole('link', { name: 'The village' }).first().click();
  await page.getByRole('link', { name: 'Preview' }).click();
  await page.getByRole('region', { name: 'Preview' }).getByRole('link', { name: 'The mine' }).click();
  await page.waitForURL(new RegExp(`/campaigns/${imported}/lore/`));
  await page.getByRole('heading', { name: 'Mentioned in' }).waitFor();
  expect(errors).toEqual([]);
  await page.context().close();
});

test('without scripts, in German: a wrong file is refused in words, a good one comes in', async () => {
  const mara = await newPerson('Mara');
  const page = await newPlainPage(browser);
  await signInWithDiscord(page, mara);
  const bundle = {
    format: 'glyphoxa.campaign',
    version: 1,
    campaign: { name: 'Die Mine' },
    lore: [{ title: 'Silber' }],
  };
  const send = async (content: unknown) => {
    await page.locator('input[type=file]').setInputFiles({
      name: 'mine.json',
      mimeType: 'application/json',
      buffer: Buffer.from(JSON.stringify(content)),
    });
    await page.getByRole('button', { name: 'Importieren' }).click();
  };
  await page.goto(`${stack.appUrl}/campaigns/import`);
  await send({ ...bundle, lore: [{ title: 'x'.repeat(201) }] });
  await page.getByText('Seite 1, Feld title: länger als 200 Zeichen. Nichts wurde importiert.').waitFor();
  await send([]);
  await page.getByText('Das ist keine Kampagnen-Datei.').waitFor();
  await send(bundle);
  await page.getByText('Importiert: 0 NSCs, 1 Seite, 0 Figuren.').waitFor();
  expect(await campaigns(mara)).toContain('Die Mine');
  await page.context().close();
});
