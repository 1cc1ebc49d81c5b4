import type { PortraitKind } from '#domain/portraits.ts';
import type { SpeakingNpc } from './speakers.ts';

/** An NPC as the console and the start page show it. */
export interface NpcFace extends SpeakingNpc {
  portrait: PortraitKind | null;
  hasVoice: boolean;
  /** Lines written beforehand, one tap away in the console. */
  preparedLines: readonly string[];
}
