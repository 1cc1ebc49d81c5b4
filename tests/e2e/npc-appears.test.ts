// An NPC appears in a second campaign, follows its home there, and is taken out again.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asRoot, closeDatabase } from '../lib/database.ts';
import { stack } from '../lib/environment.ts';
import { newPerson } from '../lib/people.ts';
import { type Device, expectAccessible, launchBrowser, newWindow, picture, signInWithDiscord } from './browser.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await closeDatabase();
});

const devices: Device[] = ['desktop', 'phone'];
test.each(devices)('an NPC appears in a further campaign and follows its home (%s)', async (device) => {
  const mara = await newPerson('Mara');
  const { page, errors } = await newWindow(browser, device);
  await signInWithDiscord(page, mara);
  const [{ tenant }] = (await asRoot<{ tenant: string }>(
    'select tenant_id as tenant from mgmt.users where discord_id = $1',
    [mara.id],
  )) as [{ tenant: string }];
  await asRoot(
    `update mgmt.subscriptions set plan_id = 'guild', status = 'active', trial_end = null where tenant_id = $1`,
    [tenant],
  );
  const campaign = async (name: string): Promise<string> => {
    const [row] = await asRoot<{ id: string }>(
      'insert into mgmt.campaigns (tenant_id, name) values ($1, $2) returning id',
      [tenant, name],
    );
    return row!.id;
  };
  const [crown, rabenheim] = [await campaign('The Sunken Crown'), await campaign('Rabenheim')];
  const [greta] = await asRoot<{ id: string }>(
    `insert into public.npc_definitions (id, tenant_id, campaign_id, name, personality)
     values (gen_random_uuid()::text, $1, $2, 'Greta', 'You are old.') returning id`,
    [tenant, crown],
  );
  const there = async () =>
    (await asRoot<{ name: string }>('select name from public.npc_definitions where campaign_id = $1', [rabenheim])).map(
      ({ name }) => name,
    );

  await page.goto(`${stack.appUrl}/campaigns/${crown}/npcs`);
  await page.getByRole('button', { name: 'Actions for Greta' }).click();
  await page.getByRole('menuitem', { name: 'Also in another campaign' }).click();
  await page.getByRole('heading', { name: 'Also appears in' }).waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Let appear: Rabenheim' }).click();
  await page.getByText('Greta appears there now.').waitFor();
  expect(await there()).toEqual(['Greta']);
  await page.getByRole('button', { name: 'Take out: Rabenheim' }).waitFor();
  await picture(page, device, 'npc-also-in');
  await page.goto(`${stack.appUrl}/campaigns/${crown}/npcs`);
  await page.getByText('Also in 1 campaign').waitFor();

  await page.goto(`${stack.appUrl}/campaigns/${rabenheim}/npcs`);
  await page.getByText('From The Sunken Crown').waitFor();
  expect(await page.getByRole('button', { name: 'Actions for Greta' }).count(), 'nothing to do to it here').toBe(0);
  await page.getByRole('link', { name: 'Greta' }).click();
  await page.getByText('Greta is at home in The Sunken Crown').waitFor();
  await expectAccessible(page);
  await picture(page, device, 'npc-appearance');
  await page.getByRole('link', { name: 'Open in The Sunken Crown' }).click();
  await page.waitForURL(`**/campaigns/${crown}/npcs/${greta!.id}`);
  await page.goto(`${stack.appUrl}/campaigns/${crown}/npcs/${greta!.id}?part=advanced`);
  await page.getByRole('button', { name: 'Take out: Rabenheim' }).click();
  await page.getByText('Greta no longer appears there.').waitFor();
  expect(await there()).toEqual([]);

  await asRoot(
    `insert into public.npc_definitions (id, tenant_id, campaign_id, name)
     values (gen_random_uuid()::text, $1, $2, 'Greta')`,
    [tenant, rabenheim],
  );
  await page.getByRole('button', { name: 'Let appear: Rabenheim' }).click();
  await page.getByRole('alert').getByText('name_taken').waitFor();
  expect(errors).toEqual([]);
  await page.context().close();
});
