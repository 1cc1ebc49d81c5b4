import { currentCampaign } from '#lib/current-campaign.ts';
import { readHeardNpcs, searchSaid, shortestQuery } from '#lib/live/server/search.ts';
import { readCampaignNames } from '#lib/server/campaign-names.ts';
import type { PageServerLoad } from './$types';

const longestQuery = 200;

export const load: PageServerLoad = async ({ locals, url }) => {
  const { api } = locals;
  const q = (url.searchParams.get('q') ?? '').trim().slice(0, longestQuery);
  const [account, campaigns] = await Promise.all([locals.account(), readCampaignNames(api)]);
  const asked = url.searchParams.get('campaign');
  const own = currentCampaign(campaigns, {
    last: account.preferences.last_campaign_id,
    discord: account.tenant.campaign_id,
  });
  // One's own campaign unless another is asked for; with a single one there is nothing to choose.
  const campaign = asked === 'all' || campaigns.length < 2 ? null : (asked ?? own?.id ?? null);
  const before = Number(url.searchParams.get('before'));
  const searched = q.length >= shortestQuery;
  const [found, examples] = await Promise.all([
    searched
      ? searchSaid(api, account, { q, campaign, before: Number.isSafeInteger(before) && before > 0 ? before : null })
      : { sessions: [], next: null },
    searched ? [] : readHeardNpcs(api, 3),
  ]);
  return { q, searched, campaign, found, examples, continued: before > 0, now: Date.now() };
};
