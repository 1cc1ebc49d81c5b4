// An NPC leaves play and comes back the same: by its menu with an undo, from the bin, and as forms without scripts.
import type { Browser } from 'playwright-core';
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

/** A campaign with these NPCs, on a plan that plays two. */
async function cast(person: Person, names: string[]): Promise<{ list: string; ids: string[] }> {
  const [row] = await asRoot<{ id: string; tenant_id: string }>(
    `insert into mgmt.campaigns (tenant_id, name, language)
     select tenant_id, 'Rabenheim', 'en' from mgmt.users where discord_id = $1 returning id, tenant_id`,
    [person.id],
  );
  await asRoot(
    `update mgmt.subscriptions set plan_id = 'apprentice', status = 'active', trial_end = null where tenant_id = $1`,
    [row!.tenant_id],
  );
  const ids: string[] = [];
  for (const name of names) {
    const [npc] = await asRoot<{ id: string }>(
      `insert into public.npc_definitions (id, tenant_id, campaign_id, name, personality)
       values (gen_random_uuid()::text, $1, $2, $3, 'You are old.') returning id`,
      [row!.tenant_id, row!.id, name],
    );
    ids.push(npc!.id);
  }
  return { list: `${stack.appUrl}/campaigns/${row!.id}/npcs`, ids };
}

const inPlay = async (ids: string[]) =>
  (await asRoot<{ id: string }>('select id from public.npc_definitions where id = any($1)', [ids])).map(({ id }) => id);

const devices: Device[] = ['desktop', 'phone'];
test.each(devices)('an NPC is set aside, binned and brought back as the same one (%s)', async (device) => {
  const mara = await newPerson('Mara');
  const { page, errors } = await newWindow(browser, device);
  await signInWithDiscord(page, mara);
  const { list, ids } = await cast(mara, ['Greta', 'Karl']);
  const [greta] = ids as [string];

  await page.goto(list);
  await page.getByRole('button', { name: 'Actions for Greta' }).click();
  await page.getByRole('menuitem', { name: 'Move to bin' }).click();
  await page.getByText('Greta is in the bin.').waitFor();
  expect(await inPlay([greta])).toEqual([]);
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText('Greta is back.').waitFor();
  expect(await inPlay([greta])).toEqual([greta]);

  await page.goto(`${list}/${greta}?part=advanced`);
  await page.getByRole('heading', { name: 'Take out of play' }).scrollIntoViewIfNeeded();
  await expectAccessible(page);
  await picture(page, device, 'npc-out-of-play');
  await page.getByRole('button', { name: 'Set aside' }).click();
  await page.getByText('Greta is set aside.').waitFor();
  await page.waitForURL(list);
  await page.getByRole('link', { name: 'Set aside' }).click();
  await page.getByRole('button', { name: 'Move to bin: Greta' }).waitFor();
  await expectAccessible(page);
  await picture(page, device, 'npcs-aside');

  const [{ tenant_id: tenant, campaign_id: campaign }] = (await asRoot<{ tenant_id: string; campaign_id: string }>(
    'select tenant_id, campaign_id from mgmt.npcs_aside where id = $1',
    [greta],
  )) as [{ tenant_id: string; campaign_id: string }];
  await asRoot(
    `insert into public.npc_definitions (id, tenant_id, campaign_id, name)
     values (gen_random_uuid()::text, $1, $2, 'Brannor')`,
    [tenant, campaign],
  );
  await page.getByRole('button', { name: 'Restore: Greta' }).click();
  await page.getByRole('alert').getByText('npc_limit').waitFor();
  await picture(page, device, 'npcs-aside-refused');
  await page.getByRole('button', { name: 'Move to bin: Greta' }).click();
  await page.getByText('Nobody is set aside.').waitFor();
  await page.getByRole('link', { name: 'Bin' }).click();
  await page.getByText('30 days left in the bin').waitFor();
  await expectAccessible(page);
  await picture(page, device, 'npcs-bin');
  await asRoot(`delete from public.npc_definitions where tenant_id = $1 and name = 'Brannor'`, [tenant]);
  await page.getByRole('button', { name: 'Restore: Greta' }).click();
  await page.getByText('The bin is empty.').waitFor();
  expect(await inPlay([greta])).toEqual([greta]);
  expect(errors).toEqual([]);
  await page.context().close();
});

test('without scripts, in German: the editor sets aside, the list brings back', async () => {
  const mara = await newPerson('Mara');
  const page = await newPlainPage(browser);
  await signInWithDiscord(page, mara);
  const { list, ids } = await cast(mara, ['Greta']);

  await page.goto(`${list}/${ids[0]}?part=advanced`);
  await page.getByRole('button', { name: 'Zur Seite stellen' }).click();
  await page.getByText('Greta ist zur Seite gestellt.').waitFor();
  expect(await inPlay(ids)).toEqual([]);
  await page.getByRole('link', { name: 'Zur Seite gestellt' }).click();
  await page.getByRole('button', { name: 'In den Papierkorb: Greta' }).click();
  await page.getByText('Greta liegt im Papierkorb.').waitFor();
  await page.getByRole('link', { name: 'Papierkorb' }).click();
  await page.getByText('noch 30 Tage im Papierkorb').waitFor();
  await page.getByRole('button', { name: 'Wiederherstellen: Greta' }).click();
  await page.getByText('Greta ist zurück.').waitFor();
  expect(await inPlay(ids)).toEqual(ids);
  await page.context().close();
});
