// Licenses from the operator who issues one to the features that end, with the clock moved instead of waited for.
import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import { closeDatabase, type Owner, type Refusal, refused, type Row, type Story, story } from '../lib/database.ts';
import { member } from '../usage/play.ts';

afterAll(closeDatabase);

const features = ['voice_cloning', 'priority_support', 'analytics', 'knowledge_graph'];
const day = 86_400;

const mode = (told: Story, name: string) =>
  told.root(`update private.settings set value = to_jsonb($1::text) where key = 'deployment.mode'`, [name]);

async function featuresOf(told: Story, { tenant }: Owner): Promise<string[]> {
  const rows = await told.root<{ feature: string }>(
    'select feature from unnest($2::text[]) as feature where private.has_feature($1, feature) order by 1',
    [tenant, features],
  );
  return rows.map(({ feature }) => feature);
}

const claimsFor = (tenant: string, days: number, changes: Row = {}): Row => ({
  jti: randomUUID(),
  tid: tenant,
  sub: 'Lena Vogt',
  features: ['voice_cloning', 'priority_support', 'analytics'],
  iat: Math.floor(Date.now() / 1000) - 60,
  exp: Math.floor(Date.now() / 1000) + days * day,
  ...changes,
});

const install = (told: Story, tenant: string, claims: Row) =>
  told.root('select private.install_license($1, $2, $3)', [tenant, claims, 'fingerprint']);
const stateOf = (told: Story, owner: Owner) => told.call<Row>(owner.id, 'mgmt.license_state()');
const everything = ['analytics', 'knowledge_graph', 'priority_support', 'voice_cloning'];
const core = ['knowledge_graph'];

test('self-hosted is the free core; licensed without a license is the same', () =>
  story(async (told) => {
    await told.mode('selfhosted');
    const host = await told.owner('Host');
    expect(await featuresOf(told, host)).toEqual(core);
    await mode(told, 'licensed');
    expect(await featuresOf(told, host)).toEqual(core);
    expect(await stateOf(told, host)).toMatchObject({ mode: 'licensed', state: 'none', active: core });
  }));

test.each([
  ['apprentice', ['analytics']],
  ['dungeon_master', ['analytics', 'knowledge_graph']],
  ['guild', everything],
])('managed, the plan decides: %s', (plan, expected) =>
  story(async (told) => {
    const alice = await told.owner('Alice');
    await told.root(
      `update mgmt.subscriptions set plan_id = $2, status = 'active', trial_end = null where tenant_id = $1`,
      [alice.tenant, plan],
    );
    expect(await featuresOf(told, alice)).toEqual(expected);
    expect(await refused(install(told, alice.tenant, claimsFor(alice.tenant, 30)))).toMatchObject({ code: 'conflict' });
  }),
);

test('a license gives its features until 30 days after its end, and no day longer', () =>
  story(async (told) => {
    await mode(told, 'licensed');
    const host = await told.owner('Host');
    const claims = claimsFor(host.tenant, 30);
    await install(told, host.tenant, claims);
    await install(told, host.tenant, claims);
    for (const [offset, state, active] of [
      ['0 days', 'valid', everything],
      ['29 days 23 hours', 'valid', everything],
      ['31 days', 'grace', everything],
      ['59 days 23 hours', 'grace', everything],
      ['60 days 1 minute', 'ended', core],
    ] as const) {
      await told.clock(offset);
      expect(await featuresOf(told, host)).toEqual(active);
      expect(await stateOf(told, host)).toMatchObject({ state, active, licensee: 'Lena Vogt' });
    }
    await told.clock('0 days');
    await mode(told, 'selfhosted');
    expect(await featuresOf(told, host)).toEqual(core);
  }));

test('one feature is one feature, for one table', () =>
  story(async (told) => {
    await mode(told, 'licensed');
    const host = await told.owner('Host');
    const guest = await told.owner('Guest');
    await install(told, host.tenant, claimsFor(host.tenant, 30, { features: ['analytics'] }));
    expect(await featuresOf(told, host)).toEqual(['analytics', 'knowledge_graph']);
    expect(await featuresOf(told, guest)).toEqual(core);
    expect(await told.as(guest.id, 'select * from mgmt.licenses')).toEqual([]);
    const expected: Partial<Refusal> = { status: 422, code: 'validation' };
    expect(await refused(install(told, guest.tenant, claimsFor(host.tenant, 30)))).toMatchObject(expected);
    expect(await refused(install(told, host.tenant, claimsFor(host.tenant, -1)))).toMatchObject(expected);
  }));

test('a license that was issued before its table was made is that table’s once it is installed', () =>
  story(async (told) => {
    await mode(told, 'licensed');
    const host = await told.owner('Host');
    const claims = claimsFor(host.tenant, 30);
    await told.root(
      `insert into mgmt.licenses (id, kind, table_id, licensee, features, issued_at, expires_at, key_fingerprint)
       values ($1, 'issued', $2, 'Host', array['voice_cloning'], private.now(), private.now() + interval '30 days', 'pending')`,
      [claims['jti'], host.tenant],
    );
    await install(told, host.tenant, claims);
    expect(await told.call(host.id, 'mgmt.license_state()')).toMatchObject({ state: 'valid' });
    // Nobody's key moves another table's license.
    const guest = await told.owner('Guest');
    const taken = { ...claimsFor(guest.tenant, 30), jti: claims['jti'] };
    expect(await refused(install(told, guest.tenant, taken))).toMatchObject({ status: 409, code: 'conflict' });
    expect(await told.as(host.id, 'select tenant_id from mgmt.licenses')).toEqual([{ tenant_id: host.tenant }]);
  }));

test('Owners are told two weeks before, at the end and when it is over, once each', () =>
  story(async (told) => {
    await mode(told, 'licensed');
    const host = await told.owner('Host');
    await install(told, host.tenant, claimsFor(host.tenant, 30));
    const notices = async () => {
      await told.root('select private.check_license()');
      await told.root('select private.check_license()');
      return (
        await told.root(`select from mgmt.notifications where user_id = $1 and kind = 'license_ending'`, [host.id])
      ).length;
    };
    const heard: number[] = [];
    for (const offset of ['0 days', '17 days', '20 days', '31 days', '40 days', '61 days', '90 days']) {
      await told.clock(offset);
      heard.push(await notices());
    }
    expect(heard).toEqual([0, 1, 1, 2, 2, 3, 3]);
  }));

describe('who may what', () => {
  test('only an operator issues, and it is written down', () =>
    story(async (told) => {
      const alice = await told.owner('Alice');
      const issue = (person: string, months = 12) =>
        told.call<Row>(person, 'mgmt.admin_issue_license($1, $2, $3, $4)', [
          'elsewhere_1',
          'Tavern Ltd',
          ['analytics'],
          months,
        ]);
      const bob = await member(told, alice, 'Bob', 'dm');
      for (const person of [alice.id, bob]) expect(await refused(issue(person))).toMatchObject({ code: 'forbidden' });
      const operator = await told.owner('Olga');
      await told.root(`update mgmt.users set role = 'super_admin' where id = $1`, [operator.id]);
      expect(await refused(issue(operator.id, 37))).toMatchObject({ code: 'validation' });
      const claims = await issue(operator.id, 1);
      expect(claims).toMatchObject({ tid: 'elsewhere_1', sub: 'Tavern Ltd', features: ['analytics'] });
      expect(await told.root('select kind, tenant_id from mgmt.licenses where id = $1', [claims['jti']])).toEqual([
        { kind: 'issued', tenant_id: null },
      ]);
      expect(
        await told.root(
          `select action from mgmt.audit_log where resource_id = 'issue_license' and actor = $1 limit 1`,
          [operator.id],
        ),
      ).toEqual([{ action: 'act' }]);
      expect(await told.as(operator.id, 'select licensee from mgmt.admin_licenses() limit 1')).toHaveLength(1);
    }));

  test('an issued license gives nothing before it is installed', () =>
    story(async (told) => {
      await mode(told, 'licensed');
      const operator = await told.owner('Olga');
      await told.root(`update mgmt.users set role = 'super_admin' where id = $1`, [operator.id]);
      const claims = await told.call<Row>(operator.id, 'mgmt.admin_issue_license($1, $2, $3)', [
        operator.tenant,
        'Olga',
        ['analytics'],
      ]);
      expect(await featuresOf(told, operator)).toEqual(core);
      await install(told, operator.tenant, claims);
      expect(await featuresOf(told, operator)).toEqual(['analytics', 'knowledge_graph']);
    }));

  test('nobody installs claims without the function that checks them', () =>
    story(async (told) => {
      await mode(told, 'licensed');
      const host = await told.owner('Host');
      const claims = claimsFor(host.tenant, 30);
      for (const call of ['mgmt.install_license($1, $2, $3)', 'private.install_license($1, $2, $3)']) {
        expect(await refused(told.call(host.id, call, [host.tenant, claims, 'x']))).toMatchObject({
          sqlstate: '42501',
        });
      }
      const carol = await member(told, host, 'Carol', 'viewer');
      expect(await refused(told.call(carol, 'mgmt.license_state()'))).toMatchObject({ code: 'forbidden' });
    }));
});
