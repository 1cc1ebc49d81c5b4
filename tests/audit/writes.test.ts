// Every write leaves who, what, before and after, and from where.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asGateway, asRoot, closeDatabase, gatewaySql, undone } from '../lib/database.ts';
import { request } from '../lib/requests.ts';
import { call, connectBot, newOwner, newTable, ok, type Table, tenantOf } from '../sessions/table.ts';
import { asService, type AuditRow, historyOf } from './table.ts';

let table: Table;

beforeAll(async () => {
  table = await newTable();
});
afterAll(closeDatabase);

async function newNpc(fields: Record<string, unknown> = {}): Promise<string> {
  const { data, error } = await table.alice.client
    .from('npcs')
    .insert({ campaign_id: table.campaign, name: `Otto ${randomUUID()}`, ...fields })
    .select('id')
    .single();
  if (error) throw new Error(error.message);
  return data.id as string;
}

test('a change says who, what, before and after, and from where', async () => {
  const npc = await newNpc({ personality: 'Gruff.' });
  const requestId = randomUUID();
  const answer = await request(`/rest/v1/npcs?id=eq.${npc}`, {
    method: 'PATCH',
    token: table.bob.accessToken,
    body: JSON.stringify({ personality: 'Warm.', engine: 'cascaded' }),
    headers: {
      'content-type': 'application/json',
      // Only the last address was seen by a proxy of ours; the one before it is the client's own claim.
      'x-forwarded-for': '198.51.100.66, 203.0.113.7',
      'user-agent': 'Mozilla/5.0 (Test)',
      'x-request-id': requestId,
    },
  });
  expect(answer.status).toBe(204);
  const [made, changed, ...more] = await historyOf(table.alice, 'npc', npc);
  expect(more).toEqual([]);
  expect(made).toMatchObject({
    action: 'insert',
    actor: table.alice.userId,
    changes: { personality: { before: null, after: 'Gruff.' } },
  });
  expect(changed).toMatchObject({
    tenant_id: table.tenant,
    actor: table.bob.userId,
    actor_kind: 'user',
    action: 'update',
    resource_name: expect.stringMatching(/^Otto /),
    ip: '203.0.113.7',
    user_agent: 'Mozilla/5.0 (Test)',
    request_id: requestId,
  });
  // The engine was that already: only what changed is there.
  expect(changed!.changes).toEqual({ personality: { before: 'Gruff.', after: 'Warm.' } });
});

test('a write that changes nothing leaves nothing', async () => {
  const npc = await newNpc({ personality: 'Same.' });
  const { error } = await table.alice.client.from('npcs').update({ personality: 'Same.' }).eq('id', npc);
  expect(error).toBeNull();
  expect(await historyOf(table.alice, 'npc', npc)).toHaveLength(1);
});

test('a write that is refused leaves nothing', async () => {
  const npc = await newNpc();
  const { error } = await table.alice.client
    .from('npcs')
    .update({ personality: 'x'.repeat(2001) })
    .eq('id', npc);
  expect(error).not.toBeNull();
  expect(await historyOf(table.alice, 'npc', npc)).toHaveLength(1);
});

test('deletion keeps what was there, under its name', async () => {
  const npc = await newNpc({ personality: 'Gone.' });
  await table.alice.client.from('npcs').delete().eq('id', npc);
  const gone = (await historyOf(table.alice, 'npc', npc)).at(-1);
  expect(gone).toMatchObject({ action: 'delete', changes: { personality: { before: 'Gone.', after: null } } });
  expect(gone!.resource_name).toMatch(/^Otto /);
});

test('the bin and the way back have their own words', async () => {
  const { data } = await table.alice.client.from('campaigns').insert({ name: randomUUID() }).select('id').single();
  const id = data!.id as string;
  for (const deleted_at of [new Date().toISOString(), null])
    await table.alice.client.from('campaigns').update({ deleted_at }).eq('id', id);
  const actions = (await historyOf(table.alice, 'campaign', id)).map(({ action }) => action);
  expect(actions).toEqual(['insert', 'bin', 'restore']);
});

test('long values are cut after 500 characters', async () => {
  const { data } = await table.alice.client
    .from('campaign_lore')
    .insert({ campaign_id: table.campaign, title: 'Long', content: 'ä'.repeat(50_000) })
    .select('id')
    .single();
  const [row] = await historyOf(table.alice, 'lore', data!.id as string);
  expect(row!.changes['content']).toEqual({ before: null, after: `${'ä'.repeat(500)}…` });
});

test('one statement over many rows leaves a row for each', async () => {
  const aliases = Array.from({ length: 40 }, (_, index) => ({
    campaign_id: table.campaign,
    discord_id: String(index + 1),
    name: `Hero ${index}`,
  }));
  const { data, error } = await table.alice.client.from('campaign_characters').insert(aliases).select('id');
  expect(error).toBeNull();
  const { error: updated } = await table.alice.client
    .from('campaign_characters')
    .update({ colour: 3 })
    .eq('campaign_id', table.campaign);
  expect(updated).toBeNull();
  for (const { id } of data!) {
    const [made, changed] = await historyOf(table.alice, 'character', id as string);
    expect(made!.changes['discord_id']).toBe('changed');
    expect(changed!.changes).toEqual({ colour: { before: 1, after: 3 } });
  }
});

describe('who', () => {
  test('is the person behind an edge function, with address and device', async () => {
    const { data } = await table.alice.client.from('discord_servers').select('guild_id').single();
    const [claimed] = await historyOf(table.alice, 'discord_server', data!.guild_id as string);
    expect(claimed).toMatchObject({ actor_kind: 'user', actor: table.alice.userId, action: 'insert', ip: '127.0.0.1' });
    expect(claimed!.user_agent).toMatch(/^node/);
  });

  test('is the system when a service acts by itself, and the person it names when it says so', async () => {
    const owner = await newOwner('nova');
    const { tenant } = await tenantOf(owner);
    await ok(asService('set_bot_token', { tenant, ciphertext: 'sealed 1', last_four: 'aaaa' }));
    await ok(
      asService(
        'set_bot_token',
        { tenant, ciphertext: 'sealed 2', last_four: 'bbbb' },
        { 'x-acting-user': owner.userId, 'x-acting-user-agent': 'Mozilla/5.0', 'x-forwarded-for': '203.0.113.9' },
      ),
    );
    const [first, second] = await historyOf(owner, 'secret', 'bot_token');
    expect(first).toMatchObject({ actor_kind: 'system', actor: null });
    expect(second).toMatchObject({
      actor_kind: 'user',
      actor: owner.userId,
      user_agent: 'Mozilla/5.0',
      ip: '203.0.113.9',
    });
  });

  test('cannot be claimed by a person', async () => {
    const npc = await newNpc();
    await ok(
      request(`/rest/v1/npcs?id=eq.${npc}`, {
        method: 'PATCH',
        token: table.bob.accessToken,
        body: JSON.stringify({ personality: 'Mine.' }),
        headers: { 'content-type': 'application/json', 'x-acting-user': table.alice.userId },
      }),
    );
    expect((await historyOf(table.alice, 'npc', npc)).at(-1)).toMatchObject({ actor: table.bob.userId });
  });

  test('is the operator for SQL by hand, and the gateway for what it writes', async () => {
    await asRoot('update public.tenants set contact_email = $2 where id = $1', [table.tenant, 'a@example.com']);
    await asGateway(`update tenants set dm_role_id = '42' where id = $1`, [table.tenant]);
    const history = await historyOf(table.alice, 'tenant', table.tenant);
    expect(history.at(-2)).toMatchObject({
      actor_kind: 'operator',
      actor: null,
      changes: { contact_email: 'changed' },
    });
    expect(history.at(-1)).toMatchObject({
      actor_kind: 'gateway',
      changes: { dm_role_id: { before: '', after: '42' } },
    });
  });
});

test('secrets are said to have changed, and stand nowhere in the log', async () => {
  const owner = await newOwner('nova');
  const { tenant } = await tenantOf(owner);
  const first = await connectBot(owner, []);
  const second = await connectBot(owner, []);
  const secrets = await historyOf(owner, 'secret', 'bot_token');
  expect(secrets.map(({ action, changes }) => [action, changes['ciphertext']])).toEqual([
    ['insert', 'changed'],
    ['update', 'changed'],
  ]);
  const tokens = (await historyOf(owner, 'tenant', tenant)).filter(({ changes }) => 'bot_token' in changes);
  expect(tokens.map(({ changes }) => changes['bot_token'])).toEqual(['changed', 'changed']);
  const [{ ciphertext }] = (await asRoot<{ ciphertext: string }>(
    'select ciphertext from private.secrets where tenant_id = $1',
    [tenant],
  )) as [{ ciphertext: string }];
  const rows = await asRoot('select to_jsonb(l)::text as row from mgmt.audit_log as l where tenant_id = $1', [tenant]);
  expect(rows.length).toBeGreaterThan(5);
  for (const { row } of rows)
    for (const secret of [first.token, second.token, ciphertext, owner.person.email, owner.person.id])
      expect(row).not.toContain(secret);
});

test.each([
  ['postgres', 'operator'],
  ['glyphoxa_gateway', 'gateway'],
])('emptying a table leaves a row for each of its rows, and who did it (%s)', async (role, kind) => {
  // A table of its own: the lock of TRUNCATE on a real one would stop every other test.
  const [before, after] = await undone(async (client) => {
    await client.query(
      `create table private.emptied (tenant_id text, a text, b text, c text, d text, secret text, bot_token text, primary key (a, b, c, d));
       select private.audit_writes('private.emptied', 'emptied', 'a');
       grant all on private.emptied to glyphoxa_gateway;
       insert into private.emptied values ('t1', 'x', '1', 'y', '2', 'seen', 'hidden'), ('t2', 'x', '1', 'y', '3', '', '');
       set local role ${role}`,
    );
    await client.query('truncate private.emptied');
    await client.query('reset role');
    const { rows } = await client.query<AuditRow>(
      `select tenant_id, actor_kind, action, resource_id, resource_name, changes from mgmt.audit_log
       where resource_type = 'emptied' order by id`,
    );
    return [rows.filter(({ action }) => action === 'insert'), rows.filter(({ action }) => action === 'delete')];
  });
  expect(before).toHaveLength(2);
  expect(after).toEqual([
    {
      tenant_id: 't1',
      actor_kind: kind,
      action: 'delete',
      resource_id: 'x/1/y/2',
      resource_name: 'x',
      changes: expect.objectContaining({ secret: { before: 'seen', after: null }, bot_token: 'changed' }) as unknown,
    },
    expect.objectContaining({ tenant_id: 't2', resource_id: 'x/1/y/3' }),
  ]);
});

test('an operator’s change of the installation is in the log, and no table’s business', async () => {
  const rows = await undone(async (client) => {
    await client.query(`update private.settings set value = '"licensed"' where key = 'deployment.mode'`);
    await client.query(`update private.provider_rates set nano_usd = nano_usd + 1 where model = 'gpt-4o'`);
    const { rows: found } = await client.query<AuditRow>(
      `select tenant_id, actor_kind, resource_type, resource_id, changes from mgmt.audit_log
       where created_at = now() and resource_type in ('setting', 'provider_rate') order by id`,
    );
    return found;
  });
  expect(rows[0]).toEqual({
    tenant_id: null,
    actor_kind: 'operator',
    resource_type: 'setting',
    resource_id: 'deployment.mode',
    changes: { value: { before: 'managed', after: 'licensed' } },
  });
  expect(rows.slice(1).map(({ resource_id }) => resource_id.split('/').slice(0, 3).join('/'))).toEqual([
    'openai/gpt-4o/llm_token_in',
    'openai/gpt-4o/llm_token_out',
  ]);
});

test('what happened is not unmade in silence: a ledger’s row that is changed or removed is in the log', async () => {
  const rows = await undone(async (client) => {
    await client.query(
      `insert into mgmt.billing_events (tenant_id, session_id, event_type, plan_id, period) values ($1, $2, 'session_start', 'guild', '2026-11-01')`,
      [table.tenant, randomUUID()],
    );
    await client.query(`update mgmt.billing_events set plan_id = 'apprentice' where tenant_id = $1`, [table.tenant]);
    await client.query(`delete from mgmt.billing_events where tenant_id = $1`, [table.tenant]);
    const { rows: found } = await client.query<AuditRow>(
      `select action from mgmt.audit_log where resource_type = 'billing_event' and tenant_id = $1 and created_at = now() order by id`,
      [table.tenant],
    );
    return found;
  });
  expect(rows).toEqual([{ action: 'update' }, { action: 'delete' }]);
});

test('an NPC whose time in the bin is over leaves a row, one that comes back leaves none of an end', async () => {
  const [gone, back] = [await newNpc(), await newNpc()];
  for (const npc of [gone, back]) {
    const { error } = await table.alice.client.rpc('set_npc_aside', { npc, reason: 'bin' });
    expect(error).toBeNull();
  }
  expect((await table.alice.client.rpc('restore_npc', { npc: back })).error).toBeNull();
  await asRoot('delete from mgmt.npcs_aside where id = $1', [gone]);
  const actions = async (npc: string) => (await historyOf(table.alice, 'npc', npc)).map(({ action }) => action);
  expect(await actions(gone)).toEqual(['insert', 'bin', 'delete']);
  expect(await actions(back)).toEqual(['insert', 'bin', 'restore']);
});

test('what the gateway reports of a session is no write of anybody', async () => {
  const [{ count: before }] = await countRows();
  const session = randomUUID();
  await asGateway(gatewaySql.start, [session, table.tenant, table.campaign, table.guild, table.channel, 'dedicated']);
  await asGateway(gatewaySql.activate, [session]);
  for (let beat = 0; beat < 5; beat++) await asGateway(gatewaySql.heartbeat, [session]);
  await asGateway(
    `insert into tenant_${table.tenant}.session_entries (campaign_id, session_id, speaker_name, text) values ($1, $2, 'Otto', 'Hail.')`,
    [table.campaign, session],
  );
  await asGateway(gatewaySql.end, [session, null]);
  expect((await countRows())[0].count).toBe(before);
});

async function countRows(): Promise<[{ count: string }]> {
  return (await asRoot('select count(*) as count from mgmt.audit_log where tenant_id = $1', [table.tenant])) as [
    { count: string },
  ];
}

test('preferences are logged, and nobody’s business', async () => {
  const { error } = await table.carol.client.rpc('update_preferences', { patch: { theme: 'dark' } });
  expect(error).toBeNull();
  const rows = await asRoot<{ [column: string]: unknown }>(
    `select tenant_id, actor, changes from mgmt.audit_log where resource_type = 'preference' and resource_id = $1 order by id`,
    [table.carol.userId],
  );
  expect(rows.at(-1)).toEqual({ tenant_id: null, actor: table.carol.userId, changes: { preferences: 'changed' } });
  expect(await historyOf(table.alice, 'preference', table.carol.userId)).toEqual([]);
});

test('who moves to another table is gone here and new there, and neither table is named in the other', async () => {
  const dave = await newOwner('dave');
  const { tenant: former } = await tenantOf(dave);
  const erin = await newOwner('erin');
  const { tenant: next } = await tenantOf(erin);
  await asRoot(`update mgmt.users set tenant_id = $2, role = 'viewer' where id = $1`, [dave.userId, next]);
  const rows = await asRoot<AuditRow & { [column: string]: unknown }>(
    `select * from mgmt.audit_log where resource_type = 'member' and resource_id = $1 order by id desc limit 2`,
    [dave.userId],
  );
  const gone = rows.find(({ action }) => action === 'delete')!;
  const came = rows.find(({ action }) => action === 'insert')!;
  expect([gone.tenant_id, came.tenant_id]).toEqual([former, next]);
  expect(JSON.stringify(gone)).not.toContain(next);
  expect(JSON.stringify(came)).not.toContain(former);
});

test('rows outlive the table and the person they tell of', async () => {
  const owner = await newOwner('nova');
  const { tenant } = await tenantOf(owner);
  await asRoot('delete from public.tenants where id = $1', [tenant]);
  await asRoot('delete from auth.users where id = $1', [owner.userId]);
  const kept = await asRoot(`select action, resource_type from mgmt.audit_log where tenant_id = $1`, [tenant]);
  expect(kept).toContainEqual({ action: 'insert', resource_type: 'tenant' });
  expect(kept).toContainEqual({ action: 'delete', resource_type: 'tenant' });
  expect(kept).toContainEqual({ action: 'delete', resource_type: 'member' });
});

test('a start asked for in the app is in the log, from the click to its end', async () => {
  const { body } = await ok(
    call<{ request_id: string }>(table.alice, 'POST', '/sessions/start', {
      campaign_id: table.campaign,
      guild_id: table.guild,
      channel_id: table.channel,
      idempotency_key: randomUUID(),
    }),
  );
  const [asked] = await historyOf(table.alice, 'session_request', body.request_id);
  expect(asked).toMatchObject({ action: 'insert', actor: table.alice.userId, changes: { state: { after: 'asked' } } });
  const live = await asRoot(`select id from public.sessions where tenant_id = $1 and state <> 'ended'`, [table.tenant]);
  for (const { id } of live) await ok(call(table.alice, 'POST', `/sessions/${String(id)}/stop`));
});
