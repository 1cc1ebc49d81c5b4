import { m } from '#lib/paraglide/messages.js';
import { clock } from '#lib/format.ts';
import type { FailureReason, SessionState } from './session-state.ts';

/** "spoke 3 min ago" */
export function spokeAgo(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 10) return m.live_spoke_just_now();
  if (seconds < 60) return m.live_spoke_seconds({ seconds: Math.floor(seconds / 10) * 10 });
  return m.live_spoke_minutes({ minutes: Math.floor(seconds / 60) });
}

/** What fits under a niche: the last word of a long name, since titles come first. */
export function shortName(name: string): string {
  return name.length <= 10 ? name : (name.trim().split(/\s+/).at(-1) ?? name);
}

const reasons: Record<FailureReason, () => string> = {
  heartbeat: m.session_reason_heartbeat,
  nobody_joined: m.session_reason_nobody_joined,
  kicked: m.session_reason_kicked,
  no_npcs: m.session_reason_no_npcs,
  dispatch: m.session_reason_dispatch,
  unknown: m.session_reason_unknown,
};

export function reasonText(reason: FailureReason): string {
  return reasons[reason]();
}

/** The result of a session in a few words, as lists and heads say it. */
export function resultText(state: SessionState, lastSign: string | null): string {
  switch (state.kind) {
    case 'starting':
      return m.session_result_starting();
    case 'on_air':
    case 'ending':
      return m.session_result_on_air();
    case 'no_sign':
      return m.session_result_no_sign({ time: lastSign ? clock(new Date(lastSign)) : '–' });
    case 'lost':
      return m.session_result_lost();
    case 'failed':
      return m.session_result_failed({ reason: reasonText(state.reason) });
    case 'ended':
      return state.counts ? m.session_result_ended() : m.session_result_did_not_count();
  }
}

/** The state as it is read out. */
export function spokenState(state: SessionState): string {
  switch (state.kind) {
    case 'starting':
      return m.live_say_starting();
    case 'on_air':
      return m.live_say_on_air();
    case 'no_sign':
      return m.live_say_no_sign();
    case 'ending':
      return m.live_say_ending();
    case 'lost':
      return m.live_lost_title();
    case 'failed':
      return m.live_failed_title();
    case 'ended':
      return m.live_ended_title();
  }
}
