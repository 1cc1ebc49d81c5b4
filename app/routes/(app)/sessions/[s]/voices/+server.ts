import { json } from '@sveltejs/kit';
import { refuse } from '#lib/server/api.ts';
import { requireRole } from '#lib/server/account.ts';
import { command, readVoices } from '#lib/live/server/voices.ts';
import type { RequestHandler } from './$types.js';

/** Who speaks and who is muted, from the voice service. */
export const GET: RequestHandler = async (event) => {
  await requireRole(event, 'dm');
  return json({ npcs: await readVoices(event, event.params.s) }, { headers: { 'cache-control': 'no-store' } });
};

/** One command to the voices: `{ do, npc?, text? }`. */
export const POST: RequestHandler = async (event) => {
  await requireRole(event, 'dm');
  const input: unknown = await event.request.json().catch(() => refuse('malformed_json'));
  return json(await command(event, event.params.s, input));
};
