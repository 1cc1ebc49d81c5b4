// Who may receive and who may send on which topic, asked of the policies on realtime.messages as Realtime asks them.
import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { closeDatabase, gatewaySql, refusalOf, snowflake, type Story, story } from '../lib/database.ts';

afterAll(closeDatabase);

async function mayReceive(told: Story, userId: string, topic: string, extension: string): Promise<boolean> {
  await told.root(`insert into realtime.messages (topic, extension) values ($1, $2)`, [topic, extension]);
  await told.root(`select set_config('realtime.topic', $1, true)`, [topic]);
  const rows = await told.as(userId, `select from realtime.messages where topic = $1 and extension = $2`, [
    topic,
    extension,
  ]);
  return rows.length > 0;
}

async function maySend(told: Story, userId: string, topic: string, extension: string): Promise<boolean> {
  await told.root(`select set_config('realtime.topic', $1, true)`, [topic]);
  try {
    await told.as(userId, `insert into realtime.messages (topic, extension) values ($1, $2)`, [topic, extension]);
    return true;
  } catch (error) {
    expect(refusalOf(error)).toMatchObject({ sqlstate: '42501' });
    return false;
  }
}

async function rightsOf(told: Story, userId: string, topic: string): Promise<string> {
  const rights: string[] = [];
  for (const extension of ['broadcast', 'presence', 'postgres_changes']) {
    if (await mayReceive(told, userId, topic, extension)) rights.push(`receives ${extension}`);
    if (await maySend(told, userId, topic, extension)) rights.push(`sends ${extension}`);
  }
  return rights.join(', ');
}

const member = 'receives broadcast, receives presence, sends presence';

test('members hear their own table and its sessions, and send nothing but their presence', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    const mallory = await told.owner('Mallory');
    const discordId = snowflake(10);
    await told.root(
      `insert into mgmt.invites (tenant_id, role, discord_id, expires_at) values ($1, 'viewer', $2, now() + interval '1 day')`,
      [alice.tenant, discordId],
    );
    const carol = await told.owner('Carol', { id: discordId });
    expect(carol.tenant).toBe(alice.tenant);
    const session = randomUUID();
    await told.gateway(gatewaySql.start, [session, alice.tenant, alice.campaign, snowflake(1), '', 'shared']);

    for (const topic of [`tenant:${alice.tenant}`, `session:${session}`]) {
      expect(await rightsOf(told, alice.id, topic)).toBe(member);
      expect(await rightsOf(told, carol.id, topic)).toBe(member);
      expect(await rightsOf(told, mallory.id, topic)).toBe('');
      expect(await rightsOf(told, randomUUID(), topic)).toBe('');
    }
    for (const topic of [
      '',
      'tenant:',
      'session:',
      'tenant',
      `session:${randomUUID()}`,
      `other:${alice.tenant}`,
      alice.tenant,
    ]) {
      expect(await rightsOf(told, alice.id, topic)).toBe('');
    }
    await told.root('update mgmt.users set deleted_at = now() where id = $1', [carol.id]);
    expect(await rightsOf(told, carol.id, `tenant:${alice.tenant}`)).toBe('');
  }));

test('a table hears of kinds and ids, never of content', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    const [npc] = await told.as<{ id: string }>(
      alice.id,
      `insert into mgmt.npcs (campaign_id, name, secret_knowledge) values ($1, 'Greta', '["the mine"]') returning id`,
      [alice.campaign],
    );
    const [page] = await told.as<{ id: string }>(
      alice.id,
      `insert into mgmt.campaign_lore (campaign_id, title) values ($1, 'The mine') returning id`,
      [alice.campaign],
    );
    await told.as(alice.id, `update mgmt.campaign_lore set deleted_at = now() where id = $1`, [page!.id]);
    await told.as(alice.id, `delete from mgmt.npcs where id = $1`, [npc!.id]);
    const payloads = (
      await told.root<{ payload: Record<string, string> }>('select payload from realtime.messages where topic = $1', [
        `tenant:${alice.tenant}`,
      ])
    ).map(({ payload }) => payload);
    for (const payload of payloads) expect(Object.keys(payload).sort()).toEqual(['id', 'kind', 'op']);
    const heard = payloads
      .filter(({ kind }) => ['npc', 'lore'].includes(kind!))
      .map(({ kind, id, op }) => `${kind} ${id} ${op}`);
    expect(heard.sort()).toEqual(
      [`lore ${page!.id} delete`, `lore ${page!.id} insert`, `npc ${npc!.id} delete`, `npc ${npc!.id} insert`].sort(),
    );
  }));
