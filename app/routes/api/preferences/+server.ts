import { z } from 'zod';
import { expectDone, refuse } from '#lib/server/api.ts';
import type { RequestHandler } from './$types';

const patch = z
  .strictObject({
    last_campaign_id: z.string().min(1).max(64),
    hidden_checklist: z.array(z.string().max(40)).max(20),
  })
  .partial();

/** Choices that a page keeps without a form. Answers 204. */
export const PATCH: RequestHandler = async ({ locals, request }) => {
  if (!locals.session) refuse('signed_out');
  const choice = patch.safeParse(await request.json().catch(() => null));
  if (!choice.success) refuse('validation');
  expectDone(await locals.api.rpc('update_preferences', { patch: choice.data }));
  return new Response(null, { status: 204 });
};
