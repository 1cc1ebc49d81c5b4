// Broken rules that change nothing for anybody, each with the reason. What can be shown of it is data: the rules that hide it, with
// which it is broken together, and the keys that the database must have.

export interface Equivalent {
  because: string;
  /** The rules that hide it: broken together with them it must turn the proof red. */
  beside?: readonly string[];
  /** What a table's key must say, as Postgres prints it; without it the reason would not hold. */
  keys?: readonly string[];
}

const id = 'mgmt.campaigns PRIMARY KEY (id)';
const campaignOf = (table: string, column = 'campaign_id'): string =>
  `${table} FOREIGN KEY (${column}, tenant_id) REFERENCES mgmt.campaigns(id, tenant_id)`;
const ofNpcs = campaignOf('npc_definitions', 'campaign_ref');

/** The other condition names the campaign, and a row is of its campaign’s table. */
const named = (...keys: string[]): Equivalent => ({
  because: 'The other condition names a campaign of the table, and by its key a row is of the table of its campaign.',
  keys: [id, ...keys],
});

const askedBefore = (name: string): Equivalent => ({
  because: 'The same question has been asked of the same campaign in the line before, which refuses.',
  beside: [`not asked whose it is (knowledge_table) (1) in mgmt.${name}()`],
});

const replaces = "storage.objects: Dungeon Masters replace their table's files";
const adds = 'storage.objects: Dungeon Masters add files to their table';
const buckets = "without (bucket_id = ANY (ARRAY['voice-samples'::text, 'images'::text])) on what is written for";
const fileNames = 'without private.is_file_name(bucket_id, name) on what is written for';
const messages = 'mgmt.support_messages: Who reads a ticket reads its messages';
const ofTickets = 'of any table in private.readable_tickets()';

/** Nobody writes whose a row is; were it granted, the second condition would have to hold alone. */
const ownOnly = (name: string, condition: string): [string, Equivalent] => [
  `any table for ${name}`,
  {
    because: 'Nobody writes whose a row is, and the other condition asks for an own one.',
    beside: [`without ${condition} on what is written for ${name}`],
  },
];

export const equivalent: Record<string, Equivalent> = {
  ...Object.fromEntries([
    ownOnly('mgmt.campaign_characters: Dungeon Masters say who plays whom', 'private.is_own_campaign(campaign_id)'),
    ownOnly(
      'mgmt.campaign_npcs: Dungeon Masters let NPCs appear in their campaigns',
      'private.is_own_campaign(campaign_id)',
    ),
    ownOnly(
      'mgmt.session_details: Dungeon Masters write notes on their sessions',
      'private.is_own_session(session_id)',
    ),
  ]),
  [`any table for ${messages}`]: {
    because: 'Which tickets are readable is asked for the caller’s table alone.',
    beside: [ofTickets],
  },
  [`without (tenant_id = ( SELECT private.tenant_as('viewer'::text) AS tenant_as)) for ${messages}`]: {
    because: 'Which tickets are readable is asked for the caller’s table alone.',
    beside: [ofTickets],
  },
  [ofTickets]: {
    because: 'The policies that ask it ask for the table themselves.',
    beside: [`any table for ${messages}`],
  },
  [`${buckets} ${adds}`]: {
    because: 'The condition on names knows these two buckets only.',
    beside: [`${fileNames} ${adds}`],
  },
  [`${buckets} ${replaces}`]: {
    because: 'The condition on names knows these two buckets only.',
    beside: [`${fileNames} ${replaces}`],
  },
  'of any table (2) in mgmt.duplicate_npc()': named(ofNpcs),
  'of any table (1) in mgmt.export_campaign()': named(ofNpcs),
  'of any table (2) in mgmt.export_campaign()': named(campaignOf('mgmt.npcs_aside')),
  'of any table in mgmt.knowledge_restore()': named(campaignOf('private.removed_knowledge')),
  'of any table (3) in mgmt.usage_summary()': named(ofNpcs),
  'of any table (1) in private.above_plan()': named(ofNpcs),
  'of any table (1) in private.follow_source()': named(campaignOf('mgmt.campaign_npcs')),
  'of any table (3) in private.follow_source()': named(ofNpcs, campaignOf('mgmt.campaign_npcs')),
  'of any table (4) in private.follow_source()': named(ofNpcs, campaignOf('mgmt.campaign_npcs')),
  'not asked whose it is (knowledge_table) (2) in mgmt.knowledge_remove()': askedBefore('knowledge_remove'),
  'not asked whose it is (knowledge_table) (2) in mgmt.knowledge_restore()': askedBefore('knowledge_restore'),
  'of any table (1) in mgmt.session_request()': {
    because: 'What it gives up of another table is undone by the refusal that follows.',
    beside: ['of any table (2) in mgmt.session_request()'],
  },
  'of any table in mgmt.notification_choices()': {
    because: 'The other condition names the person, who is one row and so of one table.',
    keys: ['mgmt.users PRIMARY KEY (id)'],
  },
  'of any table (1) in private.home_of_appearance()': {
    because: 'The campaign is asked for by the table, and by its key an NPC is of the table of its campaign.',
    keys: [id, ofNpcs],
    beside: ['of any table (2) in private.home_of_appearance()'],
  },
  'of any table (2) in private.home_of_appearance()': {
    because: 'The NPC is asked for by the table, and by its key it is of the table of its campaign.',
    keys: [id, ofNpcs],
    beside: ['of any table (1) in private.home_of_appearance()'],
  },
  'of any table (2) in private.judge_start()': {
    because: 'What it finds is not looked at when the campaign is another table’s, which is asked first.',
    beside: ['of any table (3) in private.judge_start()'],
  },
  'no role asked (1) in private.lock_members()': {
    because: 'It is asked again behind the lock.',
    beside: ['no role asked (2) in private.lock_members()'],
  },
  'no role asked (2) in private.lock_members()': {
    because:
      'It has been asked before the lock; only whoever loses the role meanwhile meets it, which tests/members races.',
    beside: ['no role asked (1) in private.lock_members()'],
  },
  'of any table in private.summarize_session()': {
    because: 'It only spares the work for a table that is gone, which the key of the summary would refuse.',
    keys: ['mgmt.session_summaries FOREIGN KEY (tenant_id) REFERENCES tenants(id)'],
  },
};
