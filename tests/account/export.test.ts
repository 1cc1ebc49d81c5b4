// One archive of everything about a person, and for an Owner the table; never anything of somebody else's table.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asRoot, closeDatabase } from '../lib/database.ts';
import { signInAgain, type SignedIn } from '../lib/people.ts';
import { newOwner, newTable, type Table } from '../sessions/table.ts';
import { archiveOf, type Page, pageOf } from './archive.ts';

let table: Table;
let mallory: SignedIn;
const sessionId = crypto.randomUUID();

beforeAll(async () => {
  [table, mallory] = await Promise.all([newTable(), newOwner('mallory')]);
  const schema = `"tenant_${table.tenant}"`;
  await asRoot(
    `insert into public.sessions (id, tenant_id, campaign_id, guild_id, channel_id, license_tier, state, activated_at, ended_at)
     values ($1, $2, $3, $4, $5, 'dedicated', 'ended', now() - interval '1 hour', now())`,
    [sessionId, table.tenant, table.campaign, table.guild, table.channel],
  );
  for (const [speaker, text] of [
    [table.carol.person.id, 'The mine lies behind the mill.'],
    [table.bob.person.id, 'So we go there.'],
  ])
    await asRoot(
      `insert into ${schema}.session_entries (campaign_id, session_id, speaker_id, speaker_name, text, raw_text, "timestamp")
       values ($4, $1, $2, 'somebody', $3, $3, now())`,
      [sessionId, speaker, text, table.campaign],
    );
});
afterAll(closeDatabase);

test('a player gets what is about the player', async () => {
  const archive = await archiveOf(table.carol);
  expect(archive).toMatchObject({
    format: 'glyphoxa.account',
    version: 2,
    account: { id: table.carol.userId, email: table.carol.person.email },
    parts: {
      sign_ins: [{ provider: 'discord', provider_id: table.carol.person.id }],
      devices: [{ user_agent: expect.any(String) as string }],
      said: [{ text: 'The mine lies behind the mill.' }],
      invitations: [{ discord_id: table.carol.person.id, role: 'viewer' }],
      'mine.users': [{ id: table.carol.userId }],
      'mine.user_preferences': [{ user_id: table.carol.userId }],
    },
  });
  const names = Object.keys(archive.parts);
  expect(names.filter((name) => /^(table|recorded)\.|^files$/.test(name))).toEqual([]);
  expect(JSON.stringify(archive)).not.toContain(table.bob.userId);
  expect(JSON.stringify(archive)).not.toContain('So we go there.');
});

test('what an Owner did to a player stands in the player’s archive, without the Owner', async () => {
  await table.alice.client.rpc('set_member_role', { member: table.carol.userId, role: 'dm' });
  await table.alice.client.rpc('set_member_role', { member: table.carol.userId, role: 'viewer' });
  const { parts } = await archiveOf(table.carol);
  expect(parts['changes_of_me']).toMatchObject([
    { changes: { role: { before: 'viewer', after: 'dm' } } },
    { changes: { role: { before: 'dm', after: 'viewer' } } },
  ]);
  expect(JSON.stringify(parts)).not.toContain(table.alice.userId);
});

test('an Owner gets the table too, with what was learned whatever the plan, and without secrets', async () => {
  const schema = `"tenant_${table.tenant}"`;
  for (const [id, name] of [
    ['mine', 'The old mine'],
    ['mill', 'The mill'],
  ])
    await asRoot(`insert into ${schema}.entities (campaign_id, id, type, name) values ($1, $2, 'location', $3)`, [
      table.campaign,
      id,
      name,
    ]);
  await asRoot(
    `insert into ${schema}.relationships (campaign_id, source_id, target_id, rel_type) values ($1, 'mine', 'mill', 'behind')`,
    [table.campaign],
  );
  await asRoot(`insert into ${schema}.sessions (session_id, campaign_id) values ($1, $2)`, [sessionId, table.campaign]);
  await asRoot(
    `insert into ${schema}.recaps (session_id, campaign_id, text, audio_data, sample_rate, channels, duration_ns)
     values ($1, $2, 'They went to the mine.', decode(repeat('c0ffee', 100), 'hex'), 48000, 1, 1)`,
    [sessionId, table.campaign],
  );
  await asRoot(`update mgmt.subscriptions set plan_id = 'apprentice' where tenant_id = $1`, [table.tenant]);
  const { parts } = await archiveOf(table.alice);
  expect(parts['table.campaigns']).toHaveLength(1);
  expect(parts['table.npcs']!.map((npc) => npc['name']).sort()).toEqual(['Brannor', 'Greta']);
  expect(parts['table.users']).toHaveLength(3);
  expect(parts['recorded.session_entries']!.map((line) => line['text'])).toContain('So we go there.');
  expect(parts['recorded.entities']!.map((entry) => entry['name'])).toEqual(['The mill', 'The old mine']);
  expect(parts['recorded.relationships']).toMatchObject([{ source_id: 'mine', target_id: 'mill' }]);
  const [recap] = parts['recorded.recaps']!;
  expect(recap).toMatchObject({ text: 'They went to the mine.' });
  expect(Buffer.from(String(recap!['audio_data']), 'base64').toString('hex')).toBe('c0ffee'.repeat(100));
  expect(parts['actions']!.every(({ actor }) => actor === table.alice.userId)).toBe(true);
  const text = JSON.stringify(parts);
  const secrets = await asRoot<{ secret: string }>(
    `select bot_token as secret from public.tenants where id = $1
     union all select ciphertext from private.secrets where tenant_id = $1`,
    [table.tenant],
  );
  expect(secrets).toHaveLength(2);
  for (const { secret } of secrets) expect(text).not.toContain(secret);
  expect(text).not.toContain(mallory.userId);
});

test('files are listed by name, size and type', async () => {
  const { storage } = table.bob.client;
  const name = `${table.tenant}/portraits/greta.png`;
  expect(
    (await storage.from('images').upload(name, new Uint8Array(1234), { contentType: 'image/png' })).error,
  ).toBeNull();
  const file = { bucket: 'images', type: 'image/png', bytes: 1234 };
  expect((await archiveOf(table.alice)).parts['files']).toMatchObject([{ ...file, name: 'portraits/greta.png' }]);
  expect((await archiveOf(table.bob)).parts['uploads']).toMatchObject([{ ...file, name }]);
  expect((await table.alice.client.rpc('file_totals')).data).toEqual({ files: 1, bytes: 1234 });
});

test('what is large comes in pages that end at about a megabyte, with every line once', async () => {
  await asRoot(
    `insert into "tenant_${table.tenant}".session_entries (campaign_id, session_id, speaker_id, text, raw_text, "timestamp")
     select $1, $2, $3, 'Word ' || word || repeat(' and on they went', 20), '', now() from generate_series(1, 6000) as word`,
    [table.campaign, sessionId, table.bob.person.id],
  );
  const archive = await archiveOf(table.alice);
  expect(archive.pages).toBeGreaterThan(2);
  expect(archive.largest).toBeLessThan(1_100_000);
  const ids = archive.parts['recorded.session_entries']!.map(({ id }) => Number(id));
  expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
  const [counted] = await asRoot(`select count(*)::int as lines from "tenant_${table.tenant}".session_entries`);
  expect(ids).toHaveLength(Number(counted!['lines']));
});

test.each([
  { part: null },
  { key: [1] },
  { part: 'said', key: 'x' },
  { part: 'said', key: [] },
  { part: 'said', key: [1, 2] },
  { part: 'said', key: ['x'] },
  { part: 'said', key: [null] },
  { part: 'said', key: [{}] },
  { part: 'mine.users', key: ['not an id'] },
  'said',
])('a page after %j is refused', async (after) => {
  const { error } = await table.bob.client.rpc('export_account', { after: after as never });
  expect(error).toMatchObject({ code: 'PT422', details: 'validation' });
});

test('a page goes on nowhere but in one’s own rows', async () => {
  for (const part of ['table.users', 'recorded.session_entries', 'files']) {
    const page = await pageOf(table.carol, { part, key: part === 'files' ? ['0'] : [0] } as Page['next']);
    expect(page.parts.map(({ part: name }) => name).filter((name) => /^(table|recorded)\.|^files$/.test(name))).toEqual(
      [],
    );
  }
});

test('devices are listed, and ended at once', async () => {
  const laptop = await signInAgain(table.carol.person, { 'user-agent': 'Laptop' });
  const phone = await signInAgain(table.carol.person, { 'user-agent': 'Phone' });
  const { data } = await laptop.client.rpc('list_my_sessions');
  expect(data!.length).toBeGreaterThanOrEqual(3);
  expect((data as { this_one: boolean }[]).filter((session) => session.this_one)).toHaveLength(1);
  const others = (data as { id: string; this_one: boolean }[]).find((session) => !session.this_one)!;
  expect((await mallory.client.rpc('revoke_session', { session: others.id })).error?.details).toBe('not_found');
  expect((await laptop.client.rpc('revoke_session', { session: others.id })).data).toBe(1);
  expect((await laptop.client.rpc('revoke_session')).data).toBe(data!.length - 2);
  expect((await phone.client.auth.refreshSession()).error).not.toBeNull();
  expect((await laptop.client.auth.refreshSession()).error).toBeNull();
});
