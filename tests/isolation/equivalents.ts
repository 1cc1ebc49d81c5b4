// Broken rules that change nothing for anybody, each with the reason: they are not run and not counted as killed.

export const equivalent: Record<string, string> = {
  'widen mgmt.subscription_plans: Everybody reads the active plans':
    'Four plans can exist, and all of them are active.',
  'of anybody (1) in mgmt.begin_checkout()':
    'A table has one Owner, who alone gets so far: attempts of the own table are their own.',
  'any role is enough (1) in mgmt.delete_account()':
    'It asks for a second Owner; whoever is no Owner has one at the table, so nothing is refused either way.',
  'of any table (3) in mgmt.delete_tenant()': 'It only locks a row that the statement before has locked.',
  'of any table (2) in mgmt.duplicate_npc()':
    'A campaign belongs to one table, and the other condition names the campaign.',
  'any role is enough in mgmt.export_account()':
    'What follows is read under the caller’s own policies: a member exports what they can read anyway.',
  'of any table in mgmt.export_campaign()':
    'A campaign belongs to one table, and the other condition names the campaign.',
  'not asked whose it is (knowledge_table) (2) in mgmt.knowledge_remove()':
    'The same question has been asked of the same campaign in the line before, which refuses.',
  'any role is enough in mgmt.leave_tenant()':
    'It asks for a second Owner; whoever is no Owner has one at the table, so nothing is refused either way.',
  'of any table (1) in mgmt.me()': 'A campaign belongs to one table, and the other condition names the campaign.',
  'of any table (1) in mgmt.search_transcripts()':
    'Only which campaigns are German; lines of other tables are in other schemas, so their campaigns never come up.',
  'of any table (1) in mgmt.session_request()':
    'What it gives up of another table is undone by the refusal that follows.',
  'of any table (3) in mgmt.usage_summary()':
    'A campaign belongs to one table, and the other condition names the campaign.',
  'of any table (1) in private.above_plan()':
    'A campaign belongs to one table, and the other condition names the campaign.',
  'of any table in private.campaign_names_by_id()':
    'Names are looked up by the campaigns of own sessions, and the gate takes a session only with a campaign of its table.',
  'of any table (2) in private.check_npc()':
    'A campaign belongs to one table, and the other condition names the campaign.',
};
