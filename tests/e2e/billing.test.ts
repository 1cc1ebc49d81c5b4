// An Owner on trial looks at the plans, pays at Stripe, upgrades, ends the plan and keeps it; then a payment fails.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asRoot, closeDatabase } from '../lib/database.ts';
import { stack, stackVariable } from '../lib/environment.ts';
import { newPerson, type Person } from '../lib/people.ts';
import {
  type Device,
  expectAccessible,
  launchBrowser,
  newPlainPage,
  newWindow,
  picture,
  signInWithDiscord,
  takenOver,
} from './browser.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await closeDatabase();
});

type Row = {
  tenant_id: string;
  stripe_subscription_id: string | null;
  plan_id: string;
};

async function subscriptionOf(person: Person): Promise<Row> {
  const [row] = await asRoot<Row>(
    `select tenant_id, stripe_subscription_id, plan_id from mgmt.subscriptions
     where ended_at is null and tenant_id = (select tenant_id from mgmt.users where discord_id = $1)`,
    [person.id],
  );
  return row!;
}

async function stripe<T extends object>(path: string): Promise<T> {
  const answer = await fetch(`${stackVariable('STRIPE_API_URL')}/v1/${path}`, {
    headers: { authorization: `Bearer ${stackVariable('STRIPE_SECRET_KEY')}` },
  });
  return (await answer.json()) as T;
}

/** The next invoice of this subscription could not be charged, says Stripe. Its clock, which is everybody's, stays where it is. */
async function paymentFails(subscription: string): Promise<void> {
  const { latest_invoice: latest } = await stripe<{ latest_invoice: string }>(`subscriptions/${subscription}`);
  // By Stripe's clock, which other tests move along.
  const clock = await fetch(`${stackVariable('STRIPE_SIMULATOR_URL')}/_control/clock`);
  const { now } = (await clock.json()) as { now: number };
  const invoice = {
    ...(await stripe(`invoices/${latest}`)),
    id: `in_${crypto.randomUUID().replaceAll('-', '')}`,
    number: 'FAILED-0001',
    status: 'open',
    amount_paid: 0,
    attempt_count: 1,
    created: now,
    status_transitions: { finalized_at: now, paid_at: null, voided_at: null, marked_uncollectible_at: null },
  };
  const told = await fetch(`${stackVariable('STRIPE_SIMULATOR_URL')}/_control/forge`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ type: 'invoice.payment_failed', object: invoice, signature: 'good' }),
  });
  expect(await told.json()).toMatchObject({ status: 200 });
}

/** Stripe does not answer for this subscription, as often as our function asks for one call of ours. */
async function stripeIsAway(subscription: string): Promise<void> {
  const told = await fetch(`${stackVariable('STRIPE_SIMULATOR_URL')}/_control/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'status', status: 503, times: 3, path: `/v1/subscriptions/${subscription}` }),
  });
  expect(told.ok).toBe(true);
}

/** On Stripe's page, until it leads back to us. */
async function payWithCard(page: Page): Promise<void> {
  await page.waitForURL(`${stackVariable('STRIPE_SIMULATOR_URL')}/**`);
  if ((await page.getByLabel('Email').inputValue()) === '') await page.getByLabel('Email').fill('mara@example.org');
  await page.getByLabel('Card number').fill('4242 4242 4242 4242');
  await page.getByLabel('Expiry').fill('12/40');
  await page.getByLabel('Security code').fill('123');
  await page.getByLabel('Name on card').fill('Mara Holm');
  await page.getByRole('button', { name: /^Subscribe for/ }).click();
  await page.waitForURL(`${stack.appUrl}/billing/return?**`);
  await takenOver(page);
}

/** The card or column of a plan that is shown at this size. */
const action = (page: Page, name: string) => page.getByRole('main').getByLabel(name).filter({ visible: true });

async function look(page: Page, device: Device, name: string): Promise<void> {
  await expectAccessible(page);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(page.viewportSize()!.width);
  await picture(page, device, name);
}

/** From Adventurer on /billing: up, down and back again while Stripe is away, ended and kept. */
async function changeAndEnd(page: Page, subscription: string): Promise<void> {
  await page.getByRole('link', { name: 'See plans' }).click();
  await action(page, 'Upgrade: Dungeon Master').click();
  await page.getByRole('heading', { name: 'Change to Dungeon Master' }).waitFor();
  await page.getByText(/^Due today: \$\d+\.\d\d\..*Then \$19\.00 a month from/).waitFor();
  await look(page, 'desktop', 'billing-upgrade');
  await page.getByRole('button', { name: /^Pay \$\d+\.\d\d and change$/ }).click();
  await page.getByRole('heading', { name: 'You are on Dungeon Master' }).waitFor();

  // A smaller plan waits for the end of the month, and is taken back.
  await page.goto(`${stack.appUrl}/billing/plans`);
  await action(page, 'Downgrade: Adventurer').click();
  await page.getByText('Nothing is deleted.').waitFor();
  await look(page, 'desktop', 'billing-downgrade');
  await page.getByRole('button', { name: /^Change on / }).click();
  await page.getByText(/^Changes to Adventurer on/).waitFor();
  await stripeIsAway(subscription);
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('alert').filter({ hasText: 'stripe_unavailable' }).waitFor();
  await page.getByText(/^Changes to Adventurer on/).waitFor();
  await look(page, 'desktop', 'billing-stripe-away');
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText(/^Dungeon Master, \$19\.00 a month\. Next:/).waitFor();

  await page.getByRole('link', { name: 'End plan' }).click();
  await page.getByLabel('Why do you go?').selectOption({ label: 'Something is missing' });
  await page.getByLabel('What would have kept you?').fill('Dwarvish');
  await look(page, 'desktop', 'billing-cancel');
  await page.getByRole('button', { name: /^End plan on/ }).click();
  await page.getByText(/Until then everything stays as it is/).waitFor();
  await page.getByRole('status').filter({ hasText: 'Your plan ends on' }).waitFor();
  await look(page, 'desktop', 'billing-ending');
  await page.getByRole('button', { name: 'Keep plan' }).click();
  await page.getByText(/^Dungeon Master, \$19\.00 a month\. Next:/).waitFor();
}

/** The same pages on a phone, where nothing of it is done. */
async function lookAtChanges(page: Page): Promise<void> {
  await page.goto(`${stack.appUrl}/billing/plans/guild?pay=year`);
  await page.getByText('Then $290.00 a year from').waitFor();
  await look(page, 'phone', 'billing-upgrade');
  await page.goto(`${stack.appUrl}/billing/plans/apprentice`);
  await page.getByText('Nothing is deleted.').waitFor();
  await look(page, 'phone', 'billing-downgrade');
  await page.goto(`${stack.appUrl}/billing/cancel`);
  await page.getByLabel('What would have kept you?').fill('Dwarvish');
  await look(page, 'phone', 'billing-cancel');
  // The tab bar does not come up under the finger.
  await page.getByRole('button', { name: /^End plan on/ }).click();
  await page.getByRole('button', { name: 'Keep plan' }).click();
  await page.getByText(/^Adventurer, \$9\.00 a month\. Next:/).waitFor();
}

test.each<Device>(['desktop', 'phone'])(
  'buys, upgrades, ends and keeps a plan, and hears of a failed payment (%s)',
  async (device) => {
    const mara = await newPerson('Mara');
    const { page, errors } = await newWindow(browser, device);
    await signInWithDiscord(page, mara);
    await page.goto(`${stack.appUrl}/billing`);
    await page.getByText('Nothing is charged by itself').waitFor();
    await page.getByText('No invoice yet').waitFor();
    await look(page, device, 'billing-trial');

    await page.getByRole('link', { name: 'See plans' }).click();
    await page.getByRole('link', { name: 'Yearly, 2 months free' }).click();
    await page.waitForURL('**/billing/plans?pay=year');
    await page.getByText('$90', { exact: true }).filter({ visible: true }).waitFor();
    await page.getByRole('link', { name: 'Monthly', exact: true }).click();
    await page.getByText('$9', { exact: true }).filter({ visible: true }).waitFor();
    await look(page, device, 'billing-plans');

    await action(page, 'Keep this plan: Adventurer').click();
    await page.waitForURL(`${stackVariable('STRIPE_SIMULATOR_URL')}/**`);
    await page.getByRole('link', { name: 'Back without paying' }).click();
    await page.getByRole('heading', { name: 'Nothing was charged' }).waitFor();
    await takenOver(page);
    await look(page, device, 'billing-canceled');
    await page.getByRole('link', { name: 'See plans' }).click();
    await action(page, 'Keep this plan: Adventurer').click();
    await payWithCard(page);
    await page.getByRole('heading', { name: 'You are on Adventurer' }).waitFor();
    await look(page, device, 'billing-return');
    await page.reload();
    await page.getByRole('heading', { name: 'You are on Adventurer' }).waitFor();
    expect(await subscriptionOf(mara)).toMatchObject({ plan_id: 'adventurer' });

    await page.getByRole('main').getByRole('link', { name: 'Billing' }).click();
    await page.getByText(/^Adventurer, \$9\.00 a month\. Next: .*about \$9\.00 plus tax\.$/).waitFor();
    await page.getByRole('link', { name: /^PDF/ }).waitFor();
    await page.getByRole('heading', { name: 'Payments' }).waitFor();
    await look(page, device, 'billing-paid');

    const { stripe_subscription_id: subscription } = await subscriptionOf(mara);
    if (device === 'desktop') await changeAndEnd(page, subscription!);
    else await lookAtChanges(page);

    await paymentFails(subscription!);
    // Banner and page say so without a reload.
    await page.getByRole('status').filter({ hasText: 'A payment did not go through' }).waitFor();
    await page.getByRole('button', { name: 'Update payment' }).waitFor();
    await page.getByText('FAILED-0001', { exact: true }).waitFor();
    await look(page, device, 'billing-past-due');
    // The browser itself reports the one refusal that was awaited.
    expect(errors.filter((error) => !error.includes('status of 503'))).toEqual([]);
  },
);

test('without scripts, in German: to Stripe and back', async () => {
  const mara = await newPerson('Mara');
  const page = await newPlainPage(browser);
  await signInWithDiscord(page, mara);
  await page.goto(`${stack.appUrl}/billing/plans?pay=year`);
  await page.getByRole('button', { name: 'Wählen: Gilde' }).click();
  await payWithCard(page);
  await page.getByRole('heading', { name: /Einen Moment|Du bist auf Gilde/ }).waitFor();
  await expect
    .poll(async () => {
      await page.reload();
      return page.getByRole('heading', { level: 1 }).innerText();
    })
    .toBe('Du bist auf Gilde');
  await page.goto(`${stack.appUrl}/billing/cancel`);
  await page.getByRole('button', { name: /^Tarif zum .* beenden$/ }).click();
  await page.waitForURL('**/billing?asked=cancel');
  await expect
    .poll(async () => {
      await page.goto(`${stack.appUrl}/billing`);
      return page.getByRole('button', { name: 'Tarif behalten' }).count();
    })
    .toBe(1);
  await page.context().close();
});

test('shows usage to everybody and money to Owners, as a page and a file', async () => {
  const mara = await newPerson('Mara');
  const { page, errors } = await newWindow(browser, 'desktop');
  await signInWithDiscord(page, mara);
  await page.goto(`${stack.appUrl}/usage`);
  await page.getByRole('heading', { name: 'No session yet this month' }).waitFor();
  await page.getByText('of 8, 8 left').waitFor();
  await page.getByText('An estimate, not a bill').waitFor();
  await look(page, 'desktop', 'usage-empty');

  const { tenant_id: tenant } = await subscriptionOf(mara);
  await asRoot(
    `with campaign as (insert into mgmt.campaigns (tenant_id, name) values ($1, 'Rabenheim') returning id)
     insert into public.sessions
       (id, tenant_id, campaign_id, guild_id, channel_id, license_tier, state, started_at, activated_at, ended_at)
     select 'usage-' || $1, $1, id, '1', '2', 'shared', 'ended', now(), now(), now() + interval '90 minutes' from campaign`,
    [tenant],
  );
  await page.reload();
  await page.getByRole('list').getByText('1 h 30 min').waitFor();
  await page.getByRole('link', { name: 'Weeks' }).click();
  await page.waitForURL('**/usage?by=week');
  await page.getByText('As a table').click();
  await page.getByRole('table').getByRole('cell', { name: '1 h 30 min' }).waitFor();
  await page.getByRole('heading', { name: 'What it costs the services' }).click();
  await page.getByText('not reported').first().waitFor();
  await look(page, 'desktop', 'usage');

  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download the sessions as CSV' }).click(),
  ]);
  const csv = await (await page.request.get(file.url())).text();
  expect(csv).toMatch(/^session_id,campaign,.*total_cost_usd/);
  expect(csv).toContain(`usage-${tenant},`);

  await page.getByLabel('Month').selectOption({ index: 3 });
  await page.waitForURL(/\/usage\?by=week&month=20\d\d-\d\d$/);
  await page.getByRole('heading', { name: /^No session in / }).waitFor();
  expect(errors).toEqual([]);
});

test('prices are for everybody, money is for Owners', async () => {
  const { page } = await newWindow(browser, 'phone');
  await page.goto(`${stack.appUrl}/pricing?pay=year`);
  await page.getByText('$290', { exact: true }).filter({ visible: true }).waitFor();
  await look(page, 'phone', 'pricing');
  const carol = await newPerson('Carol');
  await signInWithDiscord(page, carol);
  await page.goto(`${stack.appUrl}/dashboard`);
  await asRoot(`update mgmt.users set role = 'viewer' where discord_id = $1`, [carol.id]);
  for (const path of [
    '/billing',
    '/billing/plans',
    '/billing/plans/guild',
    '/billing/return?session_id=x',
    '/billing/cancel',
  ]) {
    expect((await page.goto(stack.appUrl + path))?.status(), path).toBe(403);
  }
  await page.goto(`${stack.appUrl}/usage`);
  await page.getByRole('heading', { name: 'Usage' }).waitFor();
  expect(await page.getByText('An estimate, not a bill').count()).toBe(0);
});
