import type { StackContext } from '../context.ts';

/** One supervised process. A definition is made by a pure function from the context, so that it can be tested and printed. */
export interface ServiceDefinition {
  name: string;
  command: string;
  args: string[];
  /** The whole environment besides PATH, HOME, LANG and TZ. */
  env: Record<string, string>;
  /** Names of the services and steps that must be healthy or done first. */
  dependsOn: string[];
  /** Healthy when the URL answers 2xx, the TCP port accepts, or the check resolves. */
  health: { url: string } | { tcp: number } | { check: () => Promise<void> };
  /** Ports it listens on: a taken one is named before the start. */
  listens: number[];
  stopSignal?: 'SIGTERM' | 'SIGINT';
  /** Killed when it has not ended by then; 5 seconds unless said otherwise. */
  stopTimeoutMs?: number;
  /** Postgres refuses to run as root. */
  uid?: number;
  gid?: number;
}

export type DefineService = (context: StackContext) => ServiceDefinition;
