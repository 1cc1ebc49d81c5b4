import { english } from './scenes/en.ts';
import { german } from './scenes/de.ts';
import type { SceneLine, Script } from './scenes/scene.ts';

/** A line that is due. */
export interface ScriptedLine {
  /** Index of the NPC, or the player. */
  speaker: { npc: number } | { playerId: string; playerName: string };
  text: string;
  /** What speech recognition heard. */
  rawText: string;
}

/** `de`, `de-AT`, `German`, `Deutsch` are German; everything else is played in English. */
export function scriptFor(language: string | undefined): Script {
  return /^(de\b|german|deutsch)/i.test(language ?? '') ? german : english;
}

/** Reads a script for these NPCs, scene after scene, for ever. Each scene has another NPC in front. */
export class ScriptReader {
  readonly #script: Script;
  readonly #npcs: readonly string[];
  readonly #scenes: readonly (readonly SceneLine[])[];
  #scene = 0;
  #line = 0;

  constructor(script: Script, npcs: readonly string[]) {
    this.#script = script;
    this.#npcs = npcs;
    this.#scenes = script.scenes.filter((lines) => npcs.length > 1 || !lines.some(([voice]) => voice === 'm'));
  }

  next(): ScriptedLine {
    const scene = this.#scenes[this.#scene % this.#scenes.length] ?? [];
    const line = scene[this.#line] ?? scene[0];
    if (!line) throw new Error('A script has no lines.');
    const due = this.#cast(line);
    this.#line += 1;
    if (this.#line >= scene.length) {
      this.#line = 0;
      this.#scene += 1;
    }
    return due;
  }

  goodbye(): ScriptedLine[] {
    return this.#script.goodbye.map((line) => this.#cast(line));
  }

  #cast([voice, text, heard]: SceneLine): ScriptedLine {
    const lead = this.#scene % this.#npcs.length;
    const second = (lead + 1) % this.#npcs.length;
    const { a, b, c } = this.#script.players;
    const names: Record<string, string | undefined> = {
      a: a.name,
      b: b.name,
      c: c.name,
      n: this.#npcs[lead],
      m: this.#npcs[second],
    };
    const named = (words: string) => words.replace(/\{([abcnm])\}/g, (whole, name: string) => names[name] ?? whole);
    const isNpc = voice === 'n' || voice === 'm';
    const player = isNpc ? undefined : this.#script.players[voice];
    return {
      speaker: player ? { playerId: player.id, playerName: player.name } : { npc: voice === 'm' ? second : lead },
      text: named(text),
      // What an NPC says was never heard, it was written.
      rawText: isNpc ? '' : named(heard ?? text),
    };
  }
}
