import { campaignFileName } from '#lib/campaign-file/file-name.ts';
import { type CampaignPart, exportCampaign } from '#lib/server/campaign-file.ts';
import type { RequestHandler } from './$types';

const parts: readonly CampaignPart[] = ['npcs', 'lore', 'characters'];

/** `mgmt.export_campaign()` as a file. */
export const GET: RequestHandler = async ({ locals, params, url }) => {
  const asked = url.searchParams.getAll('part');
  const bundle = await exportCampaign(
    locals.api,
    params.c,
    parts.filter((part) => asked.includes(part)),
  );
  return new Response(JSON.stringify(bundle, null, 1), {
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'content-disposition': `attachment; filename="${campaignFileName(bundle.campaign.name, bundle.exported_at)}"`,
      'cache-control': 'no-store',
    },
  });
};
