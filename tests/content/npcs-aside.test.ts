// NPCs that rest: out of the voice service's sight, and back as they were.
import { afterAll, expect, test } from 'vitest';
import { closeDatabase, type Owner, refused, type Story, story } from '../lib/database.ts';

afterAll(closeDatabase);

async function cast(told: Story, owner: Owner, name: string, fields = ''): Promise<string> {
  const [row] = await told.as<{ id: string }>(
    owner.id,
    `insert into mgmt.npcs (campaign_id, name, personality, voice, secret_knowledge, attributes ${fields ? ', gm_helper' : ''})
     values ($1, $2, 'You are old.', '{"provider": "piper", "voice_id": "x"}', '["a", "b"]',
       '{"portrait": "sage", "pigment": 3}' ${fields}) returning id`,
    [owner.campaign, name],
  );
  return row!.id;
}

const played = async (told: Story, owner: Owner) =>
  (
    await told.gateway<{ name: string }>(
      'select name from npc_definitions where tenant_id = $1 and campaign_id = $2 order by name',
      [owner.tenant, owner.campaign],
    )
  ).map(({ name }) => name);
const aside = (told: Story, who: string, npc: string, reason = 'aside') =>
  told.as(who, 'select id, reason from mgmt.set_npc_aside($1, $2)', [npc, reason]);
const restore = (told: Story, who: string, npc: string) =>
  told.as<{ id: string }>(who, 'select id from mgmt.restore_npc($1)', [npc]);

test.each(['aside', 'bin'])('leaves the voice service’s list (%s) and comes back identical', (reason) =>
  story(async (told) => {
    const owner = await told.owner('alice');
    const id = await cast(told, owner, 'Greta');
    const row = async () =>
      (await told.root('select to_jsonb(n) as row from public.npc_definitions n where id = $1', [id]))[0];
    const before = await row();
    expect(await aside(told, owner.id, id, reason)).toEqual([{ id, reason }]);
    expect(await played(told, owner)).toEqual([]);
    expect(await aside(told, owner.id, id, reason)).toEqual([{ id, reason }]);
    expect(await restore(told, owner.id, id)).toEqual([{ id }]);
    expect(await row()).toEqual(before);
    expect(await restore(told, owner.id, id)).toEqual([{ id }]);
    const history = await told.root(
      `select action, actor, changes from mgmt.audit_log where resource_type = 'npc' and resource_id = $1 order by id`,
      [id],
    );
    const move = (from: string, to: string) => ({ place: { before: from, after: to } });
    expect(history.slice(1)).toEqual([
      { action: reason === 'bin' ? 'bin' : 'update', actor: owner.id, changes: move('cast', reason) },
      { action: 'restore', actor: owner.id, changes: move(reason, 'cast') },
    ]);
  }),
);

test('takes no place in the plan while it rests, and needs one to come back', () =>
  story(async (told) => {
    const owner = await told.owner('alice');
    await told.root(
      `update mgmt.subscriptions set plan_id = 'apprentice', status = 'active', trial_end = null where tenant_id = $1`,
      [owner.tenant],
    );
    const greta = await cast(told, owner, 'Greta');
    await cast(told, owner, 'Karl');
    await aside(told, owner.id, greta);
    await cast(told, owner, 'Brannor');
    expect(await refused(restore(told, owner.id, greta))).toMatchObject({ status: 402, code: 'npc_limit' });
    expect(await played(told, owner)).toEqual(['Brannor', 'Karl']);
    expect(await told.root('select reason from mgmt.npcs_aside where id = $1', [greta])).toEqual([{ reason: 'aside' }]);
  }));

test('does not come back beside another of its name, or as a second helper', () =>
  story(async (told) => {
    const owner = await told.owner('alice');
    const greta = await cast(told, owner, 'Greta', ', true');
    await aside(told, owner.id, greta);
    const other = await cast(told, owner, 'GRETA', ', true');
    expect(await refused(restore(told, owner.id, greta))).toMatchObject({ status: 409, code: 'name_taken' });
    await told.as(owner.id, `update mgmt.npcs set name = 'Hilda' where id = $1`, [other]);
    expect(await refused(restore(told, owner.id, greta))).toMatchObject({ status: 409, code: 'conflict' });
    await told.as(owner.id, 'update mgmt.npcs set gm_helper = false where id = $1', [other]);
    await restore(told, owner.id, greta);
    expect(await played(told, owner)).toEqual(['Greta', 'Hilda']);
  }));

test('lies in the bin for 30 days, aside for ever, and can go from one to the other', () =>
  story(async (told) => {
    const owner = await told.owner('alice');
    const [greta, karl] = [await cast(told, owner, 'Greta'), await cast(told, owner, 'Karl')];
    await aside(told, owner.id, greta, 'bin');
    await aside(told, owner.id, karl, 'aside');
    await told.clock('30 days');
    expect(await refused(restore(told, owner.id, greta))).toMatchObject({ status: 410, code: 'gone' });
    await told.clock('29 days 23 hours');
    await told.root('select private.purge_bins()');
    expect(await told.root('select id from mgmt.npcs_aside where tenant_id = $1', [owner.tenant])).toHaveLength(2);
    await aside(told, owner.id, greta, 'aside');
    await aside(told, owner.id, karl, 'bin');
    await told.clock('60 days');
    await told.root('select private.purge_bins()');
    expect(await told.root('select id from mgmt.npcs_aside where tenant_id = $1', [owner.tenant])).toEqual([
      { id: greta },
    ]);
    await restore(told, owner.id, greta);
    expect(await played(told, owner)).toEqual(['Greta']);
  }));

test('its id stays taken while it rests, for the gateway too', () =>
  story(async (told) => {
    const owner = await told.owner('alice');
    const id = await cast(told, owner, 'Greta');
    await aside(told, owner.id, id);
    const taken = await refused(
      told.gateway('insert into npc_definitions (id, tenant_id, campaign_id, name) values ($1, $2, $3, $4)', [
        id,
        owner.tenant,
        owner.campaign,
        'Other',
      ]),
    );
    expect(taken.sqlstate).toBe('23505');
  }));

test('is moved by Dungeon Masters of its own table only', () =>
  story(async (told) => {
    const owner = await told.owner('alice');
    const mallory = await told.owner('mallory');
    const id = await cast(told, owner, 'Greta');
    expect(await refused(aside(told, mallory.id, id, 'bin'))).toMatchObject({ status: 404, code: 'not_found' });
    expect(await played(told, owner)).toEqual(['Greta']);
    await aside(told, owner.id, id);
    expect(await refused(restore(told, mallory.id, id))).toMatchObject({ status: 404, code: 'not_found' });
    expect(await told.as(mallory.id, 'select id from mgmt.npcs_aside')).toEqual([]);
  }));
