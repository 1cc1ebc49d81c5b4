import { z } from 'zod';
import { GatewayError } from '../../domain/gateway/mod.ts';
import { AppError } from '../_shared/app-error.ts';
import { describe } from '../_shared/errors.ts';
import type { Call } from '../_shared/http.ts';
import { readBody } from '../_shared/input.ts';
import { callFunction, type MgmtClient } from '../_shared/supabase.ts';
import { controlSession } from './control.ts';
import type { SessionsDeps } from './deps.ts';

const speakInput = z.object({ text: z.string().trim().min(1).max(500) });

/** GET /:id/npcs: who plays, and who is muted. */
export async function listNpcs(deps: SessionsDeps, call: Call): Promise<Response> {
  const { id } = await controlSession(deps.userClient(call), call.param('id'));
  const { npcs } = await deps.gateway().listNPCs({ sessionId: id }, { requestId: call.requestId });
  return Response.json({ npcs: npcs.map(({ name, muted }) => ({ name, muted })) });
}

/** POST /:id/npcs/:name/mute and /unmute. */
export async function muteNpc(deps: SessionsDeps, call: Call, muted: boolean): Promise<Response> {
  const user = deps.userClient(call);
  const { id } = await controlSession(user, call.param('id'));
  const npcName = call.param('name');
  const request = { sessionId: id, npcName };
  const options = { requestId: call.requestId };
  await explainNpc(muted ? deps.gateway().muteNPC(request, options) : deps.gateway().unmuteNPC(request, options));
  await announce(user, id, npcName, muted);
  return Response.json({ npc: npcName, muted });
}

/** POST /:id/npcs/mute-all and /unmute-all. */
export async function muteAll(deps: SessionsDeps, call: Call, muted: boolean): Promise<Response> {
  const user = deps.userClient(call);
  const { id } = await controlSession(user, call.param('id'));
  const request = { sessionId: id };
  const options = { requestId: call.requestId };
  const { count } = await (muted
    ? deps.gateway().muteAllNPCs(request, options)
    : deps.gateway().unmuteAllNPCs(request, options));
  await announce(user, id, null, muted);
  return Response.json({ count });
}

/** POST /:id/npcs/:name/speak. 202: the line is in the transcript once it was spoken. */
export async function speakNpc(deps: SessionsDeps, call: Call): Promise<Response> {
  const { text } = await readBody(call.request, speakInput);
  const { id } = await controlSession(deps.userClient(call), call.param('id'));
  const npcName = call.param('name');
  await explainNpc(deps.gateway().speakNPC({ sessionId: id, npcName, text }, { requestId: call.requestId }));
  return Response.json({ npc: npcName }, { status: 202 });
}

async function explainNpc(spoken: Promise<unknown>): Promise<void> {
  try {
    await spoken;
  } catch (thrown) {
    if (!(thrown instanceof GatewayError) || thrown.code !== 'not_found') throw thrown;
    throw new AppError('not_found', 'This NPC does not play in the session.', {
      hint: 'It plays from the next session if it was made after the start.',
      cause: thrown,
    });
  }
}

/** Tells everybody at the console. The gateway has done it already, so a failure here is logged and not answered. */
async function announce(user: MgmtClient, session: string, npc: string | null, muted: boolean): Promise<void> {
  try {
    await callFunction(user, 'announce_npc', { session, npc, muted }, z.unknown());
  } catch (thrown) {
    console.error(`announce_npc failed: ${describe(thrown)}`);
  }
}
