// The first session of a new Dungeon Master, from sign-in to reading it again, at a desk and on a phone.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asRoot, closeDatabase } from '../lib/database.ts';
import { stackVariable } from '../lib/environment.ts';
import { control, newPerson, type Person } from '../lib/people.ts';
import {
  type Device,
  expectAccessible,
  feedLine,
  launchBrowser,
  newWindow,
  picture,
  signInWithDiscord,
} from './browser.ts';

interface Guild {
  id: string;
  channels: { id: string; type: number; name: string }[];
}

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser.close();
  await closeDatabase();
});

/** A person with a Discord server of their own and a bot that was invited to it. */
async function newcomer(name: string): Promise<{ person: Person; token: string }> {
  const person = await newPerson(name);
  const guild = await control<Guild>('POST', '/guilds', {
    name: `${name}'s table`,
    owner_id: person.id,
    member_ids: [],
  });
  const bot = await control<{ token: string }>('POST', '/bots', { name: 'Lantern', guild_ids: [guild.id] });
  return { person, token: bot.token };
}

async function tellGateway(path: string, body: object): Promise<void> {
  const answer = await fetch(`${stackVariable('GATEWAY_SIMULATOR_URL')}/control/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(answer.ok).toBe(true);
}

/** Lets this person's sessions talk faster than people do. */
async function talkFast(person: Person): Promise<void> {
  const members = await asRoot<{ tenant_id: string }>('select tenant_id from mgmt.users where discord_id = $1', [
    person.id,
  ]);
  await tellGateway('pace', { tenant_id: members[0]!.tenant_id, lines_per_second: 2 });
}

async function transcriptOf(session: string): Promise<string[]> {
  const [row] = await asRoot<{ tenant_id: string }>('select tenant_id from public.sessions where id = $1', [session]);
  const lines = await asRoot<{ text: string }>(
    `select text from tenant_${row!.tenant_id}.session_entries where session_id = $1 order by timestamp, id`,
    [session],
  );
  return lines.map(({ text }) => text);
}

test.each<Device>(['desktop', 'phone'])(
  'signs in with Discord, sets up a table, plays a session and reads it again (%s)',
  async (device) => {
    const { person, token } = await newcomer('Mara');
    const { page, errors } = await newWindow(browser, device);
    const feed = await feedLine(page);

    await signInWithDiscord(page, person);
    await page.waitForURL('**/welcome/campaign');
    await picture(page, device, '01-campaign');
    await page.getByLabel('Name').fill('Rabenheim');
    await page.getByRole('button', { name: 'Continue' }).click();

    await page.waitForURL('**/welcome/bot');
    await page.getByLabel('Bot token').fill('wrong');
    await page.getByRole('button', { name: 'Check and store' }).click();
    await page.getByText('Discord does not know this token').waitFor();
    await page.getByLabel('Bot token').fill(token);
    await page.getByRole('button', { name: 'Check and store' }).click();
    await page.getByText('Found: Lantern').waitFor();
    await picture(page, device, '02-bot');
    await page.getByRole('link', { name: 'Continue' }).click();

    await page.waitForURL('**/welcome/server');
    await page.getByRole('button', { name: 'Choose' }).click();

    await page.waitForURL('**/welcome/npc');
    await page.getByRole('textbox', { name: 'Name' }).fill('Greta');
    await picture(page, device, '03-npc');
    await page.getByRole('button', { name: 'Take it' }).click();
    await page.waitForURL('**/welcome/ready');
    await talkFast(person);
    await page.getByRole('link', { name: /Start/ }).click();

    await page.waitForURL('**/sessions/start**');
    await page.getByLabel('Voice channel').selectOption({ label: 'Table Talk' });
    await page
      .getByText('Table Talk on')
      .or(page.getByText(/Table Talk.*table/))
      .first()
      .waitFor();
    await picture(page, device, '04-start');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Start session' }).last().click();
    await page.waitForURL('**/sessions/*/live');
    const session = /sessions\/([^/]+)\/live/.exec(page.url())![1]!;

    await page.getByText('On air').first().waitFor();
    const log = page.getByRole('log');
    await log.getByText('Greta').first().waitFor();
    await picture(page, device, '05-live');
    await expectAccessible(page);

    await page.getByRole('button', { name: /Greta/ }).and(page.locator('[aria-pressed]')).first().click();
    await page.getByText('muted').first().waitFor();
    await picture(page, device, '06-muted');

    // The line breaks while thirty lines are written; afterwards each stands there once.
    const missed = Array.from({ length: 30 }, (_, line) => `The ${line}. stair creaks.`);
    await feed.cut();
    await page.getByText('Connection lost').waitFor();
    await tellGateway('lines', {
      session_id: session,
      lines: missed.map((text) => ({ text, speaker_id: '1', speaker_name: 'Wilka' })),
    });
    feed.mend();
    await log.getByText(missed.at(-1)!, { exact: true }).waitFor();
    for (const text of missed) expect(await log.getByText(text, { exact: true }).count()).toBe(1);
    await picture(page, device, '07-caught-up');

    if (device === 'phone') {
      await page.getByRole('button', { name: 'More', exact: true }).click();
      await page.getByRole('menuitem', { name: 'End session' }).click();
    } else {
      await page.getByRole('button', { name: 'End session' }).click();
    }
    await page.getByRole('dialog').getByRole('button', { name: 'End session' }).click();
    await page.getByRole('link', { name: 'Read transcript' }).click();
    await page.waitForURL(`**/sessions/${session}`);
    const spoken = await transcriptOf(session);
    expect(spoken.length).toBeGreaterThan(2);
    for (const text of spoken) await page.getByText(text, { exact: true }).first().waitFor();
    await picture(page, device, '08-transcript');
    await expectAccessible(page);

    await page.goto(new URL('/dashboard', page.url()).href);
    await picture(page, device, '09-dashboard');
    await expectAccessible(page);
    expect(errors).toEqual([]);
    await page.context().close();
  },
);
