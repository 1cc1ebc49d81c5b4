/** Languages that NPCs are addressed and answer in. */
export const campaignLanguages = ['en', 'de', 'fr', 'es'] as const;
export type CampaignLanguage = (typeof campaignLanguages)[number];

export function isCampaignLanguage(value: unknown): value is CampaignLanguage {
  return campaignLanguages.some((language) => language === value);
}

/** Game systems offered by name; any other is typed. Names are proper names and stay untranslated. */
export const gameSystems = [
  'D&D 5e',
  'D&D 2024',
  'Pathfinder 2e',
  'Das Schwarze Auge',
  'Call of Cthulhu',
  'Shadowrun',
  'Fate Core',
  'Savage Worlds',
] as const;

/** Characters at most; the database checks them too. */
export const campaignLimits = { name: 255, system: 60, description: 4096 } as const;
