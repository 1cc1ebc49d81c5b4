import type { RequestEvent } from '@sveltejs/kit';
import { z } from 'zod';
import { callFunction } from '#lib/server/functions.ts';
import { refuse } from '#lib/server/api.ts';
import { longestLine, type VoiceCommand } from '../voice-command.ts';

const voiceCommand: z.ZodType<VoiceCommand> = z.discriminatedUnion('do', [
  z.object({ do: z.enum(['mute', 'unmute']), npc: z.string().min(1).max(255) }),
  z.object({ do: z.enum(['mute-all', 'unmute-all']) }),
  z.object({
    do: z.literal('speak'),
    npc: z.string().min(1).max(255),
    text: z.string().trim().min(1).max(longestLine),
  }),
]);

export interface NpcSwitch {
  name: string;
  muted: boolean;
}

/** Who speaks in a running session. 501 `gateway_unsupported` where the voice service takes NPC commands only in Discord. */
export async function readVoices(event: RequestEvent, session: string): Promise<NpcSwitch[]> {
  const { npcs } = await callFunction<{ npcs: NpcSwitch[] }>(event, `sessions/${encodeURIComponent(session)}/npcs`);
  return npcs;
}

/** Does it as the caller; the answer is the voice service's own. */
export async function command(event: RequestEvent, session: string, input: unknown): Promise<unknown> {
  const parsed = voiceCommand.safeParse(input);
  if (!parsed.success) refuse('validation');
  const base = `sessions/${encodeURIComponent(session)}/npcs`;
  const asked = parsed.data;
  switch (asked.do) {
    case 'mute-all':
    case 'unmute-all':
      return callFunction(event, `${base}/${asked.do}`, { method: 'POST' });
    case 'speak':
      return callFunction(event, `${base}/${encodeURIComponent(asked.npc)}/speak`, {
        method: 'POST',
        body: { text: asked.text },
      });
    default:
      return callFunction(event, `${base}/${encodeURIComponent(asked.npc)}/${asked.do}`, { method: 'POST' });
  }
}

/** Asks for the end; the session has ended when its row says so. */
export async function stopSession(event: RequestEvent, session: string): Promise<void> {
  await callFunction(event, `sessions/${encodeURIComponent(session)}/stop`, { method: 'POST' });
}
