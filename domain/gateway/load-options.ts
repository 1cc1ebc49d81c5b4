import type { Options } from '@grpc/proto-loader';

/**
 * How messages look in TypeScript: camelCase names, enums by name, 64-bit integers as decimal strings (a number would lose
 * digits, a bigint cannot be written as JSON), every field present in what is received.
 */
export const loadOptions = {
  keepCase: false,
  longs: String,
  enums: String,
  defaults: true,
} satisfies Options;
