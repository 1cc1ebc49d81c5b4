/** What can be asked of the voices of a running session; the body of `POST /sessions/[s]/voices`. */
export type VoiceCommand =
  | { do: 'mute' | 'unmute'; npc: string }
  | { do: 'mute-all' | 'unmute-all' }
  | { do: 'speak'; npc: string; text: string };

/** The most that an NPC can be given to say at once. */
export const longestLine = 500;
