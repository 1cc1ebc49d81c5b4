// Deleting an account, and deleting a table: at once for people, complete in the end, and the log stays.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asGateway, asRoot, closeDatabase } from '../lib/database.ts';
import type { SignedIn } from '../lib/people.ts';
import { newOwner, newTable, type Table, tenantOf } from '../sessions/table.ts';

afterAll(closeDatabase);

const deleteAccount = (who: SignedIn, confirm: string) => who.client.rpc('delete_account', { confirm });
const deleteTenant = (who: SignedIn, name: string) => who.client.rpc('delete_tenant', { confirm_name: name });
const nameOf = async (tenant: string) =>
  (await asRoot<{ name: string }>('select name from public.tenants where id = $1', [tenant]))[0]!.name;

describe('an account', () => {
  let table: Table;
  beforeAll(async () => {
    table = await newTable();
  });

  test('is not deleted without the typed address', async () => {
    const { error } = await deleteAccount(table.bob, 'yes');
    expect(error).toMatchObject({ code: 'PT422', details: 'validation' });
  });

  test('of the only Owner waits until the table is in other hands', async () => {
    const { error } = await deleteAccount(table.alice, table.alice.person.email!);
    expect(error).toMatchObject({ code: 'PT409', details: 'last_owner' });
  });

  test('of a Dungeon Master waits for the end of the session', async () => {
    const [{ id }] = (await asGateway<{ id: string }>(
      `insert into public.sessions (id, tenant_id, campaign_id, guild_id, channel_id, license_tier)
       values (gen_random_uuid()::text, $1, $2, $3, $4, 'dedicated') returning id`,
      [table.tenant, table.campaign, table.guild, table.channel],
    )) as [{ id: string }];
    expect((await deleteAccount(table.bob, table.bob.person.email!)).error?.details).toBe('session_live');
    expect((await deleteTenant(table.alice, await nameOf(table.tenant))).error?.details).toBe('session_live');
    await asGateway(`update public.sessions set state = 'ended', ended_at = now() where id = $1`, [id]);
  });

  test('goes with its sign-ins and preferences; what is shared stays', async () => {
    const { error } = await deleteAccount(table.bob, table.bob.person.email!.toUpperCase());
    expect(error).toBeNull();
    const [left] = await asRoot(
      `select
         (select count(*)::int from auth.users where id = $1) as accounts,
         (select count(*)::int from auth.identities where user_id = $1) as identities,
         (select count(*)::int from auth.sessions where user_id = $1) as sessions,
         (select count(*)::int from mgmt.users where id = $1) as members,
         (select count(*)::int from mgmt.user_preferences where user_id = $1) as preferences`,
      [table.bob.userId],
    );
    expect(left).toEqual({ accounts: 0, identities: 0, sessions: 0, members: 0, preferences: 0 });
    expect((await table.bob.client.from('campaigns').select('id')).data ?? []).toEqual([]);
    expect((await table.alice.client.from('campaigns').select('id')).data).toHaveLength(1);
  });
});

describe('a table', () => {
  let table: Table;
  let mallory: SignedIn;
  beforeAll(async () => {
    [table, mallory] = await Promise.all([newTable(), newOwner('mallory')]);
  });

  test.each(['bob', 'carol'] as const)('is not %s’s to delete', async (name) => {
    const { error } = await deleteTenant(table[name], await nameOf(table.tenant));
    expect(error?.details).toBe('forbidden');
  });

  test('is not deleted without its name', async () => {
    for (const name of ['', 'Somewhere else', null as unknown as string])
      expect((await deleteTenant(table.alice, name)).error?.details).toBe('validation');
  });

  test('is gone at once for everybody, with a word why', async () => {
    const others = await tenantOf(mallory);
    const { data, error } = await deleteTenant(table.alice, await nameOf(table.tenant));
    expect(error).toBeNull();
    expect(data).toEqual({ tenant_id: table.tenant });
    for (const who of [table.alice, table.bob, table.carol]) {
      for (const name of ['campaigns', 'npcs', 'sessions', 'users', 'tenants'] as const)
        expect((await who.client.from(name).select('*')).data).toEqual([]);
      expect((await who.client.rpc('me')).error).toMatchObject({
        details: 'no_account',
        message: 'This table was deleted.',
      });
    }
    expect((await mallory.client.rpc('me')).data).toMatchObject({ tenant: { id: others.tenant } });
  });

  test('cannot be started from Discord any more', async () => {
    await expect(
      asGateway(
        `insert into public.sessions (id, tenant_id, campaign_id, guild_id, channel_id, license_tier)
         values (gen_random_uuid()::text, $1, $2, $3, $4, 'dedicated')`,
        [table.tenant, table.campaign, table.guild, table.channel],
      ),
    ).rejects.toMatchObject({ detail: 'campaign_mismatch' });
  });

  test('leaves its members free to begin anew', async () => {
    const { data } = await table.carol.client.rpc('ensure_account');
    expect(data).toMatchObject({ created: true, joined_by_invite: false });
    expect((await table.carol.client.rpc('me')).data).toMatchObject({ user: { role: 'tenant_owner' } });
  });

  test('leaves nothing but the log and the knowledge that it was', async () => {
    await expect
      .poll(
        async () =>
          (
            await asRoot('select from private.tenant_deletions where tenant_id = $1 and purged_at is not null', [
              table.tenant,
            ])
          ).length,
      )
      .toBe(1);
    const relations = await asRoot<{ name: string; schema: string }>(
      `select c.oid::regclass::text as name, n.nspname as schema from pg_class c
       join pg_namespace n on n.oid = c.relnamespace
       join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
       where n.nspname in ('mgmt', 'public', 'private') and c.relkind in ('r', 'p')`,
    );
    const left: string[] = [];
    for (const { name } of relations)
      if ((await asRoot(`select from ${name} where tenant_id = $1 limit 1`, [table.tenant])).length > 0)
        left.push(name);
    expect(left.filter((name) => !name.startsWith('private.audit_log_')).sort()).toEqual([
      'mgmt.audit_log',
      'private.tenant_deletions',
    ]);
    expect(await asRoot('select from pg_namespace where nspname = $1', [`tenant_${table.tenant}`])).toEqual([]);
    expect(await asRoot('select from public.tenants where id = $1', [table.tenant])).toEqual([]);
    expect(await asRoot('select from private.used_tenant_ids where id = $1', [table.tenant])).toHaveLength(1);
  });
});
