// What section 5 of the design says of every table, read from the catalogue: so also of tables that come later.
import { afterAll, expect, test } from 'vitest';
import { asRoot, closeDatabase } from '../lib/database.ts';

afterAll(closeDatabase);

const names = async (sql: string) => (await asRoot<{ name: string }>(sql)).map(({ name }) => name);
const ours = `c.relnamespace in ('mgmt'::regnamespace, 'private'::regnamespace) and c.relkind in ('r', 'p') and not c.relispartition`;
const has = (...columns: string[]) =>
  `exists (select from pg_attribute a where a.attrelid = c.oid and not a.attisdropped and a.attname in (${columns.map((name) => `'${name}'`).join(', ')}))`;

/** When the row came, under the name of what happened then. */
const cameAt = ['created_at', 'set_at', 'claimed_at', 'used_at', 'used_since', 'received_at', 'observed_at'];

/** Rows that are never changed, or whose change says itself when it was. */
const unchanging: Record<string, string> = {
  'mgmt.audit_log': 'only added to',
  'mgmt.billing_events': 'only added to',
  'mgmt.campaign_npcs': 'made and removed',
  'mgmt.support_messages': 'only added to',
  'mgmt.usage_metering': 'only added to',
  'private.account_deletions': 'purged_at is the one change, with which names go',
  'private.bots': 'claimed_at moves along',
  'private.checkout_attempts': 'only added to',
  'private.invite_tokens': 'only added to',
  'private.notification_deliveries': 'only added to',
  'private.outbox': 'made and removed',
  'private.payment_events': 'kept as they came, with applied_at',
  'private.provider_rates': 'a new price is a new row',
  'private.removed_knowledge': 'made and removed',
  'private.secrets': 'set_at moves along',
  'private.session_gates': 'a lock',
  'private.session_request_claims': 'only added to',
  'private.stripe_customers': 'only added to',
  'private.stripe_subscriptions': 'observed_at moves along',
  'private.tenant_deletions': 'purged_at is the one change',
  'private.used_tenant_ids': 'only added to',
  'private.used_trials': 'only added to',
};

test('every table says when a row came', async () => {
  expect(
    await names(`select c.oid::regclass::text as name from pg_class c where ${ours} and not ${has(...cameAt)}`),
  ).toEqual([]);
  // In the schema of the API always by the same name.
  expect(
    await names(
      `select c.oid::regclass::text as name from pg_class c where ${ours} and c.relnamespace = 'mgmt'::regnamespace and not ${has('created_at')}`,
    ),
  ).toEqual([]);
});

test('every table whose rows change says when, by a trigger that nobody can outwit', async () => {
  expect(
    await names(
      `select c.oid::regclass::text as name from pg_class c where ${ours} and not ${has('updated_at')} order by 1`,
    ),
  ).toEqual(Object.keys(unchanging).sort());
  expect(
    await names(
      `select c.oid::regclass::text as name from pg_class c
       where (${ours} or c.oid in ('public.tenants'::regclass, 'public.npc_definitions'::regclass)) and ${has('updated_at')}
         and not exists (select from pg_trigger t where t.tgrelid = c.oid and t.tgfoid = 'private.touch_updated_at'::regproc and t.tgenabled = 'O')`,
    ),
  ).toEqual([]);
});

test('row level security is on and forced on every table and partition, private ones too', async () => {
  expect(
    await names(
      `select c.oid::regclass::text as name from pg_class c
       where c.relnamespace in ('mgmt'::regnamespace, 'private'::regnamespace, 'public'::regnamespace) and c.relkind in ('r', 'p')
         and not (c.relrowsecurity and c.relforcerowsecurity)`,
    ),
  ).toEqual([]);
});

test('what a policy compares with the caller’s table or id is the first column of an index', async () => {
  const policies = await asRoot<{ relation: string; expression: string }>(
    `select format('%I.%I', schemaname, tablename) as relation, concat_ws(' ', qual, with_check) as expression
     from pg_policies where schemaname in ('mgmt', 'public') and 'authenticated' = any (roles)`,
  );
  const wanted = new Set(
    policies.flatMap(({ relation, expression }) =>
      [...expression.matchAll(/\b(\w+) (?:=|IN) \( SELECT/g)].map(([, column]) => `${relation} ${column}`),
    ),
  );
  expect(wanted.size).toBeGreaterThan(30);
  const indexed = new Set(
    await names(
      `select format('%I.%I %s', n.nspname, c.relname, a.attname) as name from pg_index i
       join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
       join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
       where n.nspname in ('mgmt', 'public')`,
    ),
  );
  expect([...wanted].filter((column) => !indexed.has(column))).toEqual([]);
});

test('every table and view of ours has a comment, private ones too', async () => {
  expect(
    await names(
      `select c.oid::regclass::text as name from pg_class c
       where c.relnamespace in ('mgmt'::regnamespace, 'private'::regnamespace) and c.relkind in ('r', 'p', 'v')
         and not c.relispartition and obj_description(c.oid, 'pg_class') is null`,
    ),
  ).toEqual([]);
});

test('every text and object that people write has an end', async () => {
  // A check constraint that names it, a foreign key, or the trigger that judges NPCs.
  expect(
    await names(
      `select format('%s.%s', c.relname, a.attname) as name from pg_attribute a
       join pg_class c on c.oid = a.attrelid join pg_type t on t.oid = a.atttypid
       where c.relnamespace in ('mgmt'::regnamespace, 'public'::regnamespace) and c.relkind = 'r' and a.attnum > 0
         and (has_column_privilege('authenticated', c.oid, a.attnum, 'insert') or has_column_privilege('authenticated', c.oid, a.attnum, 'update'))
         and t.typname in ('text', 'jsonb', '_text')
         and not exists (
           select from pg_constraint k where k.conrelid = c.oid and k.contype = 'c'
             and pg_get_constraintdef(k.oid) ~ format('((char|octet)_length|cardinality|is_text_list)\\(+((btrim|to_jsonb)\\()*%1$s\\M(?! ->)|\\(%1$s (= ANY|~)', a.attname)
         )
         and not exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'f' and a.attnum = any (k.conkey))
         and not (c.oid = 'public.npc_definitions'::regclass and exists (
           select from pg_proc p where p.oid = 'private.check_npc'::regproc and p.prosrc ~ ('new\\.' || a.attname)
         ))
       order by 1`,
    ),
    // Proven to be the caller's own, and the path to be a file's.
  ).toEqual(['campaign_npcs.npc_id', 'voice_samples.storage_path']);
});
