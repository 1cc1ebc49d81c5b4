import type { Database } from './database.ts';

/** What the gateway hands to a worker about an NPC. */
export interface Npc {
  name: string;
  personality: string;
  knowledgeScope: string[];
}

interface NpcRow {
  name: string;
  personality: string;
  voice: unknown;
  knowledge_scope: unknown;
  secret_knowledge: unknown;
  behavior_rules: unknown;
  tools: unknown;
  attributes: unknown;
}

/** The campaign's NPCs in the order of their names. A value of the wrong shape fails all of them, as typed decoding does. */
export async function loadNpcs(database: Database, tenantId: string, campaignId: string): Promise<Npc[]> {
  const { rows } = await database.query<NpcRow>(
    `select id, tenant_id, campaign_id, name, personality, engine, voice, knowledge_scope, secret_knowledge,
       behavior_rules, tools, budget_tier, gm_helper, address_only, attributes, created_at, updated_at
     from npc_definitions where tenant_id = $1 and campaign_id = $2 order by name`,
    [tenantId, campaignId],
  );
  return rows.map((row) => {
    for (const column of ['voice', 'attributes'] as const) {
      if (!isObject(row[column])) throw new Error(`npcstore: list: unmarshal ${column}: json: cannot unmarshal`);
    }
    for (const column of ['secret_knowledge', 'behavior_rules', 'tools'] as const) strings(column, row[column]);
    const { name, personality } = row;
    return { name, personality, knowledgeScope: strings('knowledge_scope', row.knowledge_scope) };
  });
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function strings(column: string, value: unknown): string[] {
  if (Array.isArray(value) && value.every((entry) => typeof entry === 'string')) return value;
  throw new Error(`npcstore: list: unmarshal ${column}: json: cannot unmarshal into []string`);
}

const undefinedTable = '42P01';

/** Language of a campaign; undefined when the management plane is not installed or says nothing. */
export async function campaignLanguage(
  database: Database,
  tenantId: string,
  campaignId: string,
): Promise<string | undefined> {
  try {
    const { rows } = await database.query<{ language: string }>(
      `select id, tenant_id, name, system, language, description, created_at, updated_at
       from mgmt.campaigns where id = $1 and tenant_id = $2 and deleted_at is null`,
      [campaignId, tenantId],
    );
    return rows[0]?.language;
  } catch (error) {
    if ((error as { code?: string }).code === undefinedTable) return undefined;
    throw error;
  }
}
