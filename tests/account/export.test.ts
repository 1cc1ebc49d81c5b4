// One archive of everything about a person, and for an Owner the table; never anything of somebody else's table.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asRoot, closeDatabase } from '../lib/database.ts';
import { signInAgain, type SignedIn } from '../lib/people.ts';
import { newOwner, newTable, type Table } from '../sessions/table.ts';

interface Archive {
  format: string;
  version: number;
  account: { id: string; email: string };
  sign_ins: { provider: string; id: string }[];
  actions: { actor: string }[];
  mine: Record<string, Record<string, unknown>[]>;
  said: { text: string }[];
  table?: Record<string, Record<string, unknown>[]>;
}

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

const archiveOf = async (who: SignedIn) => {
  const { data, error } = await who.client.rpc('export_account');
  expect(error).toBeNull();
  return data as unknown as Archive;
};

test('a player gets what is about the player', async () => {
  const archive = await archiveOf(table.carol);
  expect(archive).toMatchObject({
    format: 'glyphoxa.account',
    version: 1,
    account: { id: table.carol.userId, email: table.carol.person.email },
    sign_ins: [{ provider: 'discord', id: table.carol.person.id }],
    said: [{ text: 'The mine lies behind the mill.' }],
    mine: { users: [{ id: table.carol.userId }], user_preferences: [{ user_id: table.carol.userId }] },
  });
  expect(archive.table).toBeUndefined();
  expect(JSON.stringify(archive)).not.toContain(table.bob.userId);
  expect(JSON.stringify(archive)).not.toContain('So we go there.');
});

test('an Owner gets the table too, without secrets', async () => {
  const archive = await archiveOf(table.alice);
  expect(archive.table!['campaigns']).toHaveLength(1);
  expect(archive.table!['npcs']!.map((npc) => npc['name']).sort()).toEqual(['Brannor', 'Greta']);
  expect(archive.table!['users']).toHaveLength(3);
  expect(JSON.stringify(archive.table!['transcripts'])).toContain('So we go there.');
  expect(archive.actions.every(({ actor }) => actor === table.alice.userId)).toBe(true);
  const text = JSON.stringify(archive);
  const secrets = await asRoot<{ secret: string }>(
    `select bot_token as secret from public.tenants where id = $1
     union all select ciphertext from private.secrets where tenant_id = $1`,
    [table.tenant],
  );
  expect(secrets).toHaveLength(2);
  for (const { secret } of secrets) expect(text).not.toContain(secret);
  expect(text).not.toContain(mallory.userId);
});

test('holds every relation of the API that has a tenant', async () => {
  const archive = await archiveOf(table.alice);
  const known = await asRoot<{ name: string }>(
    `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
     where c.relnamespace = 'mgmt'::regnamespace and c.relkind in ('r', 'p', 'v')
       and has_any_column_privilege('authenticated', c.oid, 'select')`,
  );
  const missing = known.map(({ name }) => name).filter((name) => !(name in archive.table!));
  expect(missing).toEqual([]);
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
