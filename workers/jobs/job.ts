import type { z } from 'zod';
import type { GatewayClient } from '../../domain/gateway/mod.ts';
import type { Stripe } from '../../domain/stripe/client.ts';
import type { Database } from '../database.ts';
import type { DirectMessages } from '../discord.ts';
import type { Log } from '../log.ts';
import type { Mailer } from '../mail.ts';

/** What a handler may use. Parts that are not configured are null; a handler then says what is missing, or does nothing. */
export interface JobDeps {
  /**
   * The transaction that also completes the job: what is written here is done exactly once. Anything outside of it (mail, Stripe, the
   * gateway) may be done again after a crash and must bear that.
   */
  db: Database;
  gateway: () => Promise<GatewayClient | null>;
  stripe: () => Promise<Stripe | null>;
  mail: () => Promise<Mailer | null>;
  discord: () => Promise<DirectMessages | null>;
  /** Public address of the app, without a slash at the end. */
  appUrl: string;
  /** The whole environment, for clients that read their own variables. */
  env: Record<string, string>;
  log: Log;
  /** Aborted when the job's time is over. */
  signal: AbortSignal;
}

export interface JobOptions {
  /** Further tries after the first. */
  retries: number;
  /** Seconds before the second try; doubled each time, with some chance in it. */
  delay: number;
  /** The delay grows no further than this, in seconds. */
  longestDelay: number;
  /** Seconds that one try may take, calls to others included. */
  timeout: number;
}

export interface JobDefinition<Payload = unknown> {
  /** `noun.verb`, the name in the outbox and of the queue. */
  name: string;
  /** Cron in UTC, for jobs that the clock wants. Their payload is empty. */
  schedule?: string;
  /** Wanted once more by each worker that starts. */
  atStart?: true;
  payload: z.ZodType<Payload>;
  options: JobOptions;
  /** What it returns is kept with the job as its result. */
  handle(payload: Payload, deps: JobDeps): Promise<object>;
}

/** For jobs that only touch the database. */
export const quick: JobOptions = { retries: 5, delay: 5, longestDelay: 300, timeout: 60 };

/** For jobs that call somebody else: about half a day until one is given up. */
export const patient: JobOptions = { retries: 12, delay: 10, longestDelay: 21_600, timeout: 60 };

/** Keeps the type of the payload inside the definition, and off the registry. */
export function defineJob<Payload>(definition: JobDefinition<Payload>): JobDefinition {
  return definition as JobDefinition;
}
