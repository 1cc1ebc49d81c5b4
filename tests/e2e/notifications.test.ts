// Something happens at the table, and its Owner hears of it: on every device at once, until it is read on one of them.
import { randomUUID } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { asRoot, closeDatabase } from '../lib/database.ts';
import { stack } from '../lib/environment.ts';
import { mailTo } from '../lib/mailbox.ts';
import { newPerson, type Person } from '../lib/people.ts';
import { patience } from '../lib/patience.ts';
import { join } from '../sessions/table.ts';
import {
  type Device,
  expectAccessible,
  feedLine,
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

const bell = (page: Page, unread = '') =>
  page.getByRole('link', { name: unread ? `Notifications ${unread}` : 'Notifications', exact: true });

async function tableOf(person: Person): Promise<string> {
  const [member] = await asRoot<{ tenant_id: string }>('select tenant_id from mgmt.users where discord_id = $1', [
    person.id,
  ]);
  return member!.tenant_id;
}

/** As the part of the product would that something happened in. */
async function tell(tenant: string, kind: string, subject: string, data: object = {}): Promise<void> {
  await asRoot('select private.notify($1, $2, $3, $4, $5)', [tenant, 'owner', kind, subject, data]);
}

const devices: Device[] = ['desktop', 'phone'];
test.each(devices)('the bell rises by itself, and what is read on one device is read on all (%s)', async (device) => {
  const mara = await newPerson('Mara');
  const { page, errors } = await newWindow(browser, device);
  const { page: other } = await newWindow(browser, device === 'phone' ? 'desktop' : 'phone');
  for (const window of [page, other]) {
    await signInWithDiscord(window, mara);
    await gotoListening(window, `${stack.appUrl}/notifications`);
    await window.getByRole('heading', { name: 'Nothing new' }).waitFor();
  }
  await expectAccessible(page);
  await picture(page, device, 'notifications-none');
  const tenant = await tableOf(mara);

  await gotoListening(page, `${stack.appUrl}/usage`);
  await bell(page).waitFor();
  await join(tenant, 'Carol', 'viewer');
  await bell(page, '1 unread').waitFor();
  await other.getByText('Carol has joined your table').waitFor();
  await bell(other, '1 unread').waitFor();

  // By keys alone: open, look, close, and be back at the bell.
  await bell(page, '1 unread').focus();
  await page.keyboard.press('Enter');
  const panel = page.getByRole('dialog', { name: 'Notifications' });
  const joined = panel.getByRole('link', { name: /Carol has joined your table/ });
  await joined.waitFor();
  await expectAccessible(page);
  await picture(page, device, 'notifications-panel');
  await page.keyboard.press('Escape');
  await panel.waitFor({ state: 'detached' });
  await expect.poll(() => bell(page, '1 unread').evaluate((link) => link === document.activeElement)).toBe(true);

  await page.keyboard.press('Enter');
  await joined.focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(`${stack.appUrl}/team`);
  await bell(page).waitFor();
  await bell(other).waitFor();

  const sessions = Array.from({ length: 27 }, () => randomUUID());
  await tell(tenant, 'payment_failed', 'first', { grace_period_end: '2026-12-01T00:00:00Z' });
  for (const session of sessions) await tell(tenant, 'session_failed', session, { campaign: 'Rabenheim' });
  await bell(page, 'more than 9 unread').waitFor();
  expect(await bell(page, 'more than 9 unread').innerText()).toContain('9+');
  await bell(page, 'more than 9 unread').click();
  await panel
    .getByRole('link', { name: /A session ended badly/ })
    .nth(19)
    .waitFor();
  expect(await panel.getByRole('listitem').count()).toBe(20);
  await panel.getByRole('link', { name: 'All notifications' }).click();
  await page.waitForURL(`${stack.appUrl}/notifications`);

  const rows = page.getByRole('main').getByRole('listitem');
  await expect.poll(() => rows.count()).toBe(25);
  await page.getByRole('link', { name: 'Show more' }).click();
  await expect.poll(() => rows.count()).toBe(29);
  await picture(page, device, 'notifications-many');
  await page.getByRole('combobox', { name: 'Kind' }).selectOption({ label: 'A payment fails' });
  await page.waitForURL(/kind=payment_failed/);
  await expect.poll(() => rows.count()).toBe(1);
  const clear = page.getByRole('link', { name: 'Clear filters' });
  await clear.click();
  // Kit leaves the browser a frame before it follows a link: what is chosen within it is overtaken.
  await clear.waitFor({ state: 'detached' });
  await page.getByRole('combobox', { name: 'Show' }).selectOption({ label: 'Only unread' });
  await page.waitForURL(/unread=1/);
  await page.getByRole('button', { name: 'Mark all read' }).click();
  await page.getByRole('heading', { name: 'Nothing matches' }).waitFor();
  await bell(page).waitFor();
  await bell(other).waitFor();
  expect(errors).toEqual([]);
});

test('what happens before a page has its line to Realtime is seen once it has', async () => {
  const mara = await newPerson('Mara');
  const { page, errors } = await newWindow(browser, 'desktop');
  const line = await feedLine(page);
  await signInWithDiscord(page, mara);
  const tenant = await tableOf(mara);
  await line.cut();
  await page.goto(`${stack.appUrl}/usage`);
  await bell(page).waitFor();
  await join(tenant, 'Carol', 'viewer');
  line.mend();
  await bell(page, '1 unread').waitFor();
  expect(errors).toEqual([]);
});

test.each(devices)(
  'a switch is kept as soon as it is turned, and a test goes every way in use (%s)',
  async (device) => {
    const mara = await newPerson('Mara');
    const { page, errors } = await newWindow(browser, device);
    await signInWithDiscord(page, mara);
    await page.goto(`${stack.appUrl}/settings/notifications`);
    const near = page.getByRole('switch', { name: 'One session is left: Mail' });
    expect(await near.isChecked()).toBe(false);
    expect(await page.getByRole('switch', { name: 'A payment fails: Mail' }).isChecked(), 'given').toBe(true);
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    await expectAccessible(page);
    await picture(page, device, 'notifications-settings');

    await near.focus();
    await page.keyboard.press('Space');
    await page.getByText('Saved.').waitFor();
    await page.getByRole('switch', { name: 'One session is left: Here' }).click();
    await expect
      .poll(() =>
        asRoot(
          `select preferences -> 'notifications' -> 'quota_near' as ways from mgmt.user_preferences p join mgmt.users u on u.id = p.user_id where u.discord_id = $1`,
          [mara.id],
        ),
      )
      .toEqual([{ ways: { mail: true, app: false } }]);
    await page.reload();
    expect(await near.isChecked()).toBe(true);
    expect(await page.getByRole('switch', { name: 'One session is left: Here' }).isChecked()).toBe(false);

    await page.getByRole('button', { name: 'Send me a test' }).click();
    await bell(page, '1 unread').waitFor();
    await vi.waitFor(
      async () => expect((await mailTo(mara.email!)).map(({ subject }) => subject)).toContain('This is a test'),
      patience,
    );
    expect(errors).toEqual([]);
  },
);

test('without scripts: the bell leads to the list, opening marks as read, the switches are one form', async () => {
  const [mara, carol] = [await newPerson('Mara'), await newPerson('Carol')];
  const enter = async (person: Person): Promise<Page> => {
    const page = await newPlainPage(browser);
    await signInWithDiscord(page, person);
    return page;
  };
  const page = await enter(mara);
  const tenant = await tableOf(mara);
  await asRoot(
    `insert into mgmt.invites (tenant_id, role, discord_id, expires_at) values ($1, 'viewer', $2, now() + interval '1 day')`,
    [tenant, carol.id],
  );
  const guest = await enter(carol);

  await page.goto(`${stack.appUrl}/usage`);
  await page.getByRole('link', { name: 'Mitteilungen 1 ungelesen' }).click();
  await page.waitForURL(`${stack.appUrl}/notifications`);
  const joined = page.getByRole('link', { name: 'Carol sitzt jetzt an deinem Tisch' });
  const address = (await joined.getAttribute('href'))!;
  const refused = await guest.goto(stack.appUrl + address);
  expect(refused?.status(), 'it is told to Mara alone').toBe(404);
  await page.reload();
  await page.getByRole('link', { name: 'Mitteilungen 1 ungelesen' }).waitFor();
  await joined.click();
  await page.waitForURL(`${stack.appUrl}/team`);
  await page.getByRole('link', { name: 'Mitteilungen', exact: true }).waitFor();

  await guest.goto(`${stack.appUrl}/settings/notifications`);
  expect(await guest.getByRole('switch', { name: /^Die Hilfe antwortet/ }).count()).toBe(3);
  expect(await guest.getByRole('switch').count(), 'nothing of money, nothing of sessions').toBe(3);
  await guest.getByRole('switch', { name: 'Die Hilfe antwortet: Mail' }).check();
  await guest.getByRole('button', { name: 'Speichern' }).click();
  await guest.getByText('Gespeichert.').waitFor();
  await guest.goto(`${stack.appUrl}/settings/notifications`);
  expect(await guest.getByRole('switch', { name: 'Die Hilfe antwortet: Mail' }).isChecked()).toBe(true);
  expect(await guest.getByRole('switch', { name: 'Die Hilfe antwortet: Hier' }).isChecked()).toBe(true);
  await guest.getByRole('button', { name: 'Test an mich senden' }).click();
  await guest.getByText('Der Test ist unterwegs.').waitFor();
});
