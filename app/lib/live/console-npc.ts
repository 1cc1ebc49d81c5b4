import type { NpcFace } from '#domain/npc-face.ts';

/** An NPC as the console and the start page show it. */
export interface ConsoleNpc extends NpcFace {
  /** Lines written beforehand, one tap away in the console. */
  preparedLines: readonly string[];
}
