// An operator finds a table, sees facts and nothing that people wrote, gives a role and a license; for everybody else there is nothing.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asRoot, closeDatabase } from '../lib/database.ts';
import { stack } from '../lib/environment.ts';
import { newPerson, type Person } from '../lib/people.ts';
import { newTable, type Table } from '../sessions/table.ts';
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
let table: Table;

beforeAll(async () => {
  [browser, table] = await Promise.all([launchBrowser(), newTable()]);
  await asRoot(`update public.npc_definitions set personality = 'Secretly a dragon.' where tenant_id = $1`, [
    table.tenant,
  ]);
});
afterAll(async () => {
  await browser.close();
  await closeDatabase();
});

/** Signed in, and named by the command line. */
async function newOperator(page: Page): Promise<Person> {
  const erin = await newPerson('Erin');
  await signInWithDiscord(page, erin);
  await asRoot('select private.grant_super_admin($1)', [erin.email]);
  return erin;
}

const pages = ['', '/tenants', '/users', '/revenue', '/health', '/audit', '/licenses'];
const files = ['/tenants', '/users', '/revenue', '/audit', '/licenses'].map((list) => `${list}/export.csv`);

test('for everybody but operators there is nothing, in pages, data, files and actions', async () => {
  const alice = await browser.newContext();
  const page = await newPage(alice);
  const nobody = await browser.newContext();
  await signInWithDiscord(page, table.alice.person);
  const own = `/tenants/${table.tenant}`;
  for (const { request } of [alice, nobody]) {
    const looks = async () => {
      const [row] = await asRoot<{ count: string }>(
        `select count(*) from mgmt.audit_log where resource_type = 'operations' and actor = $1`,
        [table.alice.userId],
      );
      return row?.count;
    };
    const before = await looks();
    for (const path of [...pages, own, ...files]) {
      const answer = await request.get(`${stack.appUrl}/admin${path}`, { maxRedirects: 0 });
      expect(answer.status(), path).toBe(404);
    }
    for (const path of [...pages, own]) {
      const answer = await request.get(`${stack.appUrl}/admin${path}/__data.json`, { maxRedirects: 0 });
      expect(answer.status(), path).toBe(404);
      expect(await answer.text()).not.toContain(table.tenant);
    }
    for (const action of ['/users?/role', '/licenses?/issue']) {
      const answer = await request.post(`${stack.appUrl}/admin${action}`, {
        headers: { origin: stack.appUrl, accept: 'text/html' },
        form: { member: table.carol.userId, role: 'dm', reason: 'because', confirm: table.carol.person.email! },
        maxRedirects: 0,
      });
      expect(answer.status(), action).toBe(404);
    }
    expect(await looks(), 'the database was not even asked').toBe(before);
  }
  await page.goto(`${stack.appUrl}/admin`);
  const text = await page.getByRole('main').innerText();
  await page.goto(`${stack.appUrl}/no-such-page`);
  expect(await page.getByRole('main').innerText(), 'as for any address that never was').toBe(text);
});

const devices: Device[] = ['desktop', 'phone'];
test.each(devices)('an operator finds a table, gives a role and a license (%s)', async (device) => {
  const { page, errors } = await newWindow(browser, device);
  const erin = await newOperator(page);
  await page.goto(`${stack.appUrl}/dashboard`);
  await page.getByRole('button', { name: 'Account menu' }).filter({ visible: true }).click();
  await page.getByRole('menuitem', { name: 'Operations' }).click();
  await page.getByRole('heading', { name: 'Overview' }).waitFor();

  // By keyboard: the server of the table that somebody wrote about.
  await page.getByRole('searchbox', { name: 'Find a table' }).fill(table.guild);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/admin\/tenants\?q=/);
  await page
    .getByRole('link', { name: /^alice|Table|Tisch/ })
    .first()
    .waitFor();
  await expect.poll(() => page.getByRole('main').locator('tbody tr').count()).toBe(1);
  await picture(page, device, 'admin-tenants');
  await page.getByRole('main').locator('tbody a').first().click();
  await page.waitForURL(`${stack.appUrl}/admin/tenants/${table.tenant}`);
  await page.getByRole('heading', { name: 'Facts' }).waitFor();
  const facts = await page.content();
  expect(facts).toContain(table.carol.person.email);
  expect(facts, 'no personality').not.toContain('dragon');
  await picture(page, device, 'admin-tenant');

  await page.getByRole('link', { name: 'Set the role of carol' }).click();
  await page.getByRole('heading', { name: 'Role of carol' }).waitFor();
  await page.getByLabel('Role', { exact: true }).first().selectOption('dm');
  await page.getByLabel('Reason').fill('Asked for in a ticket');
  await page.getByLabel('To confirm, type').fill('carol');
  await page.getByRole('button', { name: 'Set role' }).click();
  await page.getByText('That is not what stands above.').waitFor();
  expect(await page.getByLabel('Reason').inputValue()).toBe('Asked for in a ticket');
  await expectAccessible(page);
  await picture(page, device, 'admin-role');
  await page.getByLabel('To confirm, type').fill(table.carol.person.email!.toUpperCase());
  await page.getByRole('button', { name: 'Set role' }).click();
  await page.getByText('carol has the role Dungeon Master now.').waitFor();
  const [carol] = await asRoot('select role from mgmt.users where id = $1', [table.carol.userId]);
  expect(carol).toEqual({ role: 'dm' });
  await asRoot(`update mgmt.users set role = 'viewer' where id = $1`, [table.carol.userId]);

  await page.goto(`${stack.appUrl}/admin/licenses?for=${table.tenant}`);
  await page.getByLabel('Id of the table').fill('nowhere');
  await page.getByLabel('Issued to').fill('Rabenheim Ltd.');
  await page.getByLabel('Own voices').check();
  await page.getByRole('button', { name: 'Issue a license' }).click();
  await page.getByText('There is no table with this id here.').waitFor();
  expect(await page.getByLabel('Issued to').inputValue()).toBe('Rabenheim Ltd.');
  await page.getByLabel('Id of the table').fill(table.tenant);
  await page.getByRole('button', { name: 'Issue a license' }).click();
  const key = page.getByLabel('License key');
  await key.waitFor();
  expect(await key.inputValue()).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  await expectAccessible(page);

  for (const path of pages) {
    await page.goto(`${stack.appUrl}/admin${path}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await expectAccessible(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBe(page.viewportSize()!.width);
    await picture(page, device, `admin${path.replace('/', '-')}`);
  }
  const file = await page.request.get(`${stack.appUrl}/admin/tenants/export.csv?q=${table.guild}`);
  expect((await file.text()).split('\r\n').map((line) => line.split(',')[0])).toEqual(['id', table.tenant, '']);

  const { data: read } = await table.alice.client
    .from('audit_log')
    .select('resource_id, actor')
    .eq('resource_type', 'operations')
    .eq('actor', await idOf(erin));
  const acts = new Set(read!.map(({ resource_id }) => resource_id));
  expect(acts, 'its Owner sees the looks').toEqual(new Set(['admin_tenant', 'admin_set_role', 'issue_license']));
  expect(errors).toEqual([]);
});

async function idOf({ id }: Person): Promise<string> {
  const [row] = await asRoot<{ id: string }>('select id from mgmt.users where discord_id = $1', [id]);
  return row!.id;
}

test('without scripts, in German: search, role and list work as forms', async () => {
  const page = await newPlainPage(browser);
  await newOperator(page);
  await page.goto(`${stack.appUrl}/admin/users?q=${table.bob.person.id}`);
  await page.getByRole('link', { name: 'Die Rolle von bob setzen' }).click();
  await page.getByLabel('Rolle', { exact: true }).first().selectOption('viewer');
  await page.getByLabel('Grund').fill('Auf Wunsch');
  await page.getByLabel('Zur Bestätigung').fill(table.bob.person.email!);
  await page.getByRole('button', { name: 'Rolle setzen' }).click();
  await page.getByText('bob hat jetzt die Rolle Mitspielend').waitFor();
  await asRoot(`update mgmt.users set role = 'dm' where id = $1`, [table.bob.userId]);

  const [session] = await asRoot<{ id: string }>(
    `insert into public.sessions (id, tenant_id, campaign_id, guild_id, channel_id, license_tier, state)
     select gen_random_uuid()::text, $1, $2, $3, $4, 'shared', 'ended' returning id`,
    [table.tenant, table.campaign, table.guild, table.channel],
  );
  await page.goto(`${stack.appUrl}/admin`);
  await page.getByRole('searchbox').fill(session!.id);
  await page.getByRole('button', { name: 'Suchen' }).click();
  await page.waitForURL(/\/admin\/tenants\?q=/);
  expect(await page.getByRole('main').locator('tbody tr').count(), 'by a session of it').toBe(1);
});
