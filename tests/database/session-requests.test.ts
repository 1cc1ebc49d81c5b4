import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { closeDatabase, gatewaySql, type Owner, refused, snowflake, type Story, story } from '../lib/database.ts';

afterAll(closeDatabase);

interface Request {
  id: string;
  state: string;
  session_id: string | null;
  error_code: string | null;
}

interface Ready extends Owner {
  guild: string;
  channel: string;
}

/** A table that can start: bot, server, NPC. */
async function ready(told: Story, name = 'Alice'): Promise<Ready> {
  const owner = await told.owner(name);
  const guild = snowflake(3);
  await told.root(`update public.tenants set bot_token = 'x' where id = $1`, [owner.tenant]);
  await told.root('select mgmt.claim_guild($1, $2, $3, null, $4)', [owner.tenant, guild, 'Tavern', owner.id]);
  await told.as(owner.id, `insert into mgmt.npcs (campaign_id, name) values ($1, 'Greta')`, [owner.campaign]);
  return { ...owner, guild, channel: snowflake(2) };
}

const request = (told: Story, owner: Ready, key = randomUUID(), change: Partial<Ready> = {}): Promise<Request> => {
  const { campaign, guild, channel } = { ...owner, ...change };
  return told.call(owner.id, 'to_jsonb(mgmt.request_session($1, $2, $3, $4))', [campaign, guild, channel, key]);
};

async function gatewayStarts(told: Story, owner: Ready): Promise<string> {
  const id = randomUUID();
  await told.gateway(gatewaySql.start, [id, owner.tenant, owner.campaign, owner.guild, owner.channel, 'shared']);
  return id;
}

test('the same key gives the same request, and the session’s row settles it', () =>
  story(async (told) => {
    const alice = await ready(told);
    const key = randomUUID();
    const first = await request(told, alice, key);
    expect(first).toMatchObject({ state: 'asked', session_id: null });
    expect((await request(told, alice, key)).id).toBe(first.id);
    const session = await gatewayStarts(told, alice);
    expect(await request(told, alice, key)).toMatchObject({ id: first.id, state: 'accepted', session_id: session });
  }));

test('a request is settled once, by its own table’s session or by an error', () =>
  story(async (told) => {
    const alice = await ready(told);
    const mallory = await ready(told, 'Mallory');
    const { id } = await request(told, alice);
    const settle = async (values: unknown[]): Promise<Request> =>
      (
        await told.root<{ row: Request }>(
          'select to_jsonb(mgmt.session_request_settled($1, $2, $3, $4)) as row',
          values,
        )
      )[0]!.row;
    const foreign = await gatewayStarts(told, mallory);
    expect(await settle([id, foreign, null, null])).toMatchObject({ state: 'asked', session_id: null });
    expect(await settle([id, null, 'gateway_unavailable', 'Down.'])).toMatchObject({
      state: 'failed',
      error_code: 'gateway_unavailable',
    });
    expect(await settle([id, null, 'internal', 'Again.'])).toMatchObject({ error_code: 'gateway_unavailable' });
    expect(await refused(settle([id, null, null, null]))).toMatchObject({ status: 422 });
    expect(await refused(settle([randomUUID(), null, 'internal', null]))).toMatchObject({
      status: 404,
      code: 'not_found',
    });
  }));

test('what a person can understand is said before the gateway is asked', () =>
  story(async (told) => {
    const alice = await ready(told);
    const mallory = await ready(told, 'Mallory');
    const refusal = async (change: Partial<Ready>) => refused(request(told, alice, randomUUID(), change));
    expect(await refusal({ guild: 'my-guild' })).toMatchObject({ status: 422, code: 'bad_snowflake' });
    expect(await refusal({ channel: '' })).toMatchObject({ status: 422, code: 'bad_snowflake' });
    expect(await refusal({ campaign: mallory.campaign })).toMatchObject({ status: 404, code: 'not_found' });
    expect(await refusal({ guild: mallory.guild })).toMatchObject({ status: 409, code: 'guild_unknown' });
    await told.root(`update public.tenants set bot_token = '' where id = $1`, [alice.tenant]);
    expect(await refusal({})).toMatchObject({ status: 409, code: 'bot_missing' });
    await told.root(`update public.tenants set bot_token = 'x' where id = $1`, [alice.tenant]);
    await told.as(alice.id, 'delete from mgmt.npcs');
    expect(await refusal({})).toMatchObject({ status: 409, code: 'no_npcs' });
    await told.as(alice.id, `insert into mgmt.npcs (campaign_id, name) values ($1, 'Greta')`, [alice.campaign]);
    await told.root(`update mgmt.subscriptions set status = 'suspended' where tenant_id = $1`, [alice.tenant]);
    expect(await refusal({})).toMatchObject({ status: 402, code: 'subscription_suspended' });
    await told.root(`update mgmt.subscriptions set status = 'active' where tenant_id = $1`, [alice.tenant]);
    await gatewayStarts(told, alice);
    expect(await refusal({})).toMatchObject({
      status: 409,
      code: 'campaign_busy',
      message: 'My first campaign is on air already.',
    });
    const [other] = await told.as<{ id: string }>(
      alice.id,
      `insert into mgmt.campaigns (name) values ('Other') returning id`,
    );
    expect(await refusal({ campaign: other!.id })).toMatchObject({ status: 409, code: 'guild_busy' });
    expect(await told.as(alice.id, `select from mgmt.session_requests`)).toEqual([]);
  }));

test('a server belongs to the table that claimed it first', () =>
  story(async (told) => {
    const alice = await ready(told);
    const mallory = await ready(told, 'Mallory');
    const claim = (owner: Ready, guild: string, user = owner.id) =>
      told.root('select (mgmt.claim_guild($1, $2, $3, null, $4)).name', [owner.tenant, guild, 'New name', user]);
    expect(await claim(alice, alice.guild)).toEqual([{ name: 'New name' }]);
    expect(await refused(claim(mallory, alice.guild))).toMatchObject({ status: 409, code: 'guild_taken' });
    expect(await refused(claim(mallory, 'my-guild'))).toMatchObject({ status: 422, code: 'bad_snowflake' });
    expect(await refused(claim(mallory, snowflake(9), alice.id))).toMatchObject({ status: 404, code: 'not_found' });
  }));

test('only those who may control a session may, and only while it runs', () =>
  story(async (told) => {
    const alice = await ready(told);
    const session = await gatewayStarts(told, alice);
    expect(await told.call(alice.id, 'mgmt.session_control($1)', [session])).toEqual({
      id: session,
      tenant_id: alice.tenant,
      campaign_id: alice.campaign,
      state: 'pending',
    });
    await told.call(alice.id, 'mgmt.announce_npc($1, null, true)', [session]);
    expect(
      await told.root(`select payload - 'id' as payload from realtime.messages where topic = $1 and event = 'npc'`, [
        `session:${session}`,
      ]),
    ).toEqual([{ payload: { npc: null, muted: true, by: 'Alice' } }]);
    await told.gateway(gatewaySql.end, [session, null]);
    expect(await refused(told.call(alice.id, 'mgmt.session_control($1)', [session]))).toMatchObject({
      status: 409,
      code: 'session_ended',
    });
  }));

test('onboarding knows what is done', () =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    const state = () => told.call(alice.id, 'mgmt.onboarding_state()');
    const nothing = {
      campaign: false,
      bot: false,
      server: false,
      npc: false,
      session: false,
      campaign_id: alice.campaign,
    };
    expect(await state()).toEqual(nothing);
    await told.as(alice.id, `update mgmt.campaigns set system = 'Das Schwarze Auge'`);
    await told.as(alice.id, `insert into mgmt.npcs (campaign_id, name) values ($1, 'Greta')`, [alice.campaign]);
    expect(await state()).toEqual({ ...nothing, campaign: true, npc: true });
  }));

test('a start that nobody carries any more fails by the clock, and only for those who may read it', () =>
  story(async (told) => {
    const alice = await ready(told);
    const mallory = await ready(told, 'Mallory');
    const { id } = await request(told, alice);
    const read = (who: Owner) => told.call<Request>(who.id, 'to_jsonb(mgmt.session_request($1))', [id]);
    const age = (interval: string) =>
      told.root('update mgmt.session_requests set created_at = now() - $2::interval where id = $1', [id, interval]);
    await age('4 minutes 59 seconds');
    expect(await read(alice)).toMatchObject({ state: 'asked', error_code: null });
    await age('5 minutes 1 second');
    expect(await refused(read(mallory))).toMatchObject({ status: 404, code: 'not_found' });
    expect(await told.root('select state from mgmt.session_requests where id = $1', [id])).toEqual([
      { state: 'asked' },
    ]);
    expect(await read(alice)).toMatchObject({ state: 'failed', error_code: 'gateway_timeout', session_id: null });
  }));

test('a session that came is not taken back by the clock', () =>
  story(async (told) => {
    const alice = await ready(told);
    const { id } = await request(told, alice);
    const session = await gatewayStarts(told, alice);
    await told.root(`update mgmt.session_requests set created_at = now() - interval '1 day' where id = $1`, [id]);
    expect(await told.call<Request>(alice.id, 'to_jsonb(mgmt.session_request($1))', [id])).toMatchObject({
      state: 'accepted',
      session_id: session,
    });
  }));
