// An Owner invites somebody, who reads whose table it is, joins without scripts, becomes Dungeon Master, and is removed.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asRoot, closeDatabase } from '../lib/database.ts';
import { stack } from '../lib/environment.ts';
import { newPerson, type Person } from '../lib/people.ts';
import {
  allowAtDiscord,
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

/** Makes an invitation on /team and gives its link. */
async function makeLink(page: Page, role: 'Player' | 'Dungeon Master'): Promise<string> {
  await page.goto(`${stack.appUrl}/team`);
  await page.locator('form[action="?/invite"]').getByText(role, { exact: true }).click();
  await page.getByRole('button', { name: 'Make the link' }).click();
  return page.getByLabel('Link of the invitation').inputValue();
}

const devices: Device[] = ['desktop', 'phone'];
test.each(devices)('an invited Player joins without scripts, rises, and is removed (%s)', async (device) => {
  const [mara, carol] = [await newPerson('Mara'), await newPerson('Carol')];
  const { page, errors } = await newWindow(browser, device);
  await signInWithDiscord(page, mara);
  await asRoot(
    `update mgmt.subscriptions set plan_id = 'guild', status = 'active', trial_end = null
     where tenant_id = (select tenant_id from mgmt.users where discord_id = $1)`,
    [mara.id],
  );
  await page.goto(`${stack.appUrl}/team`);
  await page.getByRole('heading', { name: 'No open invitation' }).waitFor();
  await expectAccessible(page);
  await picture(page, device, 'team-alone');

  await page.getByLabel('Only for').fill('somebody');
  await page.getByRole('button', { name: 'Make the link' }).click();
  await page.getByText('neither an email address nor a Discord ID').waitFor();
  expect(await page.getByLabel('Only for').inputValue()).toBe('somebody');

  const link = await makeLink(page, 'Player');
  expect(link).toMatch(new RegExp(`^${stack.appUrl}/invite/[\\w-]{43}$`));
  await page.getByText('Whoever has the link').first().waitFor();
  await expectAccessible(page);
  await picture(page, device, 'team-link');
  await page.getByRole('link', { name: 'Invite somebody else' }).click();
  await page.getByRole('button', { name: 'Make the link' }).waitFor();

  const plain = await newPlainPage(browser, 'en-GB');
  await plain.goto(link);
  expect(plain.url()).toBe(`${stack.appUrl}/invite`);
  await plain.getByText('Sign in to see who invited you.').waitFor();
  await plain.getByRole('link', { name: 'Sign in' }).click();
  await plain.getByRole('link', { name: /discord/i }).click();
  await allowAtDiscord(plain, carol);
  expect(plain.url()).toBe(`${stack.appUrl}/invite`);
  await plain.getByRole('heading', { name: 'Mara invites you to' }).waitFor();
  await plain.setViewportSize(page.viewportSize()!);
  await picture(plain, device, 'invite-open');
  const own = await asRoot(`select from mgmt.users where discord_id = $1`, [carol.id]);
  expect(own, 'no table of her own').toEqual([]);
  await plain.getByRole('button', { name: 'Join as Player' }).click();
  await plain.waitForURL(`${stack.appUrl}/dashboard`);
  await plain.goto(link);
  await plain.getByRole('heading', { name: 'This invitation has been used' }).waitFor();
  const refused = await plain.goto(`${stack.appUrl}/team`);
  expect(refused?.status()).toBe(403);
  await plain.getByText('Mara').first().waitFor();

  // Her arrival shows without a reload.
  await page.getByRole('combobox', { name: 'Role of Carol' }).selectOption({ label: 'Dungeon Master' });
  await page.getByText('2 of 5 seats used').waitFor();
  await expectAccessible(page);
  await picture(page, device, 'team-two');
  const address = page.getByText(mara.email!);
  expect(await address.count(), 'an Owner reads addresses').toBeGreaterThan(0);
  await plain.goto(`${stack.appUrl}/team`);
  await plain.getByText('Mara invites people and changes roles.').waitFor();
  expect(await plain.getByRole('main').innerText(), 'no address for a Dungeon Master').not.toContain('@');
  expect(await plain.getByRole('main').locator('form, select').count(), 'nothing to change').toBe(0);
  await picture(plain, device, 'team-as-dm');

  await page.getByRole('combobox', { name: 'Role of Carol' }).selectOption({ label: 'Owner' });
  await page.getByRole('dialog').getByText('You stay as Dungeon Master').waitFor();
  await expectAccessible(page);
  await picture(page, device, 'team-hand-over');
  await page.getByRole('dialog').getByRole('button', { name: 'Hand over' }).click();
  await page.getByText('Carol invites people and changes roles.').waitFor();
  await plain.goto(`${stack.appUrl}/team`);
  await plain.getByRole('combobox', { name: 'Role of Mara' }).selectOption({ label: 'Owner' });
  await plain.getByRole('button', { name: 'Save' }).click();
  await plain.getByRole('heading', { name: 'Hand the table over to Mara?' }).waitFor();
  await plain.getByRole('button', { name: 'Hand over' }).click();
  await plain.getByText('Mara invites people and changes roles.').waitFor();
  await page.getByRole('combobox', { name: 'Role of Carol' }).selectOption({ label: 'Player' });
  await page.getByRole('dialog').getByRole('button', { name: 'Make Player' }).click();
  await page.getByText('1 of 5 seats used').waitFor();

  await page.getByRole('link', { name: 'Remove: Carol' }).click();
  await page.getByRole('dialog').getByText('loses every page of this table').waitFor();
  await expectAccessible(page);
  await picture(page, device, 'team-remove');
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('combobox', { name: 'Role of Carol' }).waitFor({ state: 'detached' });
  await plain.goto(`${stack.appUrl}/dashboard`);
  expect(plain.url()).toBe(`${stack.appUrl}/welcome`);

  const second = await makeLink(page, 'Dungeon Master');
  await page.getByRole('link', { name: /^Take back/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Take back' }).click();
  await page.getByRole('heading', { name: 'No open invitation' }).waitFor();
  await plain.goto(second);
  await plain.getByRole('heading', { name: 'This invitation was taken back' }).waitFor();
  expect(errors).toEqual([]);
});

test('without scripts, in German: who sits elsewhere leaves and joins, is promoted and removed', async () => {
  const [mara, nils, jonas] = [await newPerson('Mara'), await newPerson('Nils'), await newPerson('Jonas')];
  const enter = async (person: Person): Promise<Page> => {
    const page = await newPlainPage(browser);
    await signInWithDiscord(page, person);
    return page;
  };
  const [owner, other] = [await enter(mara), await enter(nils)];
  await asRoot(
    `update mgmt.subscriptions set plan_id = 'guild', status = 'active', trial_end = null
     where tenant_id in (select tenant_id from mgmt.users where discord_id = any($1))`,
    [[mara.id, nils.id]],
  );
  const invite = async (page: Page, note: string): Promise<string> => {
    await page.goto(`${stack.appUrl}/team`);
    await page.getByLabel('Ein paar Worte').fill(note);
    await page.getByRole('button', { name: 'Link erstellen' }).click();
    return page.getByLabel('Link der Einladung').inputValue();
  };

  const guest = await newPlainPage(browser);
  await guest.setViewportSize({ width: 390, height: 844 });
  await guest.goto(await invite(other, 'Komm zu uns'));
  await guest.getByRole('link', { name: 'Anmelden' }).click();
  await guest.getByRole('link', { name: /discord/i }).click();
  await allowAtDiscord(guest, jonas);
  await guest.getByText('Komm zu uns').waitFor();
  await guest.getByRole('button', { name: 'Zum Mitlesen beitreten' }).click();
  await guest.waitForURL(`${stack.appUrl}/dashboard`);

  await guest.goto(await invite(owner, 'Komm zurück'));
  await guest.getByText('Du gehörst zu „Tisch von Nils“').waitFor();
  await picture(guest, 'phone', 'invite-elsewhere');
  await guest.getByRole('checkbox').check();
  await guest.getByRole('button', { name: 'verlassen' }).click();
  await guest.getByRole('button', { name: 'Zum Mitlesen beitreten' }).click();
  await guest.waitForURL(`${stack.appUrl}/dashboard`);

  await owner.goto(`${stack.appUrl}/team`);
  await owner.getByRole('combobox', { name: 'Rolle von Jonas' }).selectOption('dm');
  await owner.getByRole('button', { name: 'Speichern' }).click();
  await owner.getByText('2 von 5 Plätzen belegt').waitFor();
  await owner.setViewportSize({ width: 390, height: 844 });
  await picture(owner, 'phone', 'team-german');
  await owner.getByRole('link', { name: 'Entfernen: Jonas' }).click();
  await owner.getByRole('heading', { name: 'Jonas entfernen?' }).waitFor();
  await picture(owner, 'phone', 'team-remove-plain');
  await owner.getByRole('button', { name: 'Entfernen' }).click();
  await owner.getByText('1 von 5 Plätzen belegt').waitFor();
});
