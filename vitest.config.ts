import { defineConfig } from 'vitest/config';
import { patience } from './tests/lib/patience.ts';

export default defineConfig({
  test: {
    // Counted together, run together: pure rules beside their code, and stories against the running stack.
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{domain,app,stack,functions,workers,bench}/**/*.test.ts'],
          exclude: ['**/node_modules/**'],
          environment: 'node',
          testTimeout: 60_000,
          hookTimeout: 60_000,
          expect: { poll: patience },
        },
      },
      {
        test: {
          name: 'stack',
          include: ['tests/**/*.test.ts'],
          exclude: ['**/node_modules/**', 'tests/e2e/**'],
          environment: 'node',
          testTimeout: 120_000,
          hookTimeout: 180_000,
          expect: { poll: patience },
          // Two cores run the stack and the tests: more files at once only make each other wait.
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['tests/e2e/**/*.test.ts'],
          environment: 'node',
          testTimeout: 300_000,
          hookTimeout: 60_000,
          expect: { poll: patience },
          maxWorkers: 1,
        },
      },
    ],
  },
});
