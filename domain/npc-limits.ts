/** Limits that the database checks too (screens document, section 3.6). */
export const npcLimits = {
  name: 255,
  title: 120,
  personality: 2000,
  knowledge_scope: { most: 50, longest: 120 },
  secret_knowledge: { most: 50, longest: 500 },
  behavior_rules: { most: 30, longest: 300 },
  prepared_lines: { most: 12, longest: 300 },
  tools: { most: 20, longest: 60 },
  notes: 50,
  attributesBytes: 8192,
} as const;

/** Keys of `attributes` that have a field of their own; everything else there is a note of the DM. */
export const ownAttributes = ['title', 'portrait', 'pigment', 'prepared_lines'] as const;
