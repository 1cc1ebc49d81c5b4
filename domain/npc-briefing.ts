/** Fields of an NPC that end up in what the voice service is told. */
export const briefedFields = ['personality', 'knowledge_scope', 'secret_knowledge', 'behavior_rules', 'tools'] as const;
export type BriefedField = (typeof briefedFields)[number];

export interface BriefingInput {
  personality: string;
  knowledge_scope: readonly string[];
  secret_knowledge: readonly string[];
  behavior_rules: readonly string[];
  tools: readonly string[];
}

export interface Briefing {
  /** Fields with content that reach the voice service, in its order. */
  told: BriefedField[];
  /** Fields with content that this voice service leaves out. */
  unused: BriefedField[];
}

/** `used` are the fields the connected voice service reads; null while nobody knows. */
export function briefing(npc: BriefingInput, used: readonly string[] | null): Briefing {
  const filled = briefedFields.filter((field) => npc[field].length > 0);
  return {
    told: filled.filter((field) => !used || used.includes(field)),
    unused: filled.filter((field) => used && !used.includes(field)),
  };
}
