// Every policy asks who is calling in one form, and the helper behind it agrees with the helpers that functions ask.
import { afterAll, expect, test } from 'vitest';
import { asRoot, closeDatabase, story } from '../lib/database.ts';

afterAll(closeDatabase);

const form = /= \( SELECT private\.tenant_as\('(viewer|dm|tenant_owner)'::text\) AS tenant_as\)/;

interface Policy {
  name: string;
  expression: string;
  owned: boolean;
  roles: string[];
}

/** Each expression by itself: an update has two. `owned`: the rows belong to a tenant. */
function policies(): Promise<Policy[]> {
  return asRoot<{ name: string; expression: string; owned: boolean; roles: string[] }>(
    `select format('%I.%I: %s', schemaname, tablename, policyname) as name, expression, roles::text[],
       format('%I.%I', schemaname, tablename)::regclass = 'public.tenants'::regclass or exists (
         select from pg_attribute where attrelid = format('%I.%I', schemaname, tablename)::regclass
           and attname = 'tenant_id' and not attisdropped
       ) as owned
     from pg_policies, unnest(array[qual, with_check]) as expression
     where schemaname in ('public', 'mgmt', 'storage', 'realtime') and expression is not null`,
  );
}

test('no policy asks for tenant and role apart', async () => {
  const apart = (await policies()).filter(({ expression }) =>
    /private\.(current_tenant_id|has_role|current_role)\(/.test(expression),
  );
  expect(apart).toEqual([]);
});

test('every policy for people on rows of a tenant compares it with tenant_as()', async () => {
  const owned = (await policies()).filter(({ owned, roles }) => owned && roles.includes('authenticated'));
  expect(owned.length).toBeGreaterThan(25);
  expect(owned.filter(({ expression }) => !form.test(expression))).toEqual([]);
});

test('tenant_as() says what current_tenant_id() and has_role() say together', () =>
  story(async (told) => {
    const alice = await told.owner('alice');
    const mallory = await told.owner('mallory');
    const people: Record<string, string> = { owner: alice.id, nobody: await told.signUp('nobody') };
    for (const role of ['dm', 'viewer', 'super_admin', 'removed']) {
      people[role] = await told.signUp(role);
      await told.root(
        `insert into mgmt.users (id, tenant_id, role, display_name, deleted_at)
         values ($1, $2, case $3 when 'removed' then 'dm' else $3 end, $3, case $3 when 'removed' then now() end)`,
        [people[role], alice.tenant, role],
      );
    }
    const minimums = ['viewer', 'dm', 'tenant_owner', 'super_admin', 'emperor', null];
    const answers: Record<string, boolean[]> = {};
    for (const [who, id] of Object.entries(people)) {
      const rows = await told.as<{ tenant: string | null; before: string | null }>(
        id,
        `select private.tenant_as(minimum) as tenant,
           case when private.has_role(minimum) then private.current_tenant_id() end as before
         from unnest($1::text[]) with ordinality as asked(minimum, place) order by place`,
        [minimums],
      );
      expect(rows.map(({ tenant }) => tenant)).toEqual(rows.map(({ before }) => before));
      expect(rows.map(({ tenant }) => tenant)).not.toContain(mallory.tenant);
      answers[who] = rows.map(({ tenant }) => tenant === alice.tenant);
    }
    expect(answers).toEqual({
      nobody: [false, false, false, false, false, false],
      removed: [false, false, false, false, false, false],
      viewer: [true, false, false, false, false, false],
      dm: [true, true, false, false, false, false],
      owner: [true, true, true, false, false, false],
      super_admin: [true, true, true, true, false, false],
    });
  }));
