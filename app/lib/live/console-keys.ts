/** What a key means in the console. NPCs are counted from 0. */
export type ConsoleKey = 'end' | 'list' | 'follow' | 'mute_all' | 'say' | { npc: number };

type Pressed = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>;

/** Null for every other key. `typing`: the focus is where text goes, so that single keys are letters. */
export function consoleKey(event: Pressed, typing: boolean): ConsoleKey | null {
  const chord = event.ctrlKey || event.metaKey;
  if (chord && event.key === '.') return 'end';
  if (typing || chord || event.altKey) return null;
  if (/^[1-9]$/.test(event.key)) return { npc: Number(event.key) - 1 };
  switch (event.key.toLowerCase()) {
    case '?':
      return 'list';
    case 'end':
      return 'follow';
    case 'm':
      return 'mute_all';
    case 's':
      return 'say';
    default:
      return null;
  }
}

/** Whether an event comes from where text is written or chosen. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'));
}
