/** `mgmt.usage_summary()` (docs/architecture.md). Null limits are unlimited, null reports were not made. */
export interface Summary {
  period: { kind: 'current' | 'month' | 'custom'; start: string; end: string };
  sessions: { used: number; played: number; pending: number | null; cap: number | null; left: number | null };
  hours: { used: number; reported: number | null; monthly_limit: number | null };
  reported: { llm_tokens: number | null; stt_seconds: number | null; tts_characters: number | null };
  campaigns: { used: number; max: number | null; list: { id: string; name: string; npcs: number }[] };
  npcs: { max: number | null };
  days: Bar[];
  weeks: Bar[];
  list: PlayedSession[];
  costs: {
    currency: string;
    language: number;
    hearing: number;
    speech: number;
    total: number;
    estimated: boolean;
  } | null;
}

export interface Bar {
  /** The day, or the Monday of the week: YYYY-MM-DD. */
  date: string;
  sessions: number;
  hours: number;
}

export interface PlayedSession {
  id: string;
  campaign_name: string | null;
  state: string;
  error: string | null;
  started_at: string;
  activated_at: string | null;
  ended_at: string | null;
  minutes: number | null;
  counts: boolean;
}
