import { pigments, type Pigment } from '#domain/pigments.ts';
import type { Line } from './line.ts';

export interface SpeakingNpc {
  id: string;
  name: string;
  pigment: Pigment;
}

/** Somebody at the table; `discordId` is what lines carry as their speaker. */
export interface Person {
  discordId: string;
  name: string;
  leads: boolean;
}

/** Who somebody plays in this campaign. */
export interface Character {
  discordId: string | null;
  name: string;
  aliases: readonly string[];
  pigment: Pigment | null;
}

/** Who said a line, as it is shown. */
export interface Speaker {
  /** The same for all lines of one speaker. */
  key: string;
  kind: 'npc' | 'player' | 'dm';
  /** The name in the story where one is known. */
  name: string;
  /** The person's own name where it differs from `name`. */
  person: string | null;
  /** Null for the Dungeon Master, who has none. */
  pigment: Pigment | null;
  npcId: string | null;
  /** The Discord id of a player of whom nobody has said who they play; else null. */
  unnamed: string | null;
}

/** What Discord's ids look like. */
const snowflake = /^\d{17,20}$/;

/** Names are compared as people read them: case, accent composition and outer blanks do not matter. */
export function foldName(name: string): string {
  return name.normalize('NFC').trim().replace(/\s+/g, ' ').toLocaleLowerCase('und');
}

/** A character of somebody else that goes by this name, too. */
export function namesake<T extends { discordId: string | null; name: string; aliases: readonly string[] }>(
  characters: readonly T[],
  discordId: string,
  name: string,
): T | null {
  const wanted = foldName(name);
  if (wanted === '') return null;
  const isCalledSo = (each: T) => [each.name, ...each.aliases].some((own) => foldName(own) === wanted);
  return characters.find((each) => each.discordId !== discordId && isCalledSo(each)) ?? null;
}

/**
 * Finds the NPC that spoke. Lines carry the voice service's own id for it, so only the name can be matched; a line with an NPC id
 * whose name nobody knows (a renamed or removed NPC) is still an NPC's.
 */
export function matchNpc<T extends { name: string }>(line: Line, npcs: readonly T[]): T | null {
  const wanted = foldName(line.speakerName || line.speakerId);
  if (line.npcId === '' && line.speakerId !== '' && foldName(line.speakerId) !== wanted) return null;
  return npcs.find((npc) => foldName(npc.name) === wanted) ?? null;
}

export interface Table {
  npcs: readonly SpeakingNpc[];
  people: readonly Person[];
  characters: readonly Character[];
}

/**
 * Gives every line its speaker. NPCs keep the pigment they came with, characters the one chosen for them; everybody else takes the
 * free ones in the order they speak. From the ninth voice on pigments repeat, names do not. Ask in the order the lines were spoken.
 */
export class Cast {
  #table: Table;
  #speakers = new Map<string, Speaker>();
  #used = new Map<Pigment, number>();

  constructor(table: Table) {
    this.#table = table;
    for (const npc of table.npcs) this.#use(npc.pigment);
    for (const character of table.characters) if (character.pigment) this.#use(character.pigment);
  }

  speaker(line: Line): Speaker {
    const npc = matchNpc(line, this.#table.npcs);
    const key = npc
      ? `npc:${npc.id}`
      : `${line.npcId ? 'npc' : 'person'}:${line.speakerId}:${foldName(line.speakerName)}`;
    const known = this.#speakers.get(key);
    if (known) return known;
    const speaker = npc
      ? this.#npc(key, npc.name, npc.pigment, npc.id)
      : line.npcId
        ? this.#npc(key, line.speakerName, this.#next(), null)
        : this.#person(line, key);
    this.#speakers.set(key, speaker);
    return speaker;
  }

  #npc(key: string, name: string, pigment: Pigment, npcId: string | null): Speaker {
    return { key, kind: 'npc', name, person: null, pigment, npcId, unnamed: null };
  }

  #person(line: Line, key: string): Speaker {
    const { people, characters } = this.#table;
    const person = people.find((each) => each.discordId !== '' && each.discordId === line.speakerId);
    // Who somebody was said to be comes first: their Discord name may be the name of another's character.
    const character =
      characters.find((each) => each.discordId !== null && each.discordId === line.speakerId) ??
      namesake(characters, line.speakerId, line.speakerName);
    const own = person?.name ?? (line.speakerName || line.speakerId);
    const byName = character !== null && character.discordId !== line.speakerId;
    if (person?.leads && !character) {
      return { key, kind: 'dm', name: own, person: null, pigment: null, npcId: null, unnamed: null };
    }
    const name = character?.name ?? own;
    return {
      key,
      kind: 'player',
      name,
      // Found by what was written, the written name is the character's and says nothing about the person.
      person: foldName(name) === foldName(own) || (byName && !person) ? null : own,
      pigment: character?.pigment ?? this.#next(),
      npcId: null,
      unnamed: !character && snowflake.test(line.speakerId) ? line.speakerId : null,
    };
  }

  #use(pigment: Pigment): Pigment {
    this.#used.set(pigment, (this.#used.get(pigment) ?? 0) + 1);
    return pigment;
  }

  /** The least used pigment, the lowest of several. */
  #next(): Pigment {
    let best: Pigment = 1;
    for (const pigment of pigments) {
      if ((this.#used.get(pigment) ?? 0) < (this.#used.get(best) ?? 0)) best = pigment;
    }
    return this.#use(best);
  }
}

/** Two letters for a person's circle; one for an empty or one-letter name. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const [first, second] = words;
  if (!first) return '?';
  const letters = second ? [[...first][0], [...second][0]] : [...first].slice(0, 2);
  return letters.join('').replace(/^./u, (letter) => letter.toLocaleUpperCase());
}
