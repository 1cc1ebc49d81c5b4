/**
 * What the switches show while answers are under way. A wish shows at once; wishes for one NPC go out one after another and the last
 * one wins; the answer, or a broadcast while nothing is under way, settles it; a refusal puts it back.
 */
export interface Voice {
  name: string;
  /** What the voice service last said. */
  muted: boolean;
  /** What was asked for and not answered yet. */
  wish: boolean | null;
  /** A call for this NPC is under way. */
  busy: boolean;
  /** The code of the last refusal, until the next wish or a settled state. */
  refused: string | null;
}

export type Voices = ReadonlyMap<string, Voice>;
export const noVoices: Voices = new Map();

export function toVoices(npcs: readonly { name: string; muted: boolean }[], previous: Voices = noVoices): Voices {
  return new Map(
    npcs.map(({ name, muted }) => {
      const old = previous.get(name);
      return [name, { name, muted, wish: old?.wish ?? null, busy: old?.busy ?? false, refused: null }];
    }),
  );
}

export function isMuted(voice: Voice): boolean {
  return voice.wish ?? voice.muted;
}

function change(voices: Voices, name: string, patch: Partial<Voice>): Voices {
  const voice = voices.get(name);
  if (!voice) return voices;
  return new Map(voices).set(name, { ...voice, ...patch });
}

/** A tap. Nothing is sent here: `nextCall` says what is to be sent. */
export function wish(voices: Voices, name: string, muted: boolean): Voices {
  return change(voices, name, { wish: muted, refused: null });
}

/** The call to make now for an NPC, or null: one is under way, or its wish is already so. */
export function nextCall(voices: Voices, name: string): { name: string; muted: boolean } | null {
  const voice = voices.get(name);
  if (!voice || voice.busy || voice.wish === null || voice.wish === voice.muted) return null;
  return { name, muted: voice.wish };
}

export function started(voices: Voices, name: string): Voices {
  return change(voices, name, { busy: true });
}

/** The answer to a call: the wish is settled unless another one came meanwhile, which then is the next call. */
export function answered(voices: Voices, name: string, muted: boolean): Voices {
  const voice = voices.get(name);
  if (!voice) return voices;
  return change(voices, name, { busy: false, muted, wish: voice.wish === muted ? null : voice.wish });
}

export function refused(voices: Voices, name: string, code: string): Voices {
  return change(voices, name, { busy: false, wish: null, refused: code });
}

/** Somebody's change, for one NPC or (null) for all. A wish of one's own that is under way stays until its answer. */
export function broadcast(voices: Voices, name: string | null, muted: boolean): Voices {
  const next = new Map(voices);
  for (const [key, voice] of voices) {
    if (name !== null && key !== name) continue;
    next.set(key, { ...voice, muted, wish: voice.busy ? voice.wish : null, refused: null });
  }
  return next;
}

/** A wish that turned out to be so already needs no call. */
export function settleIdle(voices: Voices, name: string): Voices {
  const voice = voices.get(name);
  if (!voice || voice.busy || voice.wish !== voice.muted) return voices;
  return change(voices, name, { wish: null });
}

export function countHeard(voices: Voices): number {
  let heard = 0;
  for (const voice of voices.values()) if (!isMuted(voice)) heard += 1;
  return heard;
}
