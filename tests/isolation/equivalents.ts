// Broken rules that change nothing for anybody, each with the reason: they are not run and not counted as killed.

export const equivalent: Record<string, string> = {
  'any table for mgmt.campaign_characters: Dungeon Masters say who plays whom':
    'Nobody writes whose a row is, and the other condition asks for an own campaign.',
  'any table for mgmt.campaign_npcs: Dungeon Masters let NPCs appear in their campaigns':
    'Nobody writes whose a row is, and the other condition asks for an own campaign.',
  'any table for mgmt.session_details: Dungeon Masters write notes on their sessions':
    'Nobody writes whose a row is, and the other condition asks for an own session.',
  'any table for mgmt.support_messages: Who reads a ticket reads its messages':
    'Which tickets are readable is asked for the caller’s table alone.',
  "without (bucket_id = ANY (ARRAY['voice-samples'::text, 'images'::text])) on what is written for storage.objects: Dungeon Masters add files to their table":
    'The condition on names knows these two buckets only.',
  'of anybody (1) in mgmt.begin_checkout()':
    'A table has one Owner, who alone gets so far: attempts of the own table are their own.',
  'any role is enough (1) in mgmt.delete_account()':
    'It asks for a second Owner; whoever is no Owner has one at the table, so nothing is refused either way.',
  'of any table (3) in mgmt.delete_tenant()': 'It only locks a row that the statement before has locked.',
  'of any table (2) in mgmt.duplicate_npc()':
    'A campaign belongs to one table, and the other condition names the campaign.',
  'any role is enough in mgmt.export_account()':
    'What follows is read under the caller’s own policies: a member exports what they can read anyway.',
  'of any table (1) in mgmt.export_campaign()':
    'A campaign belongs to one table, and the other condition names the campaign.',
  'of any table (2) in mgmt.export_campaign()':
    'A campaign belongs to one table, and the other condition names the campaign.',
  'of any table in mgmt.knowledge_restore()':
    'A campaign belongs to one table, and the other condition names the campaign.',
  'not asked whose it is (knowledge_table) (2) in mgmt.knowledge_restore()':
    'The same question has been asked of the same campaign in the line before, which refuses.',
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
  'of anybody (1) in mgmt.delete_account()': 'It only locks rows, for a second click to wait.',
  'of any table in mgmt.notification_choices()':
    'A person belongs to one table, and the other condition names the person.',
  'of any table in private.end_appearance()': 'An NPC’s id belongs to one table, and the other condition names it.',
  'of any table in private.export_lines()':
    'A campaign belongs to one table, and the other condition names the campaign.',
  'any role is enough in private.export_readable_sources()':
    'What is listed is read under the caller’s own policies: a member exports what they can read anyway.',
  'of any table (1) in private.follow_source()': 'An NPC’s id belongs to one table, and the other condition names it.',
  'of any table (2) in private.follow_source()': 'An NPC’s id belongs to one table, and the other condition names it.',
  'of any table (3) in private.follow_source()':
    'A campaign belongs to one table, and the other condition names the campaign.',
  'of any table (4) in private.follow_source()':
    'A campaign belongs to one table, and the other condition names the campaign.',
  'also who was removed in private.has_role()':
    'Whoever asks for a role also asks for the caller’s table, and who was removed has none.',
  'of any table (1) in private.home_of_appearance()':
    'An NPC’s id belongs to one table, and the other condition names it.',
  'of any table (2) in private.home_of_appearance()':
    'A campaign belongs to one table, and the other condition names the campaign.',
  'of any table (2) in private.judge_start()':
    'A campaign belongs to one table, and the other condition names the campaign.',
  'of any table in private.keep_recordings_in_use()':
    'A voice is made of recordings of its own table only, and the other condition names the recording.',
  'of any table (1) in private.leave_with_source()':
    'An NPC’s id belongs to one table, and the other condition names it.',
  'of any table (2) in private.leave_with_source()':
    'An NPC’s id belongs to one table, and the other condition names it.',
  'of any table in private.limit_npcs()':
    'A campaign belongs to one table, and the other condition names the campaign.',
  'no role asked (1) in private.lock_members()': 'It is asked again behind the lock.',
  'no role asked (2) in private.lock_members()':
    'It has been asked before the lock; only whoever loses the role meanwhile meets it, which tests/members races.',
  'another’s table taken in private.lock_members()': 'It only names the lock; what is returned is asked again.',
  'no role asked in private.own_ticket()':
    'It asks for the lowest role only, and who has no table finds nothing by it.',
  'of any table in private.readable_tickets()': 'The policy that asks it asks for the table itself.',
  'no role asked in private.require_session()':
    'It asks for the lowest role only, and who has no table finds nothing by it.',
  'of any table in private.return_with_source()': 'An NPC’s id belongs to one table, and the other condition names it.',
  'of any table in private.summarize_session()': 'It only spares the work for a table that is gone.',
  'of any table (1) in private.usage_sessions()':
    'A campaign belongs to one table, and the other condition names the campaign.',
};
