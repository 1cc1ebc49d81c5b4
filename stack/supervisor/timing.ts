/** Patience of the supervisor with its processes. */
export interface Timing {
  /** A process that lives shorter than this has failed quickly; so many quick failures in a row are no accident. */
  quickFailureMs: number;
  quickFailureLimit: number;
  firstBackoffMs: number;
  longestBackoffMs: number;
  /** Until the first good health check. */
  startTimeoutMs: number;
  startPollMs: number;
  /** A process that hangs is alive for the system and dead for its users. */
  livenessIntervalMs: number;
  livenessTimeoutMs: number;
  livenessFailureLimit: number;
  /** From the signal to the kill, where a definition does not say otherwise. */
  stopTimeoutMs: number;
}

export const defaultTiming: Timing = {
  quickFailureMs: 10_000,
  quickFailureLimit: 5,
  firstBackoffMs: 100,
  longestBackoffMs: 10_000,
  startTimeoutMs: 60_000,
  startPollMs: 25,
  livenessIntervalMs: 10_000,
  livenessTimeoutMs: 10_000,
  livenessFailureLimit: 3,
  stopTimeoutMs: 5_000,
};
