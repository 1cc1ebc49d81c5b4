import { isCampaignLanguage } from '#domain/campaign-options.ts';

/** A campaign as its form posted it. Without scripts "other" and its text arrive as two fields. */
export function campaignFromData(data: FormData) {
  const one = (name: string) => String(data.get(name) ?? '');
  const choice = one('system_choice');
  return {
    name: one('name'),
    system: choice === 'other' ? one('system_own') : choice,
    language: one('language'),
    description: one('description'),
  };
}

/** What an empty form begins with. */
export function emptyCampaign(language: string) {
  return { name: '', system: '', language: isCampaignLanguage(language) ? language : 'en', description: '' };
}
