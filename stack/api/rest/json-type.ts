/**
 * `jsonb` for connections of the library's Auth and Storage. They hand JSON over as text already; written again it would be stored
 * as a JSON string, and SQL that reads `metadata ->> 'size'` would find nothing.
 */
export const jsonWrittenOnce = {
  to: 3802,
  from: [3802],
  serialize: (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value)),
  parse: (value: string) => JSON.parse(value) as unknown,
};
