/** Who speaks: players `a`, `b`, `c`, the scene's NPC `n`, a second NPC `m`. */
export type Voice = 'a' | 'b' | 'c' | 'n' | 'm';

/** Voice, text, and what speech recognition made of it where that differs. `{n}`, `{a}` … stand for names. */
export type SceneLine = readonly [voice: Voice, text: string, heard?: string];

export interface Player {
  /** Discord user id. */
  id: string;
  name: string;
}

/** A language's table: three players, scenes that go round until the session is stopped, and how it ends. */
export interface Script {
  players: Record<'a' | 'b' | 'c', Player>;
  /** A scene in which `m` speaks is played only where the campaign has two NPCs. */
  scenes: readonly (readonly SceneLine[])[];
  goodbye: readonly SceneLine[];
}
