// No table of ours can be forgotten: each is audited, or a reason stands here.
import { afterAll, expect, test } from 'vitest';
import { asRoot, closeDatabase } from '../lib/database.ts';

afterAll(closeDatabase);

const exceptions: Record<string, string> = {
  'mgmt.audit_log': 'is the log itself',
  'mgmt.notifications': 'are messages; what they tell of is audited where it happened',
  'mgmt.session_summaries': 'is computed from the transcript by a trigger; nobody writes it',
  'mgmt.npcs_aside': 'is where NPCs rest; what moves or deletes them there notes it as the NPC’s own history',
  'private.account_deletions': 'is the register of deletions; what they do is audited where it happens',
  'private.checkout_attempts': 'counts clicks',
  'private.invite_tokens': 'is the hash of an invitation’s token, written once with the invitation',
  'private.lore_words': 'is computed from lore by a trigger',
  'private.notification_deliveries': 'is a log of messages',
  'private.outbox': 'is a queue',
  'private.payment_events': 'is a log itself, which refuses changes',
  'private.removed_knowledge': 'keeps for a day what was removed; the functions that remove and restore note it',
  'private.session_gates': 'is a lock',
  'private.session_request_claims': 'is a lock',
  'private.stripe_customers': 'is named by the payment events that made it',
  'private.stripe_subscriptions': 'is computed from the payment events',
  'private.tenant_deletions': 'is the register of deletions; what they do is audited where it happens',
  'private.usage_seen': 'is a counter',
  'private.used_tenant_ids': 'is a register of ids, written with each tenant',
  'private.used_trials': 'is a register of hashes, written with each trial',
};
/** Only added to: a new row is itself what happened, a change or an end is somebody's doing. */
const ledgers = ['mgmt.billing_events', 'mgmt.support_messages', 'mgmt.usage_metering'];
/** Of what the gateway owns: what people change through our functions and views. */
const besides = ['public.tenants', 'public.npc_definitions'];

test('every table of ours is audited in every way it can be written, or says why not', async () => {
  const found = await asRoot<{ name: string; triggers: string[] }>(
    `select c.oid::regclass::text as name, coalesce(array_agg(t.tgname::text order by t.tgname) filter (
       where t.tgfoid in ('private.audit_write'::regproc, 'private.audit_truncate'::regproc) and t.tgenabled = 'O'), '{}') as triggers
     from pg_class c left join pg_trigger t on t.tgrelid = c.oid
     where (c.relnamespace in ('mgmt'::regnamespace, 'private'::regnamespace) and c.relkind in ('r', 'p') and not c.relispartition)
       or c.oid = any ($1::regclass[])
     group by c.oid`,
    [besides],
  );
  expect(found.length).toBeGreaterThan(50);
  const audited = ['audit_delete', 'audit_insert', 'audit_truncate', 'audit_update'];
  for (const { name, triggers } of found) {
    const wanted = ledgers.includes(name) ? audited.filter((way) => way !== 'audit_insert') : audited;
    expect({ name, triggers }, `call private.audit_writes('${name}', …) in its migration`).toEqual({
      name,
      triggers: name in exceptions ? [] : wanted,
    });
  }
  const names = found.map(({ name }) => name);
  expect([...Object.keys(exceptions), ...ledgers].filter((name) => !names.includes(name))).toEqual([]);
});

test('emptying a table says the same of its rows as deleting them', async () => {
  const different = await asRoot(
    `select emptied.tgrelid::regclass::text as name from pg_trigger as emptied
     join pg_trigger as deleted on deleted.tgrelid = emptied.tgrelid and deleted.tgname = 'audit_delete'
     where emptied.tgname = 'audit_truncate' and emptied.tgargs <> deleted.tgargs`,
  );
  expect(different).toEqual([]);
});

test('what keeps a log as it is works also where ordinary triggers are switched off', async () => {
  const weak = await asRoot(
    `select tgrelid::regclass::text as name, tgname from pg_trigger
     where tgfoid in ('private.refuse_audit_change'::regproc, 'private.keep_audit_entry'::regproc, 'private.keep_payment_event'::regproc) and tgenabled <> 'A'`,
  );
  expect(weak).toEqual([]);
  const [{ count }] = (await asRoot<{ count: number }>(
    `select count(*)::int as count from pg_trigger where tgfoid = 'private.refuse_audit_change'::regproc`,
  )) as [{ count: number }];
  // Rows and whole, of the log, of twelve months ahead, this one, and the default.
  expect(count).toBeGreaterThanOrEqual(2 * 15);
});
