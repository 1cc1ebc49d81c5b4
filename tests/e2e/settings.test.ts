// What was saved, ended or refused is said where it was asked for, with scripts and without; leaving and signing out elsewhere are asked first.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asRoot, closeDatabase } from '../lib/database.ts';
import { stack } from '../lib/environment.ts';
import { newPerson, signInAgain } from '../lib/people.ts';
import { newTable } from '../sessions/table.ts';
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

const said = (page: Page, text: string) => page.getByRole('status').filter({ hasText: text });

const devices: Device[] = ['desktop', 'phone'];
test.each(devices)('a person saves, ends other devices and leaves, by keys (%s)', async (device) => {
  const table = await newTable();
  const { page, errors } = await newWindow(browser, device);
  await signInWithDiscord(page, table.carol.person);

  await page.goto(`${stack.appUrl}/settings/profile`);
  const name = page.getByLabel('Display name');
  await name.fill('Carola');
  await name.press('Enter');
  await said(page, 'Your name is saved.').waitFor();
  await name.press('End');
  await name.pressSequentially('!');
  await said(page, 'Your name is saved.').waitFor({ state: 'detached' });

  await signInAgain(table.carol.person);
  await page.goto(`${stack.appUrl}/settings/devices`);
  await page.getByRole('button', { name: /^End / }).first().waitFor();
  await page.getByRole('link', { name: 'End all others' }).press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.getByText('signed out within seconds').waitFor();
  await expectAccessible(page);
  await picture(page, device, 'settings-devices-ask');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  expect(await page.getByRole('button', { name: /^End / }).count(), 'nothing ended yet').toBeGreaterThan(0);
  await page.getByRole('link', { name: 'End all others' }).press('Enter');
  await dialog.getByRole('button', { name: 'End all others' }).press('Enter');
  await said(page, 'Signed out there.').waitFor();
  await page.getByRole('button', { name: /^End / }).waitFor({ state: 'detached' });
  await picture(page, device, 'settings-devices');

  await page.goto(`${stack.appUrl}/settings/data`);
  await page.getByRole('link', { name: /^Leave / }).press('Enter');
  await dialog.getByText('Only a new invitation brings you back.').waitFor();
  await expectAccessible(page);
  await picture(page, device, 'settings-leave');
  await dialog.getByRole('button', { name: 'Cancel' }).press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('link', { name: /^Leave / }).press('Enter');
  await dialog.getByRole('button', { name: 'Leave', exact: true }).press('Enter');
  await page.getByRole('heading', { name: 'You have no table' }).waitFor();
  expect(errors).toEqual([]);
});

test('without scripts, in German: each form says what it did, and leaving is asked first', async () => {
  const table = await newTable();
  for (const { client } of [table.alice, table.carol])
    await client.rpc('update_preferences', { patch: { language: 'de' } });
  const owner = await newPlainPage(browser);
  await signInWithDiscord(owner, table.alice.person);
  await owner.goto(`${stack.appUrl}/settings/profile`);
  await owner.getByLabel('Anzeigename').fill('Alicia');
  await owner.getByRole('button', { name: 'Speichern' }).click();
  await said(owner, 'Dein Name ist gespeichert.').waitFor();
  await owner.setViewportSize({ width: 390, height: 844 });
  await picture(owner, 'phone', 'settings-profile-plain');

  await owner.goto(`${stack.appUrl}/settings/table`);
  await owner.getByLabel('Name des Tischs').fill('Rabenrunde');
  await owner.getByRole('button', { name: 'Speichern' }).click();
  await said(owner, 'Gespeichert.').waitFor();
  await owner.getByLabel('Tippe Rabenrunde').fill('Eulenrunde');
  await owner.getByRole('button', { name: 'Tisch löschen' }).click();
  await owner.getByText('Das ist nicht der Name.').waitFor();
  expect(await owner.getByLabel('Tippe Rabenrunde').inputValue()).toBe('Eulenrunde');
  expect(new URL(owner.url()).hash, 'at the place that was refused').toBe('#delete');

  const player = await newPlainPage(browser);
  await signInWithDiscord(player, table.carol.person);
  await signInAgain(table.carol.person);
  await player.goto(`${stack.appUrl}/settings/devices`);
  await player.getByRole('link', { name: 'Alle anderen beenden' }).click();
  await player.getByText('binnen Sekunden abgemeldet.').last().waitFor();
  await player.setViewportSize({ width: 390, height: 844 });
  await picture(player, 'phone', 'settings-devices-plain');
  await player.getByRole('button', { name: 'Alle anderen beenden' }).click();
  await said(player, 'Dort abgemeldet.').waitFor();

  await player.goto(`${stack.appUrl}/settings/data`);
  await player.getByRole('link', { name: 'Rabenrunde verlassen' }).click();
  await player.getByRole('heading', { name: 'Rabenrunde verlassen?' }).waitFor();
  await picture(player, 'phone', 'settings-leave-plain');
  await player.getByRole('button', { name: 'Verlassen', exact: true }).click();
  await player.waitForURL(`${stack.appUrl}/welcome`);
});

test('a role that is refused is not shown as given', async () => {
  const [mara, jonas] = [await newPerson('Mara'), await newPerson('Jonas')];
  const { page } = await newWindow(browser, 'phone');
  await signInWithDiscord(page, mara);
  await asRoot(
    `update mgmt.subscriptions set plan_id = 'apprentice', status = 'active', trial_end = null
     where tenant_id = (select tenant_id from mgmt.users where discord_id = $1)`,
    [mara.id],
  );
  await page.goto(`${stack.appUrl}/team`);
  await page.getByRole('button', { name: 'Make the link' }).click();
  const guest = await newPlainPage(browser, 'en-GB');
  await guest.goto(await page.getByLabel('Link of the invitation').inputValue());
  await guest.getByRole('link', { name: 'Sign in' }).click();
  await guest.getByRole('link', { name: /discord/i }).click();
  await guest.locator(`input[value="${jonas.id}"]`).check({ force: true });
  await guest.getByRole('button', { name: 'Allow' }).click();
  await guest.getByRole('button', { name: 'Join as Player' }).click();
  await guest.waitForURL(`${stack.appUrl}/dashboard`);

  await page.goto(`${stack.appUrl}/team`);
  const role = page.getByRole('combobox', { name: 'Role of Jonas' });
  await role.selectOption({ label: 'Dungeon Master' });
  await page.getByText('seat_limit').waitFor();
  await expect.poll(() => role.inputValue()).toBe('viewer');
  const [row] = await asRoot('select role from mgmt.users where discord_id = $1', [jonas.id]);
  expect(row).toEqual({ role: 'viewer' });
});
