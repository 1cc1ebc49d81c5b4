import { randomBytes } from 'node:crypto';

export interface Meta {
  phx_ref: string;
  phx_ref_prev?: string;
  [field: string]: unknown;
}
export type PresenceState = Record<string, { metas: Meta[] }>;
export interface PresenceDiff {
  joins: PresenceState;
  leaves: PresenceState;
}

interface Entry {
  key: string;
  meta: Meta;
}

/**
 * Who is present on one topic, as Phoenix.Presence tells it: each channel tracks at most one meta under its key, so a
 * person with two tabs is one key with two metas. Changes are collected until `takeDiff`, so that a hundred people who
 * arrive together make one message to each; what came and went in between is never told.
 */
export class Presence<Owner> {
  #entries = new Map<Owner, Entry>();
  #joined = new Map<string, Entry>();
  #left = new Map<string, Entry>();

  /** Tracks `payload` for the owner, or replaces what it tracked. */
  track(owner: Owner, key: string, payload: Record<string, unknown>): void {
    const previous = this.#entries.get(owner);
    const meta: Meta = { ...payload, phx_ref: randomBytes(12).toString('base64url') };
    if (previous) meta.phx_ref_prev = previous.meta.phx_ref;
    this.untrack(owner);
    const entry = { key, meta };
    this.#entries.set(owner, entry);
    this.#joined.set(meta.phx_ref, entry);
  }

  untrack(owner: Owner): void {
    const entry = this.#entries.get(owner);
    if (!entry) return;
    this.#entries.delete(owner);
    const ref = entry.meta.phx_ref;
    if (!this.#joined.delete(ref)) this.#left.set(ref, entry);
  }

  state(): PresenceState {
    return group(this.#entries.values());
  }

  /** What changed since the last call, or null. */
  takeDiff(): PresenceDiff | null {
    if (this.#joined.size === 0 && this.#left.size === 0) return null;
    const diff = { joins: group(this.#joined.values()), leaves: group(this.#left.values()) };
    this.#joined.clear();
    this.#left.clear();
    return diff;
  }
}

function group(entries: Iterable<Entry>): PresenceState {
  // No prototype: a key is the client's choice and may be `__proto__`.
  const state = Object.create(null) as PresenceState;
  for (const { key, meta } of entries) (state[key] ??= { metas: [] }).metas.push(meta);
  return state;
}
