/**
 * How long at most a test waits for what comes by itself, in ms: on a machine that has much else to do everything comes, only
 * later. A wait ends as soon as what is waited for is there. For `expect.poll` vitest.config.ts says it.
 */
export const patience = { timeout: 30_000, interval: 50 } as const;
