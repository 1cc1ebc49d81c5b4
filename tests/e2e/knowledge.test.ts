// What the world holds: read as a list, looked at as a map, mended by the Dungeon Master, without secrets for Players.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { play } from '../content/table.ts';
import { asGateway, asRoot, closeDatabase } from '../lib/database.ts';
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

interface World {
  tenant: string;
  campaign: string;
  map: string;
}

async function worldOf(person: Person): Promise<World> {
  const [row] = await asRoot<{ tenant: string; campaign: string }>(
    `select c.tenant_id as tenant, c.id as campaign
     from mgmt.campaigns c join mgmt.users u on u.tenant_id = c.tenant_id where u.discord_id = $1`,
    [person.id],
  );
  return { ...row!, map: `${stack.appUrl}/campaigns/${row!.campaign}/knowledge` };
}

async function setPlan({ tenant }: World, plan: string): Promise<void> {
  await asRoot(
    `update mgmt.subscriptions set plan_id = $2, status = 'active', trial_end = null
     where tenant_id = $1 and ended_at is null`,
    [tenant, plan],
  );
}

async function teach({ tenant, campaign }: World): Promise<void> {
  const session = await play(tenant, campaign, [
    { text: 'Good evening.', by: 'Greta', npc: true },
    { text: 'I trust no guard.', by: 'Greta', npc: true },
  ]);
  await asGateway(
    `insert into tenant_${tenant}.entities (campaign_id, id, type, name, attributes)
     select $1, id, type, name, facts::jsonb
     from (values ('greta', 'npc', 'Greta', '{"age": 70, "secret": "planted"}'), ('guard', 'faction', 'The Guard', '{}'),
       ('mine', 'location', 'The silver mine', '{}')) as e (id, type, name, facts)`,
    [campaign],
  );
  await asGateway(
    `insert into tenant_${tenant}.relationships (campaign_id, source_id, target_id, rel_type, provenance)
     values ($1, 'greta', 'guard', 'does_not_trust', jsonb_build_object('session_id', $2::text,
         'timestamp', '2026-05-03T19:00:06Z', 'confidence', 0.7)),
       ($1, 'greta', 'mine', 'owns', '{"dm_confirmed": true}')`,
    [campaign, session],
  );
}

const entries = async ({ tenant }: World): Promise<unknown> =>
  asRoot(`select id, name, type, attributes from tenant_${tenant}.entities order by id`);
const links = async ({ tenant }: World): Promise<unknown> =>
  asRoot(`select rel_type, provenance ->> 'dm_confirmed' as confirmed from tenant_${tenant}.relationships order by 1`);

const devices: Device[] = ['desktop', 'phone'];
test.each(devices)('the map is locked, empty, read, looked at and mended (%s)', async (device) => {
  const mara = await newPerson('Mara');
  const { page, errors } = await newWindow(browser, device);
  await signInWithDiscord(page, mara);
  const world = await worldOf(mara);
  await page.goto(world.map);
  await page.getByRole('heading', { name: 'A map of what your world holds' }).waitFor();
  await page.getByRole('link', { name: 'See plans' }).waitFor();
  await expectAccessible(page);
  await picture(page, device, 'knowledge-locked');
  await setPlan(world, 'dungeon_master');
  await page.goto(world.map);
  await page.getByRole('heading', { name: 'No data yet' }).waitFor();
  await teach(world);

  await page.goto(world.map);
  await page.getByText('3 entries, 2 links').waitFor();
  await page.getByRole('combobox', { name: 'Kind' }).selectOption({ label: 'Faction' });
  await page.getByText('1 of them here').waitFor();
  await page.getByRole('link', { name: 'Clear filters' }).click();
  await page.getByRole('link', { name: 'Greta' }).click();
  const panel = page.getByRole('complementary', { name: 'Entry' });
  await panel.getByText('planted').waitFor();
  await panel.getByText('70% sure').waitFor();
  await panel.getByText('I trust no guard.').waitFor();
  await expectAccessible(page);
  await picture(page, device, 'knowledge-entry');

  await panel.getByRole('button', { name: 'Confirm: Greta – does not trust – The Guard' }).click();
  await panel.getByRole('button', { name: 'Take back the confirmation: Greta – does not trust – The Guard' }).waitFor();
  expect(await links(world)).toEqual([
    { rel_type: 'does_not_trust', confirmed: 'true' },
    { rel_type: 'owns', confirmed: 'true' },
  ]);
  await panel.getByText('Correct', { exact: true }).click();
  await panel.getByLabel('Name', { exact: true }).fill('Greta Voss');
  await panel.getByLabel('Fact 1', { exact: true }).fill('71');
  await panel.getByLabel('Fact 3', { exact: true }).fill('She limps.');
  await panel.getByRole('button', { name: 'Save correction' }).click();
  await panel.getByText('Give the fact a name').waitFor();
  expect(await panel.getByLabel('Fact 3', { exact: true }).inputValue()).toBe('She limps.');
  await panel.getByLabel('Name of fact 3').fill('age');
  await panel.getByRole('button', { name: 'Save correction' }).click();
  await panel.getByText('“age” is in the list twice').waitFor();
  await panel.getByLabel('Name of fact 3').fill('leg');
  await panel.getByRole('button', { name: 'Save correction' }).click();
  await page.getByText('Greta Voss is corrected.').waitFor();
  await panel.getByRole('heading', { name: 'Greta Voss' }).waitFor();
  expect(await entries(world)).toMatchObject([
    { id: 'greta', name: 'Greta Voss', type: 'npc', attributes: { age: 71, secret: 'planted', leg: 'She limps.' } },
    {},
    {},
  ]);
  await panel.getByRole('button', { name: 'Delete entry' }).click();
  await page.getByText('“Greta Voss” is deleted.').waitFor();
  expect(await links(world)).toEqual([]);
  await page.getByRole('button', { name: 'Undo' }).click();
  await panel.getByRole('heading', { name: 'Greta Voss' }).waitFor();
  expect(await links(world)).toHaveLength(2);
  await panel.getByRole('link', { name: /^Heard/ }).click();
  await page.locator('.current', { hasText: 'I trust no guard.' }).waitFor();

  await page.goto(world.map);
  await page.getByRole('link', { name: 'Map', exact: true }).click();
  const map = page.getByRole('application', { name: 'Map of 3 entries and their links' });
  await map.focus();
  await expect
    .poll(async () => {
      await page.keyboard.press('Home');
      return page.getByText('Greta Voss, NPC, 2 links').count();
    })
    .toBe(1);
  await page.waitForFunction(() => !document.body.innerText.includes('Arranging'));
  await expectAccessible(page);
  await picture(page, device, 'knowledge-map');
  await page.keyboard.press('Enter');
  await panel.getByRole('heading', { name: 'Greta Voss' }).waitFor();
  await panel.getByRole('link', { name: 'Look around from here' }).click();
  await page.getByRole('combobox', { name: 'Steps' }).waitFor();
  await page.getByRole('application').waitFor();
  await picture(page, device, 'knowledge-around');
  expect(errors).toEqual([]);
  await page.context().close();
});

test('without scripts, in German: mended and undone; a Player reads what was confirmed, and no secret', async () => {
  const [mara, carol] = [await newPerson('Mara'), await newPerson('Carol')];
  const enter = async (person: Person): Promise<Page> => {
    const page = await newPlainPage(browser);
    await signInWithDiscord(page, person);
    return page;
  };
  const owner = await enter(mara);
  const world = await worldOf(mara);
  await setPlan(world, 'guild');
  await teach(world);
  await owner.goto(`${world.map}?entry=guard`);
  // What could not be kept stays written.
  await owner.getByText('Berichtigen', { exact: true }).click();
  await owner.getByLabel('Name', { exact: true }).fill('Die Wache');
  await owner.getByLabel('Fakt 1', { exact: true }).fill('Bestechlich.');
  await owner.getByRole('button', { name: 'Berichtigung speichern' }).click();
  await owner.getByText('Gib dem Fakt einen Namen').waitFor();
  expect(await owner.getByLabel('Name', { exact: true }).inputValue()).toBe('Die Wache');
  expect(await owner.getByLabel('Fakt 1', { exact: true }).inputValue()).toBe('Bestechlich.');
  await owner.goto(`${world.map}?entry=guard`);
  await owner.getByRole('button', { name: 'Eintrag löschen' }).click();
  await owner.getByText('„The Guard“ ist gelöscht.').waitFor();
  await owner.getByRole('button', { name: 'Rückgängig' }).click();
  await owner.getByText('3 Einträge, 2 Verbindungen').waitFor();

  await asRoot(
    `insert into mgmt.invites (tenant_id, role, invited_by, discord_id, expires_at)
     select tenant_id, 'viewer', id, $2, now() + interval '1 day' from mgmt.users where discord_id = $1`,
    [mara.id, carol.id],
  );
  const player = await enter(carol);
  await player.goto(`${stack.appUrl}/sessions`);
  await player.getByRole('link', { name: 'Wissenskarte' }).first().click();
  await player.getByText('3 Einträge, 1 Verbindung').waitFor();
  await player.getByRole('link', { name: 'Greta' }).click();
  await player.getByText('Du siehst, was die Spielleitung bestätigt hat').waitFor();
  expect(await player.content()).not.toMatch(/planted|trust|provenance|attributes/);
  expect(await player.getByRole('main').locator('form[method="post"]').count()).toBe(0);
  const drawn = await player.goto(`${world.map}/map.json`);
  expect(await drawn?.json()).toEqual({
    nodes: [
      { id: 'greta', kind: 'npc', name: 'Greta', links: 1 },
      { id: 'mine', kind: 'location', name: 'The silver mine', links: 1 },
      { id: 'guard', kind: 'faction', name: 'The Guard', links: 0 },
    ],
    links: [[0, 1, 1]],
  });
  await player.context().close();
  await owner.context().close();
});

test('an undo reaches its campaign from another page, and a Player looks at what they were sent', async () => {
  const [mara, carol] = [await newPerson('Mara'), await newPerson('Carol')];
  const { page, errors } = await newWindow(browser, 'desktop');
  await signInWithDiscord(page, mara);
  const world = await worldOf(mara);
  await setPlan(world, 'guild');
  await teach(world);
  await page.goto(`${world.map}?entry=guard`);
  await page.getByRole('button', { name: 'Delete entry' }).click();
  await page.getByText('“The Guard” is deleted.').waitFor();
  await page.getByRole('link', { name: 'Sessions', exact: true }).first().click();
  await page.getByRole('heading', { name: 'Sessions', level: 1 }).waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('heading', { name: 'The Guard' }).waitFor();
  expect(await links(world)).toHaveLength(2);

  await asRoot(
    `insert into mgmt.invites (tenant_id, role, invited_by, discord_id, expires_at)
     select tenant_id, 'viewer', id, $2, now() + interval '1 day' from mgmt.users where discord_id = $1`,
    [mara.id, carol.id],
  );
  const [session] = await asRoot<{ id: string }>('select id from public.sessions where tenant_id = $1', [world.tenant]);
  const player = await newWindow(browser, 'desktop');
  await signInWithDiscord(player.page, carol);
  const drawn = player.page.waitForResponse((answer) => answer.url().includes('map.json'));
  await player.page.goto(`${world.map}?view=map&session=${session!.id}`);
  expect((await drawn).status()).toBe(200);
  expect([...errors, ...player.errors]).toEqual([]);
  await player.page.context().close();
  await page.context().close();
});
