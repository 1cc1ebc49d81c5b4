// Bins: stamped by the product's clock, given back for 30 days within the plan's limits, and told in the audit log.
import { afterAll, describe, expect, test } from 'vitest';
import { closeDatabase, refused, type Owner, type Story, story } from '../lib/database.ts';

afterAll(closeDatabase);

interface Bin {
  table: string;
  kind: string;
  insert: string;
}

const bins: Bin[] = [
  { table: 'mgmt.campaigns', kind: 'campaign', insert: `(name) values ('Rabenheim')` },
  { table: 'mgmt.campaign_lore', kind: 'lore', insert: `(campaign_id, title) values ($1, 'The mine')` },
  { table: 'mgmt.planned_sessions', kind: 'planned_session', insert: `(campaign_id, starts_at) values ($1, now())` },
];

async function planted(told: Story, owner: Owner, { table, insert }: Bin): Promise<string> {
  await told.root(
    `update mgmt.subscriptions set plan_id = 'guild', status = 'active', trial_end = null where tenant_id = $1`,
    [owner.tenant],
  );
  const values = insert.includes('$1') ? [owner.campaign] : [];
  const [row] = await told.as<{ id: string }>(owner.id, `insert into ${table} ${insert} returning id`, values);
  return row!.id;
}

describe.each(bins)('$table', (bin) => {
  const { table, kind } = bin;

  test('says when something went to the bin by the product’s clock, whatever the person says', () =>
    story(async (told) => {
      const owner = await told.owner('alice');
      const id = await planted(told, owner, bin);
      await told.clock('5 days');
      await told.as(owner.id, `update ${table} set deleted_at = '2099-01-01' where id = $1`, [id]);
      const when = () =>
        told.root(`select deleted_at = now() + interval '5 days' as right from ${table} where id = $1`, [id]);
      expect(await when()).toEqual([{ right: true }]);
      // Once more changes nothing: it would stay for ever.
      await told.clock('9 days');
      await told.as(owner.id, `update ${table} set deleted_at = '2099-01-01' where id = $1`, [id]);
      expect(await when()).toEqual([{ right: true }]);
    }));

  test('gives back the same row within 30 days, and none after', () =>
    story(async (told) => {
      const owner = await told.owner('alice');
      const id = await planted(told, owner, bin);
      const row = async () =>
        (await told.root(`select to_jsonb(t) - 'updated_at' as row from ${table} t where id = $1`, [id]))[0];
      const before = await row();
      const bin30 = () => told.as(owner.id, `update ${table} set deleted_at = now() where id = $1`, [id]);
      const restore = () => told.as(owner.id, `update ${table} set deleted_at = null where id = $1`, [id]);
      await bin30();
      await told.clock('29 days 23 hours');
      await restore();
      expect(await row()).toEqual(before);
      await bin30();
      await told.clock('60 days');
      expect(await refused(restore())).toMatchObject({ status: 410, code: 'gone' });
      const actions = await told.root<{ action: string }>(
        `select action from mgmt.audit_log where resource_type = $1 and resource_id = $2 order by id`,
        [kind, id],
      );
      expect(actions.map(({ action }) => action)).toEqual(['insert', 'bin', 'restore', 'bin']);
    }));
});

test('a campaign comes back only where the plan has room, and only under a name that is free', () =>
  story(async (told) => {
    const owner = await told.owner('alice');
    const id = await planted(told, owner, bins[0]!);
    await told.as(owner.id, 'update mgmt.campaigns set deleted_at = now() where id = $1', [id]);
    const [other] = await told.as<{ id: string }>(
      owner.id,
      `insert into mgmt.campaigns (name) values ('RABENHEIM') returning id`,
    );
    const restore = () => told.as(owner.id, 'update mgmt.campaigns set deleted_at = null where id = $1', [id]);
    expect(await refused(restore())).toMatchObject({ status: 409, code: 'name_taken' });
    await told.as(owner.id, `update mgmt.campaigns set name = 'Elsewhere' where id = $1`, [other!.id]);
    await told.root(`update mgmt.subscriptions set plan_id = 'adventurer' where tenant_id = $1`, [owner.tenant]);
    expect(await refused(restore())).toMatchObject({ status: 402, code: 'campaign_limit' });
    await told.as(owner.id, 'update mgmt.campaigns set archived_at = now() where id = $1', [other!.id]);
    await restore();
    expect(await told.root('select deleted_at from mgmt.campaigns where id = $1', [id])).toEqual([
      { deleted_at: null },
    ]);
  }));
