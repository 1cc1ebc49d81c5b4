/** Values that the voice service takes; anything else it refuses. */
export const npcEngines = ['cascaded', 'sentence_cascade', 's2s'] as const;
export type NpcEngine = (typeof npcEngines)[number];

export const budgetTiers = ['fast', 'standard', 'deep'] as const;
export type BudgetTier = (typeof budgetTiers)[number];

/** Speech services that voices come from. */
export const voiceProviders = [
  'piper',
  'gtts',
  'elevenlabs',
  'openai',
  'google',
  'azure',
  'deepgram',
  'coqui',
] as const;

/** Which thinking time a plan's language model allows, smallest first. */
const tiersOfModel: Record<string, readonly BudgetTier[]> = {
  flash: ['fast'],
  standard: ['fast', 'standard'],
  premium: ['fast', 'standard', 'deep'],
};

/** Thinking times of a plan; all of them where there is no plan to ask. */
export function allowedTiers(llmTier: string | null | undefined): readonly BudgetTier[] {
  return (llmTier && tiersOfModel[llmTier]) || budgetTiers;
}
