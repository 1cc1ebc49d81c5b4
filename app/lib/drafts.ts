/** What somebody typed and the server does not have yet, kept on this device under the person's name. */
export interface Draft<T> {
  /** When it was typed, in ms. */
  at: number;
  /** The version of the row that was edited. */
  basedOn: string;
  /** Changed fields only. */
  fields: Partial<T>;
}

const prefix = 'draft:';
const keyOf = (user: string, what: string) => `${prefix}${user}:${what}`;

/** @returns whether the device took it: it may be full, or forbid it. */
export function keepDraft<T>(user: string, what: string, draft: Draft<T>): boolean {
  try {
    localStorage.setItem(keyOf(user, what), JSON.stringify(draft));
    return true;
  } catch (error) {
    console.warn('The draft could not be kept on this device.', error);
    return false;
  }
}

export function readDraft<T>(user: string, what: string): Draft<T> | null {
  const kept = storage()?.getItem(keyOf(user, what));
  return kept ? (JSON.parse(kept) as Draft<T>) : null;
}

export function dropDraft(user: string, what: string): void {
  storage()?.removeItem(keyOf(user, what));
}

export function hasDrafts(): boolean {
  return Object.keys(storage() ?? {}).some((key) => key.startsWith(prefix));
}

/** At sign-out: the next person at this device reads nobody's words. */
export function clearDrafts(): void {
  const kept = storage();
  if (!kept) return;
  for (const key of Object.keys(kept)) if (key.startsWith(prefix)) kept.removeItem(key);
}

/** Null where the browser forbids it. */
function storage(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}
