// One NPC in several campaigns: it plays in each, is changed in one place, and comes and goes with its source.
import { afterAll, expect, test } from 'vitest';
import { closeDatabase, type Owner, refused, type Story, story } from '../lib/database.ts';

afterAll(closeDatabase);

interface Cast {
  alice: Owner;
  /** Greta's home is Alice's first campaign. */
  greta: string;
  /** Alice's second campaign. */
  further: string;
}

async function cast(told: Story): Promise<Cast> {
  const alice = await told.owner('alice');
  await plan(told, alice, 'guild');
  const further = await campaign(told, alice, 'The Drowned Mill');
  return { alice, greta: await npc(told, alice, 'Greta', alice.campaign), further };
}

const plan = (told: Story, owner: Owner, name: string) =>
  told.root(
    `update mgmt.subscriptions set plan_id = $2, status = 'active', trial_end = null where tenant_id = $1 and ended_at is null`,
    [owner.tenant, name],
  );

async function campaign(told: Story, owner: Owner, name: string): Promise<string> {
  const [row] = await told.as<{ id: string }>(owner.id, 'insert into mgmt.campaigns (name) values ($1) returning id', [
    name,
  ]);
  return row!.id;
}

async function npc(told: Story, owner: Owner, name: string, home: string, helper = false): Promise<string> {
  const [row] = await told.as<{ id: string }>(
    owner.id,
    `insert into mgmt.npcs (campaign_id, name, personality, voice, knowledge_scope, secret_knowledge, behavior_rules, tools,
       budget_tier, gm_helper, address_only, attributes)
     values ($1, $2, 'You are old.', '{"voice_id": "x"}', '["mill"]', '["a", "b"]', '["never lie"]', '["dice"]', 'standard',
       $3, true, '{"pigment": 3}') returning id`,
    [home, name, helper],
  );
  return row!.id;
}

async function appear(told: Story, who: string, where: string, npcId: string): Promise<string> {
  const [row] = await told.as<{ appearance_id: string }>(
    who,
    'insert into mgmt.campaign_npcs (campaign_id, npc_id) values ($1, $2) returning appearance_id',
    [where, npcId],
  );
  return row!.appearance_id;
}

const leave = (told: Story, who: string, where: string, npcId: string) =>
  told.as(who, 'delete from mgmt.campaign_npcs where campaign_id = $1 and npc_id = $2 returning npc_id', [
    where,
    npcId,
  ]);
const links = (told: Story, tenant: string) =>
  told.root('select campaign_id, npc_id, appearance_id from mgmt.campaign_npcs where tenant_id = $1', [tenant]);
/** What the voice service loads. */
const played = async (told: Story, owner: Owner, where: string) =>
  (
    await told.gateway<{ name: string }>(
      'select name from npc_definitions where tenant_id = $1 and campaign_id = $2 order by name',
      [owner.tenant, where],
    )
  ).map(({ name }) => name);
const said = async (told: Story, id: string) =>
  (
    await told.root<{ said: Record<string, unknown> }>(
      `select to_jsonb(n) - '{id, campaign_id, campaign_ref, created_at, updated_at}'::text[] as said
       from public.npc_definitions n where id = $1`,
      [id],
    )
  )[0]?.said;
const aside = (told: Story, who: string, id: string, reason = 'aside') =>
  told.as(who, 'select id from mgmt.set_npc_aside($1, $2)', [id, reason]);
const restore = (told: Story, who: string, id: string) => told.as(who, 'select id from mgmt.restore_npc($1)', [id]);

async function person(told: Story, tenant: string, name: string, role: string): Promise<string> {
  const id = (await told.owner(name)).id;
  await told.root('update mgmt.users set tenant_id = $2, role = $3 where id = $1', [id, tenant, role]);
  return id;
}

test('plays in both campaigns, word for word, and counts in the gate of each', () =>
  story(async (told) => {
    const { alice, greta, further } = await cast(told);
    const appearance = await appear(told, alice.id, further, greta);
    expect(await played(told, alice, further)).toEqual(['Greta']);
    expect(await played(told, alice, alice.campaign)).toEqual(['Greta']);
    expect(await said(told, appearance)).toEqual(await said(told, greta));
    const quota = await told.call<{ npcs: { used: number } }>(alice.id, 'mgmt.session_quota($1)', [further]);
    expect(quota.npcs.used).toBe(1);
    expect(await refused(appear(told, alice.id, further, greta))).toMatchObject({ sqlstate: '23505' });
    const heard = await told.root(
      `select payload->>'kind' as kind, payload->>'id' as id, payload->>'op' as op from realtime.messages
       where topic = $1 and payload->>'kind' = 'campaign_npc'`,
      [`tenant:${alice.tenant}`],
    );
    expect(heard).toEqual([{ kind: 'campaign_npc', id: `${further}/${greta}`, op: 'insert' }]);
    await leave(told, alice.id, further, greta);
    expect(await played(told, alice, further)).toEqual([]);
    expect(await played(told, alice, alice.campaign)).toEqual(['Greta']);
    const history = await told.root(
      `select action, actor from mgmt.audit_log where resource_type = 'campaign_npc' and resource_id = $1 order by id`,
      [`${further}/${greta}`],
    );
    expect(history).toEqual([
      { action: 'insert', actor: alice.id },
      { action: 'delete', actor: alice.id },
    ]);
  }));

test('obeys the limit, the names and the one helper of the further campaign', () =>
  story(async (told) => {
    const { alice, greta, further } = await cast(told);
    const other = await npc(told, alice, 'GRETA', further, true);
    expect(await refused(appear(told, alice.id, further, greta))).toMatchObject({ status: 409, code: 'name_taken' });
    const helper = await npc(told, alice, 'Sage', alice.campaign, true);
    expect(await refused(appear(told, alice.id, further, helper))).toMatchObject({ status: 409, code: 'conflict' });
    await told.as(alice.id, 'delete from mgmt.npcs where id = $1', [other]);
    await plan(told, alice, 'apprentice');
    await npc(told, alice, 'Karl', further);
    await npc(told, alice, 'Brannor', further);
    expect(await refused(appear(told, alice.id, further, greta))).toMatchObject({ status: 402, code: 'npc_limit' });
    expect(await links(told, alice.tenant)).toEqual([]);
  }));

test('is a matter of the own table’s Dungeon Masters', () =>
  story(async (told) => {
    const { alice, greta, further } = await cast(told);
    const mallory = await told.owner('mallory');
    const bob = await person(told, alice.tenant, 'bob', 'dm');
    const carol = await person(told, alice.tenant, 'carol', 'viewer');
    const foreign = await npc(told, mallory, 'Foreign', mallory.campaign);
    await appear(told, bob, further, greta);

    expect(await refused(appear(told, carol, further, greta))).toMatchObject({ sqlstate: '42501' });
    expect(await told.as(carol, 'select npc_id from mgmt.campaign_npcs')).toEqual([]);
    expect(await leave(told, carol, further, greta)).toEqual([]);
    expect(await told.as(mallory.id, 'select npc_id from mgmt.campaign_npcs')).toEqual([]);
    expect(await leave(told, mallory.id, further, greta)).toEqual([]);
    const notHere = { status: 404, code: 'not_found' };
    expect(await refused(appear(told, mallory.id, mallory.campaign, greta))).toMatchObject(notHere);
    expect(await refused(appear(told, alice.id, further, foreign))).toMatchObject(notHere);
    expect(await refused(appear(told, alice.id, mallory.campaign, greta))).toMatchObject({ sqlstate: '42501' });
    expect(await refused(appear(told, mallory.id, further, foreign))).toMatchObject({ sqlstate: '42501' });
    expect(
      await refused(
        told.as(mallory.id, 'insert into mgmt.campaign_npcs (campaign_id, npc_id, tenant_id) values ($1, $2, $3)', [
          further,
          greta,
          alice.tenant,
        ]),
      ),
    ).toMatchObject({ sqlstate: '42501' });
    // Not even root links across tables.
    expect(
      await refused(
        told.root('insert into mgmt.campaign_npcs (campaign_id, npc_id, tenant_id) values ($1, $2, $3)', [
          mallory.campaign,
          foreign,
          alice.tenant,
        ]),
      ),
    ).toMatchObject({ sqlstate: '23503' });
    expect(await leave(told, bob, further, greta)).toEqual([{ npc_id: greta }]);
  }));

test('appears neither at home nor as an appearance of an appearance', () =>
  story(async (told) => {
    const { alice, greta, further } = await cast(told);
    const third = await campaign(told, alice, 'Third');
    const conflict = { status: 409, code: 'conflict' };
    expect(await refused(appear(told, alice.id, alice.campaign, greta))).toMatchObject(conflict);
    const appearance = await appear(told, alice.id, further, greta);
    const refusal = await refused(appear(told, alice.id, third, appearance));
    expect(refusal).toMatchObject(conflict);
    expect(refusal.message).toContain('Greta of ');
    await told.as(alice.id, 'update mgmt.campaigns set deleted_at = now() where id = $1', [third]);
    expect(await refused(appear(told, alice.id, third, greta))).toMatchObject({ sqlstate: '42501' });
  }));

test('every field follows the source, and nobody changes the appearance itself', () =>
  story(async (told) => {
    const { alice, greta, further } = await cast(told);
    const appearance = await appear(told, alice.id, further, greta);
    await told.as(
      alice.id,
      `update mgmt.npcs set name = 'Margarete', personality = 'New', engine = 's2s', voice = '{"voice_id": "y"}',
         knowledge_scope = '["k"]', secret_knowledge = '["s"]', behavior_rules = '["r"]', tools = '["t"]', budget_tier = 'deep',
         gm_helper = true, address_only = false, attributes = '{"pigment": 4}' where id = $1`,
      [greta],
    );
    expect(await said(told, greta)).toMatchObject({ name: 'Margarete', engine: 's2s', tools: ['t'] });
    expect(await said(told, appearance)).toEqual(await said(told, greta));

    const before = await said(told, appearance);
    const [home] = await told.root<{ name: string }>('select name from mgmt.campaigns where id = $1', [alice.campaign]);
    for (const attempt of [
      () => told.as(alice.id, `update mgmt.npcs set personality = 'Other' where id = $1`, [appearance]),
      () => told.as(alice.id, 'update mgmt.npcs set campaign_id = $2 where id = $1', [appearance, alice.campaign]),
      () => told.as(alice.id, 'delete from mgmt.npcs where id = $1', [appearance]),
      () => aside(told, alice.id, appearance),
    ]) {
      const refusal = await refused(attempt());
      expect(refusal).toMatchObject({ status: 409, code: 'conflict' });
      expect(refusal.message).toBe(`This is an appearance of Margarete of ${home!.name} and follows it in everything.`);
    }
    expect(await said(told, appearance)).toEqual(before);
    // A plain copy is nobody's appearance.
    const copy = await told.call<{ id: string }>(alice.id, 'to_jsonb(mgmt.duplicate_npc($1))', [appearance]);
    await told.as(alice.id, `update mgmt.npcs set personality = 'Own' where id = $1`, [copy.id]);
  }));

test('a change that clashes in a further campaign names it, and changes nothing', () =>
  story(async (told) => {
    const { alice, greta, further } = await cast(told);
    await appear(told, alice.id, further, greta);
    await npc(told, alice, 'Karl', further, true);
    const renamed = await refused(told.as(alice.id, `update mgmt.npcs set name = 'karl' where id = $1`, [greta]));
    expect(renamed).toMatchObject({
      status: 409,
      code: 'name_taken',
      message: 'Greta also appears in The Drowned Mill, and there is a Karl there already.',
    });
    const helper = await refused(told.as(alice.id, 'update mgmt.npcs set gm_helper = true where id = $1', [greta]));
    expect(helper).toMatchObject({
      status: 409,
      code: 'conflict',
      message: 'gm_helper: Greta also appears in The Drowned Mill, where Karl is the helper.',
    });
    expect(await played(told, alice, alice.campaign)).toEqual(['Greta']);
  }));

test('the voice service is never stopped', () =>
  story(async (told) => {
    const { alice, greta, further } = await cast(told);
    const appearance = await appear(told, alice.id, further, greta);
    await npc(told, alice, 'Karl', further, true);
    await told.gateway(
      `update npc_definitions set name = 'Karl', gm_helper = true, personality = 'Now' where id = $1`,
      [greta],
    );
    expect(await said(told, appearance)).toMatchObject({ name: 'Greta', gm_helper: false, personality: 'Now' });
    await told.gateway(`update npc_definitions set personality = 'Drifted' where id = $1`, [appearance]);
    await told.as(alice.id, `update mgmt.npcs set name = 'Greta' , gm_helper = false where id = $1`, [greta]);
    expect(await said(told, appearance)).toEqual(await said(told, greta));
    await told.gateway('delete from npc_definitions where id = $1', [appearance]);
    expect(await links(told, alice.tenant)).toEqual([]);
    await appear(told, alice.id, further, greta);
    await told.gateway('delete from npc_definitions where id = $1', [greta]);
    expect(await played(told, alice, further)).toEqual(['Karl']);
  }));

test.each(['aside', 'bin'])('rests with its source (%s) and returns with it under its id', (reason) =>
  story(async (told) => {
    const { alice, greta, further } = await cast(told);
    const appearance = await appear(told, alice.id, further, greta);
    const before = await said(told, appearance);
    await aside(told, alice.id, greta, reason);
    expect(await played(told, alice, further)).toEqual([]);
    expect(await links(told, alice.tenant)).toHaveLength(1);
    expect(await refused(appear(told, alice.id, alice.campaign, greta))).toMatchObject({ status: 404 });
    await restore(told, alice.id, greta);
    expect(await played(told, alice, further)).toEqual(['Greta']);
    expect(await said(told, appearance)).toEqual(before);
    expect(await refused(aside(told, alice.id, appearance))).toMatchObject({ status: 409, code: 'conflict' });
  }),
);

test('a source returns also where an appearance finds no room, and the link made anew says why', () =>
  story(async (told) => {
    const { alice, greta, further } = await cast(told);
    const third = await campaign(told, alice, 'Third');
    await appear(told, alice.id, further, greta);
    await appear(told, alice.id, third, greta);
    await aside(told, alice.id, greta);
    await plan(told, alice, 'apprentice');
    await npc(told, alice, 'Karl', further);
    await npc(told, alice, 'Brannor', further);
    await restore(told, alice.id, greta);
    expect(await played(told, alice, alice.campaign)).toEqual(['Greta']);
    expect(await played(told, alice, further)).toEqual(['Brannor', 'Karl']);
    expect(await played(told, alice, third)).toEqual(['Greta']);
    await told.as(alice.id, `update mgmt.npcs set personality = 'Later' where id = $1`, [greta]);
    await leave(told, alice.id, further, greta);
    expect(await refused(appear(told, alice.id, further, greta))).toMatchObject({ status: 402, code: 'npc_limit' });
  }));

test('moves to where it appears only when it does not play there, and is at home then', () =>
  story(async (told) => {
    const { alice, greta, further } = await cast(told);
    const appearance = await appear(told, alice.id, further, greta);
    const move = () => told.as(alice.id, 'update mgmt.npcs set campaign_id = $2 where id = $1', [greta, further]);
    expect(await refused(move())).toMatchObject({ status: 409, code: 'name_taken' });
    await aside(told, alice.id, greta);
    const karl = await npc(told, alice, 'Greta', further);
    await restore(told, alice.id, greta);
    await told.as(alice.id, `update mgmt.npcs set name = 'Karl' where id = $1`, [karl]);
    expect(await links(told, alice.tenant)).toEqual([
      { campaign_id: further, npc_id: greta, appearance_id: appearance },
    ]);
    await move();
    expect(await links(told, alice.tenant)).toEqual([]);
    expect(await played(told, alice, further)).toEqual(['Greta', 'Karl']);
  }));

test('goes for good with its source: deleted, or out of the bin', () =>
  story(async (told) => {
    const { alice, greta, further } = await cast(told);
    await appear(told, alice.id, further, greta);
    await told.as(alice.id, 'delete from mgmt.npcs where id = $1', [greta]);
    expect(await played(told, alice, further)).toEqual([]);
    expect(await links(told, alice.tenant)).toEqual([]);

    const karl = await npc(told, alice, 'Karl', alice.campaign);
    await appear(told, alice.id, further, karl);
    await aside(told, alice.id, karl, 'bin');
    await told.clock('31 days');
    await told.root('select private.purge_bins()');
    expect(await links(told, alice.tenant)).toEqual([]);
  }));

test('leaves with its campaign or its table, and is a plain NPC in a bundle', () =>
  story(async (told) => {
    const { alice, greta, further } = await cast(told);
    await appear(told, alice.id, further, greta);
    const bundle = await told.call<{ npcs: { name: string }[] }>(alice.id, 'mgmt.export_campaign($1)', [further]);
    expect(bundle.npcs.map(({ name }) => name)).toEqual(['Greta']);
    const made = await told.call<{ campaign_id: string }>(alice.id, 'mgmt.import_campaign($1)', [bundle]);
    await told.as(alice.id, `update mgmt.npcs set personality = 'Free' where campaign_id = $1`, [made.campaign_id]);
    expect(await links(told, alice.tenant)).toHaveLength(1);

    await told.root('delete from mgmt.campaigns where id = $1', [further]);
    expect(await links(told, alice.tenant)).toEqual([]);
    expect(await played(told, alice, alice.campaign)).toEqual(['Greta']);
    await appear(told, alice.id, made.campaign_id, await npc(told, alice, 'Karl', alice.campaign));
    await told.root('delete from public.tenants where id = $1', [alice.tenant]);
    expect(await links(told, alice.tenant)).toEqual([]);
    expect(await told.root('select id from public.npc_definitions where tenant_id = $1', [alice.tenant])).toEqual([]);
  }));
