// What a deletion takes along, and what it must leave alone: who leaves takes nothing out of the log that is about others.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asRoot, closeDatabase, refused } from '../lib/database.ts';
import { newPerson, signIn, type SignedIn } from '../lib/people.ts';
import { newOwner, tenantOf, until } from '../sessions/table.ts';
import { placesOf, remainsOf } from './remains.ts';

let alice: SignedIn;
let erin: SignedIn;
let tenant: string;
let campaign: string;

beforeAll(async () => {
  [alice, erin] = await Promise.all([newOwner('alice'), newOwner('erin')]);
  ({ tenant, campaign } = await tenantOf(alice));
  await asRoot('select private.grant_super_admin($1)', [erin.person.email]);
});
afterAll(closeDatabase);

async function invite(fields: { note: string; discord_id?: string }): Promise<void> {
  expect((await alice.client.rpc('create_invite', { role: 'viewer', ...fields })).error).toBeNull();
}

async function leaveForGood(who: SignedIn): Promise<void> {
  expect((await who.client.rpc('delete_account', { confirm: who.person.email! })).error).toBeNull();
  await until(
    async () =>
      (await asRoot('select from private.account_deletions where user_id = $1 and purged_at is not null', [who.userId]))
        .length === 1,
    30_000,
  );
}

const notes = async () =>
  (
    await asRoot<{ note: string }>(
      `select coalesce(changes #>> '{note,after}', changes ->> 'note') as note from mgmt.audit_log
       where tenant_id = $1 and resource_type = 'invite' and action = 'insert' order by id`,
      [tenant],
    )
  ).map(({ note }) => note);

test('what was noted for somebody goes with them, what was noted for others stays', async () => {
  const person = await newPerson('mallory', { global_name: 'e' });
  await invite({ note: 'My cousin from Ulm', discord_id: person.id });
  await invite({ note: 'The one who tells everything' });
  await invite({ note: 'For\ne, or another' });
  const mallory = await signIn(person);
  await mallory.client.rpc('ensure_account');
  expect((await mallory.client.rpc('me')).data).toMatchObject({ user: { display_name: 'e' }, tenant: { id: tenant } });
  const cast = { campaign_id: campaign, discord_id: alice.person.id, name: 'Torben', aliases: ['Eberhard', 'the elf'] };
  expect((await alice.client.from('campaign_characters').insert(cast)).error).toBeNull();

  await leaveForGood(mallory);
  expect(await notes()).toEqual(['changed', 'The one who tells everything', 'changed']);
  const [character] = await asRoot(
    `select changes #> '{aliases,after}' as aliases from mgmt.audit_log where tenant_id = $1 and resource_type = 'character'`,
    [tenant],
  );
  expect(character).toEqual({ aliases: ['Eberhard', 'the elf'] });
});

test('whom operators looked for does not outlive the account', async () => {
  const nina = await newOwner('nina');
  const { tenant: own } = await tenantOf(nina);
  await erin.client.rpc('admin_users', { query: nina.person.email!.toUpperCase() });
  await erin.client.rpc('admin_tenants', { query: nina.person.id });
  await erin.client.rpc('admin_users', { query: 'somebody else' });
  await asRoot(`select private.record_studio('sql', $1, false)`, [
    `select * from mgmt.users where email = '${nina.person.email}'`,
  ]);
  const [name] = await asRoot<{ name: string }>('select name from public.tenants where id = $1', [own]);
  expect((await nina.client.rpc('delete_tenant', { confirm_name: name!.name })).error).toBeNull();
  await until(
    async () =>
      (await asRoot('select from private.tenant_deletions where tenant_id = $1 and purged_at is not null', [own]))
        .length === 1,
    30_000,
  );
  await leaveForGood(nina);

  expect(placesOf(await remainsOf([nina.person.id, nina.person.email!]))).toEqual([]);
  const looks = await asRoot<{ query: string }>(
    `select coalesce(changes #>> '{query,after}', changes ->> 'query') as query from mgmt.audit_log
     where actor = $1 and resource_id in ('admin_users', 'admin_tenants') order by id`,
    [erin.userId],
  );
  expect(looks.map(({ query }) => query)).toEqual(['changed', 'changed', 'somebody else']);
});

test('an id that has a name in it is read by the table alone, and goes with the table', async () => {
  const owner = await newOwner('alice');
  const table = await tenantOf(owner);
  await asRoot(`update mgmt.subscriptions set plan_id = 'guild', status = 'active' where tenant_id = $1`, [
    table.tenant,
  ]);
  const called = `Hollowmark ${randomBytes(6).toString('hex')}`;
  const id = `npc-0-${called}`;
  await asRoot(
    `insert into "tenant_${table.tenant}".entities (campaign_id, id, type, name) values ($1, $2, 'npc', $3)`,
    [table.campaign, id, called],
  );
  const removed = await owner.client.rpc('knowledge_remove', { campaign_id: table.campaign, entity: id });
  expect(removed.error).toBeNull();
  const { data: own } = await owner.client.from('audit_log').select('resource_id').eq('resource_type', 'knowledge');
  expect(own).toEqual([{ resource_id: id }]);

  const look = async (thing?: string) => {
    const { data } = await erin.client.rpc('admin_audit', {
      tenant: table.tenant,
      kind: 'knowledge',
      ...(thing && { thing }),
    });
    return (data as { rows: { resource_id: string; action: string }[] }).rows;
  };
  const [seen] = await look();
  expect(seen).toMatchObject({ action: 'delete', resource_id: expect.stringMatching(/^[0-9a-f]{32}$/) as string });
  expect(await look(seen!.resource_id)).toHaveLength(1);

  const hide = `update mgmt.audit_log set resource_id = md5(resource_id) where tenant_id = $1 and resource_type = 'knowledge'`;
  expect((await refused(asRoot(hide, [table.tenant]))).sqlstate).toBe('42501');
  await asRoot(
    `insert into private.tenant_deletions (tenant_id, name, members, asked_at) values ($1, 'Gone', '{}', now())`,
    [table.tenant],
  );
  expect(await asRoot('select private.purge_tenant($1) as purged', [table.tenant])).toEqual([{ purged: true }]);
  expect(placesOf(await remainsOf([called]))).toEqual([]);
});
