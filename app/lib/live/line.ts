/** A transcript line as `session_transcript` returns it and Realtime broadcasts it. */
export interface LineRow {
  id: number;
  session_id: string;
  speaker_id: string;
  speaker_name: string;
  npc_id: string;
  text: string;
  raw_text: string;
  timestamp: string;
  duration_ns: number;
}

/** A transcript line as the pages use it; times are milliseconds. */
export interface Line {
  id: number;
  speakerId: string;
  speakerName: string;
  npcId: string;
  text: string;
  rawText: string;
  /** When it was spoken, by the voice service's clock. */
  spokenAt: number;
  durationMs: number;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Reads one row from outside; null when it is not a transcript line. Extra fields are ignored. */
export function parseLine(value: unknown): Line | null {
  if (typeof value !== 'object' || value === null) return null;
  const row = value as Record<string, unknown>;
  const id = Number(row.id);
  const spokenAt = typeof row.timestamp === 'string' ? Date.parse(row.timestamp) : Number.NaN;
  if (!Number.isSafeInteger(id) || id <= 0 || Number.isNaN(spokenAt) || typeof row.text !== 'string') return null;
  const duration = Number(row.duration_ns ?? 0);
  return {
    id,
    speakerId: text(row.speaker_id),
    speakerName: text(row.speaker_name),
    npcId: text(row.npc_id),
    text: row.text,
    rawText: text(row.raw_text),
    spokenAt,
    durationMs: Number.isFinite(duration) && duration > 0 ? duration / 1e6 : 0,
  };
}

/** Reads a list of rows; rows that are no lines are left out. */
export function parseLines(values: readonly unknown[]): Line[] {
  return values.map(parseLine).filter((line) => line !== null);
}
