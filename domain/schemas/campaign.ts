import { z } from 'zod';
import { campaignLanguages, campaignLimits } from '../campaign-options.ts';
import { optionalText, requiredText } from './issue.ts';

export const campaignSchema = z.object({
  name: requiredText(campaignLimits.name),
  system: optionalText(campaignLimits.system),
  language: z.enum(campaignLanguages, 'not_offered'),
  description: optionalText(campaignLimits.description),
});
export type CampaignInput = z.infer<typeof campaignSchema>;
