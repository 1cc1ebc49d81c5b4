import { beforeAll, describe, expect, test } from 'vitest';
import { asRoot } from '../lib/database.ts';
import { newPerson, type SignedIn } from '../lib/people.ts';
import type { Answer } from '../lib/requests.ts';
import {
  call,
  connectBot,
  type DiscordGuild,
  endAll,
  newBot,
  newGuild,
  newOwner,
  newTable,
  ok,
  start,
  type Table,
  tenantOf,
} from '../sessions/table.ts';

interface Guilds {
  guilds: { id: string; name: string; icon_url: string | null; state: string }[];
  invite_url: string;
}

let table: Table;
let mallory: SignedIn;

beforeAll(async () => {
  [table, mallory] = await Promise.all([newTable(), newOwner('mallory')]);
});

async function refusal(answered: Promise<Answer>) {
  const { status, body } = await answered;
  return { status, code: body.code };
}

async function secretOf(owner: SignedIn) {
  const { tenant } = await tenantOf(owner);
  const [row] = await asRoot<{ ciphertext: string | null; bot_token: string; bot_last_four: string | null }>(
    `select (select ciphertext from private.secrets where tenant_id = id) as ciphertext, bot_token, bot_last_four
     from public.tenants where id = $1`,
    [tenant],
  );
  return row!;
}

describe('bot token', () => {
  test.each(['two words', 'line\nbreak', 'Würfel', '🎲'])('%j is no token, and Discord is not asked', async (token) => {
    const answer = await call(mallory, 'PUT', '/providers/bot-token', { token });
    expect(answer.body).toMatchObject({ code: 'validation', field: 'token' });
  });

  test('is checked, given to the gateway and kept encrypted; nobody reads it back', async () => {
    const owner = await newOwner('nova');
    const bot = await newBot([], 'Nova Bot');
    const { status, body, text } = await call(owner, 'PUT', '/providers/bot-token', { token: `  ${bot.token}\n` });
    expect(status).toBe(200);
    expect(body).toEqual({ bot: { id: bot.id, name: 'Nova Bot', avatar_url: null } });
    expect(text).not.toContain(bot.token);
    const stored = await secretOf(owner);
    expect(stored).toMatchObject({ bot_token: bot.token, bot_last_four: bot.token.slice(-4) });
    expect(stored.ciphertext).toMatch(/^keyring:v1:/);
    expect(stored.ciphertext).not.toContain(bot.token);
  });

  test('that Discord does not know is refused, and nothing is stored', async () => {
    const owner = await newOwner('nova');
    expect(await refusal(call(owner, 'PUT', '/providers/bot-token', { token: 'no.such.token' }))).toEqual({
      status: 422,
      code: 'provider_refused',
    });
    expect(await secretOf(owner)).toEqual({ ciphertext: null, bot_token: '', bot_last_four: null });
  });

  test('of another table’s bot is refused, and stays theirs', async () => {
    const [first, second] = await Promise.all([newOwner('nova'), newOwner('mallory')]);
    const { token } = await connectBot(first, []);
    expect(await refusal(call(second, 'PUT', '/providers/bot-token', { token }))).toEqual({
      status: 409,
      code: 'bot_in_use',
    });
    expect(await secretOf(second)).toMatchObject({ ciphertext: null, bot_token: '' });
    expect(await secretOf(first)).toMatchObject({ bot_token: token });
  });

  test('a bot that was replaced is free for another table', async () => {
    const [first, second] = await Promise.all([newOwner('nova'), newOwner('karim')]);
    const { token } = await connectBot(first, []);
    await connectBot(first, []);
    expect((await call(second, 'PUT', '/providers/bot-token', { token })).status).toBe(200);
  });

  test('replacing it leaves the servers as they are', async () => {
    const owner = await newOwner('nova');
    const guild = await newGuild(owner.person);
    await connectBot(owner, [guild.id]);
    await ok(call(owner, 'PUT', `/providers/guilds/${guild.id}`));
    await connectBot(owner, [guild.id]);
    const { data } = await owner.client.rpc('me');
    expect(data.tenant).toMatchObject({ guild_ids: [guild.id], bot_set: true });
  });

  test('belongs to the Owner alone', async () => {
    const { token } = await newBot([]);
    for (const who of [table.bob, table.carol]) {
      expect(await refusal(call(who, 'PUT', '/providers/bot-token', { token }))).toEqual({
        status: 403,
        code: 'forbidden',
      });
    }
    expect(await refusal(call(null, 'PUT', '/providers/bot-token', { token }))).toEqual({
      status: 401,
      code: 'signed_out',
    });
  });

  test.each(['', '   ', 'x'.repeat(121), 7, null])('%j is 422', async (token) => {
    const { status, body } = await call(table.alice, 'PUT', '/providers/bot-token', { token });
    expect(status).toBe(422);
    expect(body).toMatchObject({ code: 'validation', field: 'token' });
  });

  test('is not changed while a session is on air', async () => {
    await start(table);
    try {
      const { token } = await newBot([]);
      expect(await refusal(call(table.alice, 'PUT', '/providers/bot-token', { token }))).toEqual({
        status: 409,
        code: 'session_live',
      });
      expect(await refusal(call(table.alice, 'PUT', `/providers/guilds/${table.guild}`))).toEqual({
        status: 409,
        code: 'session_live',
      });
    } finally {
      await endAll(table);
    }
  });
});

describe('servers', () => {
  test('are listed with what they can be to this table', async () => {
    const owner = await newOwner('nova');
    const stranger = await newPerson('karim');
    const [mine, free, foreign, shared] = await Promise.all([
      newGuild(owner.person, [], 'Mine'),
      newGuild(owner.person, [], 'Free'),
      newGuild(stranger, [owner.person], 'Foreign'),
      newGuild(owner.person, [], 'Shared'),
    ]);
    const other = await newOwner('anne');
    await connectBot(other, [shared.id]);
    await asRoot('insert into mgmt.discord_servers (guild_id, tenant_id, name) values ($1, $2, $3)', [
      shared.id,
      (await tenantOf(other)).tenant,
      shared.name,
    ]);
    const bot = await connectBot(owner, [mine.id, free.id, foreign.id, shared.id]);
    await ok(call(owner, 'PUT', `/providers/guilds/${mine.id}`));

    const { status, body } = await call<Guilds>(owner, 'GET', '/providers/guilds');
    expect(status).toBe(200);
    expect(Object.fromEntries(body.guilds.map(({ name, state }) => [name, state]))).toEqual({
      Mine: 'yours',
      Free: 'free',
      Foreign: 'not_admin',
      Shared: 'taken',
    });
    const invite = new URL(body.invite_url);
    expect(invite.pathname).toBe('/oauth2/authorize');
    expect(Object.fromEntries(invite.searchParams)).toEqual({
      client_id: bot.id,
      scope: 'bot applications.commands',
      // See channels, send messages, use commands, connect, speak.
      permissions: String((1n << 10n) | (1n << 11n) | (1n << 31n) | (1n << 20n) | (1n << 21n)),
    });
  });

  test('without a bot there is nothing to list', async () => {
    expect(await refusal(call(mallory, 'GET', '/providers/guilds'))).toEqual({ status: 409, code: 'bot_missing' });
  });

  test('a viewer sees neither servers nor channels', async () => {
    for (const path of ['/providers/guilds', `/providers/guilds/${table.guild}/channels`]) {
      expect(await refusal(call(table.carol, 'GET', path))).toEqual({ status: 403, code: 'forbidden' });
    }
  });

  test('is claimed once its Owner proved to administer it: the gateway knows it', async () => {
    const owner = await newOwner('nova');
    const guild = await newGuild(owner.person, [], 'Nova’s Table');
    await connectBot(owner, [guild.id]);
    const { status, body } = await call(owner, 'PUT', `/providers/guilds/${guild.id}`);
    expect({ status, body }).toEqual({
      status: 200,
      body: { guild: { id: guild.id, name: guild.name, icon_url: null } },
    });
    const [row] = await asRoot('select guild_ids from public.tenants where id = $1', [(await tenantOf(owner)).tenant]);
    expect(row).toEqual({ guild_ids: [guild.id] });
    // Again changes nothing.
    expect((await call(owner, 'PUT', `/providers/guilds/${guild.id}`)).status).toBe(200);
  });

  test('is not claimed by who does not administer it, nor twice, nor without the bot on it', async () => {
    const owner = await newOwner('nova');
    const guild = await newGuild(await newPerson('karim'), [owner.person, mallory.person]);
    const elsewhere = await newGuild(owner.person);
    await connectBot(owner, [guild.id]);
    expect(await refusal(call(owner, 'PUT', `/providers/guilds/${guild.id}`))).toEqual({
      status: 403,
      code: 'guild_not_admin',
    });
    expect(await refusal(call(owner, 'PUT', `/providers/guilds/${elsewhere.id}`))).toEqual({
      status: 409,
      code: 'guild_unknown',
    });
    expect(await refusal(call(owner, 'PUT', '/providers/guilds/12'))).toEqual({ status: 422, code: 'bad_snowflake' });

    const [first, second] = await Promise.all([newOwner('anne'), newOwner('mallory')]);
    const shared: DiscordGuild = await newGuild(first.person);
    await asRoot('insert into mgmt.discord_servers (guild_id, tenant_id, name) values ($1, $2, $3)', [
      shared.id,
      table.tenant,
      'Shared',
    ]);
    await connectBot(first, [shared.id]);
    expect(await refusal(call(first, 'PUT', `/providers/guilds/${shared.id}`))).toEqual({
      status: 409,
      code: 'guild_taken',
    });
    const [row] = await asRoot('select guild_ids from public.tenants where id = $1', [(await tenantOf(first)).tenant]);
    expect(row?.['guild_ids'] ?? []).toEqual([]);
    await asRoot('delete from mgmt.discord_servers where guild_id = $1', [shared.id]);
    expect(await refusal(call(second, 'PUT', `/providers/guilds/${shared.id}`))).toEqual({
      status: 409,
      code: 'bot_missing',
    });
  });

  test('a dm claims nothing', async () => {
    expect(await refusal(call(table.bob, 'PUT', `/providers/guilds/${table.guild}`))).toEqual({
      status: 403,
      code: 'forbidden',
    });
  });

  test('somebody without a linked Discord account is told to link it', async () => {
    const owner = await newOwner('nova');
    const guild = await newGuild(owner.person);
    await connectBot(owner, [guild.id]);
    await asRoot('update mgmt.users set discord_id = null where id = $1', [owner.userId]);
    const { status, body } = await call(owner, 'PUT', `/providers/guilds/${guild.id}`);
    expect({ status, code: body.code }).toEqual({ status: 403, code: 'guild_not_admin' });
    expect(body.hint).toContain('Link Discord');
    const listed = await ok(call<Guilds>(owner, 'GET', '/providers/guilds'));
    expect(listed.body.guilds.map(({ state }) => state)).toEqual(['not_admin']);
  });
});

describe('channels', () => {
  test('the voice channels of an own server, with what the bot lacks there', async () => {
    const { status, body } = await call(table.bob, 'GET', `/providers/guilds/${table.guild}/channels`);
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        channels: [{ id: table.channel, name: 'Table Talk', category: 'Table', position: 1, missing: [] }],
      },
    });
  });

  test('of a foreign server are not shown', async () => {
    expect(await refusal(call(mallory, 'GET', `/providers/guilds/${table.guild}/channels`))).toEqual({
      status: 409,
      code: 'guild_unknown',
    });
  });
});
