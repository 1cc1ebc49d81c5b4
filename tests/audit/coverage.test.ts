// No table of ours can be forgotten: each is audited, or a reason stands here.
import { afterAll, expect, test } from 'vitest';
import { asRoot, closeDatabase } from '../lib/database.ts';

afterAll(closeDatabase);

const exceptions: Record<string, string> = {
  'mgmt.audit_log': 'is the log itself',
  'mgmt.notifications': 'are messages; what they tell of is audited where it happened',
  'mgmt.billing_events': 'is a ledger itself, kept by triggers on sessions and only added to',
  'mgmt.usage_metering': 'is computed from sessions and only added to',
  'mgmt.session_summaries': 'is computed from the transcript by a trigger; nobody writes it',
  'mgmt.npcs_aside': 'is where NPCs rest; the functions that move them note it as the NPC’s own history',
  'mgmt.support_messages': 'is only added to and is its own history; the ticket says that somebody wrote',
};
/** Outside of mgmt: what people change there through our functions and views. */
const besides = ['public.tenants', 'public.npc_definitions', 'private.secrets'];

test('every table of the API is audited, or says why not', async () => {
  const found = await asRoot<{ name: string; triggers: string[] }>(
    `select c.oid::regclass::text as name, coalesce(array_agg(t.tgname::text order by t.tgname) filter (
       where t.tgfoid = 'private.audit_write'::regproc and t.tgenabled = 'O'), '{}') as triggers
     from pg_class c left join pg_trigger t on t.tgrelid = c.oid
     where (c.relnamespace = 'mgmt'::regnamespace and c.relkind in ('r', 'p')) or c.oid = any ($1::regclass[])
     group by c.oid`,
    [besides],
  );
  expect(found.length).toBeGreaterThan(15);
  const audited = ['audit_delete', 'audit_insert', 'audit_update'];
  for (const { name, triggers } of found)
    expect({ name, triggers }, `call private.audit_writes('${name}', …) in its migration`).toEqual({
      name,
      triggers: name in exceptions ? [] : audited,
    });
  const names = found.map(({ name }) => name);
  expect(Object.keys(exceptions).filter((name) => !names.includes(name))).toEqual([]);
});
