import { describe, expect, test } from 'vitest';
import { english } from './scenes/en.ts';
import { german } from './scenes/de.ts';
import { ScriptReader, scriptFor } from './script-reader.ts';

const scripts = { german, english };

test('a campaign in German is played in German, any other in English', () => {
  for (const language of ['de', 'de-AT', 'German', 'Deutsch']) expect(scriptFor(language)).toBe(german);
  for (const language of ['en', 'fr', '', 'dev', undefined]) expect(scriptFor(language)).toBe(english);
});

describe.each(Object.entries(scripts))('the %s script', (_name, script) => {
  const length = script.scenes.flat().length;

  test('names everybody, and lets each NPC speak', () => {
    const reader = new ScriptReader(script, ['Greta', 'Holm', 'Isolde']);
    const lines = Array.from({ length: length * 3 }, () => reader.next());
    expect(lines.filter(({ text, rawText }) => /[{}]/.test(text + rawText))).toEqual([]);
    const speakers = new Set(lines.map(({ speaker }) => ('npc' in speaker ? speaker.npc : speaker.playerName)));
    expect(speakers).toEqual(new Set([0, 1, 2, ...Object.values(script.players).map(({ name }) => name)]));
  });

  test('has lines that were heard wrongly, of people only', () => {
    const reader = new ScriptReader(script, ['Greta', 'Holm']);
    const lines = Array.from({ length }, () => reader.next());
    const misheard = lines.filter(({ text, rawText }) => rawText !== '' && rawText !== text);
    expect(misheard.length).toBeGreaterThan(2);
    expect(lines.every(({ speaker, rawText }) => ('npc' in speaker ? rawText === '' : rawText !== ''))).toBe(true);
  });

  test('with one NPC leaves out the scenes for two', () => {
    const reader = new ScriptReader(script, ['Greta']);
    const lines = Array.from({ length }, () => reader.next().text);
    const forTwo = script.scenes.find((scene) => scene.some(([voice]) => voice === 'm'))!;
    expect(lines).not.toContain(forTwo[0]![1]);
  });

  test('ends with a goodbye of the NPC', () => {
    const last = new ScriptReader(script, ['Greta']).goodbye().at(-1);
    expect(last?.speaker).toEqual({ npc: 0 });
  });
});
