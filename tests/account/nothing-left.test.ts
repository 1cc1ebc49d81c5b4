// After a deletion an operator looks for it everywhere, as root: every column of every table. What is allowed to stay, and what it
// may say, stands here (docs/decisions/deletion.md).
import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import { buy, customerOf, stripe, takeTurns } from '../billing/stripe.ts';
import { plant } from '../isolation/tables.ts';
import { asGateway, asRoot, closeDatabase, refused } from '../lib/database.ts';
import { newPerson, signIn, signInAgain, type SignedIn } from '../lib/people.ts';
import { RawSocket } from '../realtime/lib.ts';
import { addNpc, call, connectBot, join, newGuild, newOwner, ok, tenantOf, until } from '../sessions/table.ts';
import { placesOf, remainsOf } from './remains.ts';

takeTurns('together');
afterAll(closeDatabase);

const unique = (word: string) => `${word} ${randomBytes(6).toString('hex')}`;

async function nameOf(tenant: string): Promise<string> {
  const [row] = await asRoot<{ name: string }>('select name from public.tenants where id = $1', [tenant]);
  return row!.name;
}

/** Texts that people wrote, each with the mark in it, in whatever keeps texts. */
async function writeEverywhere(alice: SignedIn, tenant: string, campaign: string, mark: string, discordId: string) {
  const done = async (made: PromiseLike<{ error: unknown }>) => expect((await made).error).toBeNull();
  await done(alice.client.rpc('rename_tenant', { name: `Table ${mark}` }));
  await done(
    alice.client
      .from('campaigns')
      .update({ description: `A tale of ${mark}` })
      .eq('id', campaign),
  );
  await addNpc(alice, campaign, 'Greta');
  await done(
    alice.client
      .from('npcs')
      .update({ personality: `Fears ${mark}` })
      .eq('name', 'Greta'),
  );
  await done(alice.client.from('campaign_lore').insert({ campaign_id: campaign, title: mark, content: mark }));
  await done(
    alice.client.rpc('create_invite', { note: `For ${mark}`, email: `${mark.replace(' ', '.')}@example.com` }),
  );
  await done(
    alice.client.rpc('open_ticket', {
      subject: `About ${mark}`,
      category: 'question',
      body: `What of ${mark}, please?`,
    }),
  );
  const session = crypto.randomUUID();
  await asGateway(
    `insert into public.sessions (id, tenant_id, campaign_id, guild_id, channel_id, license_tier, state)
     values ($1, $2, $3, '300000000000000001', '300000000000000002', 'dedicated', 'active')`,
    [session, tenant, campaign],
  );
  await asGateway(
    `insert into "tenant_${tenant}".session_entries (campaign_id, session_id, speaker_id, speaker_name, text, "timestamp")
     values ($1, $2, $3, $4, $4, now())`,
    [campaign, session, discordId, mark],
  );
  await done(alice.client.from('session_details').insert({ session_id: session, title: mark, notes: mark }));
  await asGateway(`update public.sessions set state = 'ended', ended_at = now() where id = $1`, [session]);
  return session;
}

describe('a table', () => {
  test('leaves ids in the log and amounts in Stripe’s events, and nothing else', { timeout: 120_000 }, async () => {
    const mark = unique('Hollowmark');
    const alice = await newOwner('alice');
    const { tenant, campaign } = await tenantOf(alice);
    const payer = { owner: alice, tenant, campaign };
    await buy(payer, 'guild');
    const customer = (await customerOf(payer))!;
    await plant(tenant, alice);
    await asGateway(
      `update public.sessions set state = 'ended', ended_at = now() where tenant_id = $1 and state <> 'ended'`,
      [tenant],
    );
    const bob = await join(tenant, 'bob', 'dm');
    const guild = await newGuild(alice.person, [bob.person]);
    await connectBot(alice, [guild.id]);
    await ok(call(alice, 'PUT', `/providers/guilds/${guild.id}`));
    const session = await writeEverywhere(alice, tenant, campaign, mark, bob.person.id);
    const picture = `${tenant}/art/${randomBytes(4).toString('hex')}.png`;
    const images = bob.client.storage.from('images');
    expect((await images.upload(picture, new Uint8Array(64), { contentType: 'image/png' })).error).toBeNull();
    const link = (await images.createSignedUrl(picture, 600)).data!.signedUrl;
    expect((await fetch(link)).status).toBe(200);
    const { token: open } = (await alice.client.rpc('create_invite', {})).data as { token: string };
    const listener = new RawSocket('1.0.0');
    await listener.opened;
    expect((await listener.join('1', `tenant:${tenant}`, bob.accessToken)).payload.status).toBe('ok');

    // A double click: one of the two does it, the other finds nobody's table.
    const name = await nameOf(tenant);
    const clicks = await Promise.all([1, 2].map(() => alice.client.rpc('delete_tenant', { confirm_name: name })));
    expect(clicks.map(({ error }) => error?.details ?? 'deleted').sort()).toEqual(['deleted', 'no_account']);
    await listener.frame('phx_close', ({ event }) => event === 'phx_close');
    listener.close();
    const late = await images.upload(`${tenant}/art/late.png`, new Uint8Array(64), { contentType: 'image/png' });
    expect(late.error).not.toBeNull();
    const nina = await signIn(await newPerson('nina'));
    expect((await nina.client.rpc('accept_invite', { token: open })).error?.code).toMatch(/^PT4(04|10)$/);
    await until(
      async () =>
        (await asRoot('select from private.tenant_deletions where tenant_id = $1 and purged_at is not null', [tenant]))
          .length === 1,
      30_000,
    );
    // What Stripe says of it afterwards is recorded too.
    await until(async () => (await stripe().subscriptions.list({ customer, status: 'active' })).data.length === 0);

    expect(placesOf(await remainsOf([mark, picture, session]))).toEqual([
      // The session's own entries, by its id alone.
      'mgmt.audit_log',
    ]);
    const left = await remainsOf([tenant]);
    expect(placesOf(left)).toEqual([
      'mgmt.audit_log',
      'pgboss',
      'private.payment_events',
      'private.tenant_deletions',
      'private.used_tenant_ids',
    ]);
    const entries = await asRoot('select * from mgmt.audit_log where tenant_id = $1', [tenant]);
    expect(entries.length).toBeGreaterThan(20);
    for (const entry of entries) {
      expect(entry).toMatchObject({ resource_name: null, ip: null, user_agent: null });
      expect(new Set(Object.values(entry['changes'] as object)).difference(new Set(['changed'])).size).toBe(0);
    }
    const events = await asRoot<{ payload: unknown; type: string }>(
      'select type, payload from private.payment_events where tenant_id = $1 or customer_id = $2',
      [tenant, customer],
    );
    expect(events.map(({ type }) => type)).toContain('invoice.paid');
    expect(JSON.stringify(events)).toContain('amount_paid');
    expect(JSON.stringify(events)).not.toMatch(/customer_email|customer_name|"address"|hosted_invoice_url/);
    expect(JSON.stringify(events)).not.toContain(alice.person.email);
    expect(
      await asRoot('select name, purged_at is not null as purged from private.tenant_deletions where tenant_id = $1', [
        tenant,
      ]),
    ).toEqual([{ name: '', purged: true }]);
    // A row of the same name finds no bytes: they are gone, not only their row.
    expect((await fetch(link)).ok).toBe(false);
    await asRoot(`insert into storage.objects (bucket_id, name, metadata) values ('images', $1, '{"size": 64}')`, [
      picture,
    ]);
    const secret = await asRoot<{ id: string }>('select id from storage.objects where name = $1', [picture]);
    expect((await fetch(link)).ok).toBe(false);
    await asRoot('delete from storage.objects where id = $1', [secret[0]!.id]);

    const { data } = await stripe().subscriptions.list({ customer, status: 'all' });
    expect(data.map(({ status }) => status)).toEqual(['canceled']);
  });

  test('is not purged while a file is left', async () => {
    const alice = await newOwner('alice');
    const { tenant } = await tenantOf(alice);
    await asRoot(
      `insert into private.tenant_deletions (tenant_id, name, members, asked_at) values ($1, 'Gone', '{}', now())`,
      [tenant],
    );
    await asRoot(`insert into storage.objects (bucket_id, name) values ('images', $1)`, [`${tenant}/late.png`]);
    expect((await refused(asRoot('select private.purge_tenant($1)', [tenant]))).sqlstate).toBe('55006');
    expect(await asRoot('select from public.tenants where id = $1', [tenant])).toHaveLength(1);
    await asRoot(`delete from storage.objects where name = $1`, [`${tenant}/late.png`]);
    expect(await asRoot('select private.purge_tenant($1) as purged', [tenant])).toEqual([{ purged: true }]);
  });
});

describe('an account', () => {
  test('leaves its id in the log, and nobody’s name anywhere', { timeout: 120_000 }, async () => {
    const alice = await newOwner('alice');
    const { tenant, campaign } = await tenantOf(alice);
    await asRoot(`update mgmt.subscriptions set plan_id = 'guild', status = 'active' where tenant_id = $1`, [tenant]);
    const called = unique('Bobolink');
    const person = await newPerson('bob', { global_name: called });
    await alice.client.rpc('create_invite', { role: 'dm', discord_id: person.id, note: `For ${called}` });
    const bob = await signIn(person);
    await bob.client.rpc('ensure_account');
    expect((await bob.client.rpc('me')).data).toMatchObject({ user: { role: 'dm', display_name: called } });
    await bob.client.rpc('update_preferences', { patch: { theme: 'dark' } });
    for (const [discordId, name, aliases] of [
      [person.id, 'Wilka', [called, 'Wil']],
      [alice.person.id, 'Torben', []],
    ])
      expect(
        (
          await bob.client.from('campaign_characters').insert({
            campaign_id: campaign,
            discord_id: discordId as string,
            name: name as string,
            aliases: aliases as string[],
          })
        ).error,
      ).toBeNull();
    const further = (
      await bob.client.from('campaigns').insert({ name: 'Further', language: 'de' }).select('id').single()
    ).data!;
    const image = { contentType: 'image/png' };
    const path = `${tenant}/art/bob.png`;
    expect((await bob.client.storage.from('images').upload(path, new Uint8Array(8), image)).error).toBeNull();
    await bob.client.rpc('open_ticket', {
      subject: 'A question',
      category: 'question',
      body: 'How does one leave, please?',
    });
    const session = crypto.randomUUID();
    await asGateway(
      `insert into public.sessions (id, tenant_id, campaign_id, guild_id, channel_id, license_tier, state)
       values ($1, $2, $3, '300000000000000001', '300000000000000002', 'dedicated', 'active')`,
      [session, tenant, campaign],
    );
    for (const [where, speaker, name] of [
      [campaign, person.id, called],
      [campaign, alice.person.id, 'Alice'],
      [further['id'], person.id, called],
    ])
      await asGateway(
        `insert into "tenant_${tenant}".session_entries (campaign_id, session_id, speaker_id, speaker_name, text, "timestamp")
         values ($1, $2, $3, $4, 'To the mill.', now())`,
        [where, session, speaker, name],
      );
    await asGateway(`update public.sessions set state = 'ended', ended_at = now() where id = $1`, [session]);
    await asRoot('update public.tenants set contact_email = $1 where id = $2', [person.email, tenant]);
    const phone = await signInAgain(person, { 'user-agent': 'Phone' });

    const clicks = await Promise.all(
      [bob, phone].map(({ client }) => client.rpc('delete_account', { confirm: person.email! })),
    );
    expect(clicks.map(({ error }) => error?.details ?? 'deleted').sort()).toEqual(['deleted', 'signed_out']);
    for (const { client } of [bob, phone]) {
      expect((await client.rpc('ensure_account')).error?.details).toBe('signed_out');
      expect((await client.auth.refreshSession()).error).not.toBeNull();
    }
    await until(
      async () =>
        (
          await asRoot('select from private.account_deletions where user_id = $1 and purged_at is not null', [
            bob.userId,
          ])
        ).length === 1,
      30_000,
    );

    expect(await remainsOf([person.id, person.email!, called, person.username])).toEqual([]);
    // Realtime told the table, for some days, that a member changed.
    expect(placesOf(await remainsOf([bob.userId]))).toEqual([
      'mgmt.audit_log',
      'pgboss',
      'private.account_deletions',
      'realtime.messages',
    ]);
    const entries = await asRoot('select * from mgmt.audit_log where actor = $1', [bob.userId]);
    expect(entries.length).toBeGreaterThan(4);
    for (const entry of entries) expect(entry).toMatchObject({ ip: null, user_agent: null });

    // The table keeps the story, under the names of the story.
    expect(
      await asRoot(
        `select speaker_name, speaker_id = $1 as alice from "tenant_${tenant}".session_entries order by id`,
        [alice.person.id],
      ),
    ).toEqual([
      { speaker_name: 'Wilka', alice: false },
      { speaker_name: 'Alice', alice: true },
      { speaker_name: 'Ehemals am Tisch', alice: false },
    ]);
    const [cast] = (await alice.client.from('campaign_characters').select('discord_id, aliases').eq('name', 'Wilka'))
      .data!;
    expect(cast).toEqual({ discord_id: expect.stringMatching(/^former-[0-9a-f]{12}$/) as string, aliases: ['Wil'] });
    expect(
      (await alice.client.from('session_summaries').select('speakers').eq('session_id', session).single()).data,
    ).toEqual({
      speakers: expect.arrayContaining([expect.objectContaining({ name: 'Wilka' })]) as unknown,
    });
    expect((await alice.client.from('tenants').select('contact_email').single()).data).toEqual({
      contact_email: alice.person.email,
    });
    expect((await alice.client.from('campaigns').select('id')).data).toHaveLength(2);
  });

  test('that comes back begins anew, without a second trial', async () => {
    const person = await newPerson('nina', { account_age_days: 400 });
    const nina = await signIn(person);
    await nina.client.rpc('ensure_account');
    const { tenant } = await tenantOf(nina);
    expect(await asRoot('select status from mgmt.subscriptions where tenant_id = $1', [tenant])).toEqual([
      { status: 'trialing' },
    ]);
    expect((await nina.client.rpc('delete_account', { confirm: person.email! })).error?.details).toBe('last_owner');
    expect((await nina.client.rpc('delete_tenant', { confirm_name: await nameOf(tenant) })).error).toBeNull();
    expect((await nina.client.rpc('delete_account', { confirm: person.email! })).error).toBeNull();
    const again = await signInAgain(person);
    expect(again.userId).not.toBe(nina.userId);
    await again.client.rpc('ensure_account');
    const anew = await tenantOf(again);
    expect(anew.tenant).not.toBe(tenant);
    expect(
      await asRoot('select plan_id, trial_end from mgmt.subscriptions where tenant_id = $1', [anew.tenant]),
    ).toEqual([{ plan_id: 'apprentice', trial_end: null }]);
  });
});

describe('the log of the living', () => {
  test('becomes no poorer, and that of the gone no richer', async () => {
    const alice = await newOwner('alice');
    const { tenant } = await tenantOf(alice);
    const change = (set: string, of: string) =>
      refused(asRoot(`update mgmt.audit_log set ${set} where tenant_id = $1`, [of]));
    for (const set of ['ip = null', 'resource_name = null', `changes = private.only_that_it_changed(changes)`])
      expect(await change(set, tenant)).toMatchObject({ sqlstate: '42501' });
    await asRoot(
      `insert into private.tenant_deletions (tenant_id, name, members, asked_at) values ($1, 'Gone', '{}', now())`,
      [tenant],
    );
    expect(await asRoot('select private.purge_tenant($1) as purged', [tenant])).toEqual([{ purged: true }]);
    for (const set of [
      `resource_name = 'Other'`,
      `actor = gen_random_uuid()`,
      `ip = '10.0.0.1'`,
      `created_at = now()`,
      `changes = '{"name": {"after": "Other"}}'`,
      `changes = '{}'`,
    ])
      expect(await change(set, tenant), set).toMatchObject({ sqlstate: '42501' });
    expect((await refused(asRoot('delete from mgmt.audit_log where tenant_id = $1', [tenant]))).sqlstate).toBe('42501');
  });
});
