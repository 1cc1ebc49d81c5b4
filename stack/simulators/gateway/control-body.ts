import type { IncomingMessage } from 'node:http';

/** What is wrong with a request to the control port, as it is answered. */
export class RequestError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Reads a field's value, or throws a sentence that begins with its name. */
type Reader<Value> = (value: unknown, name: string) => Value;
type Readers = Record<string, Reader<unknown>>;
/** Every field may be left out. */
type Body<Fields extends Readers> = { [Name in keyof Fields]?: ReturnType<Fields[Name]> };

function wrong(name: string, expected: string): never {
  throw new RequestError(422, `${name} must be ${expected}.`);
}

export const text: Reader<string> = (value, name) =>
  typeof value === 'string' && value !== '' ? value : wrong(name, 'a text');

export const flag: Reader<boolean> = (value, name) =>
  typeof value === 'boolean' ? value : wrong(name, 'true or false');

export function numberWithin(least: number, most: number): Reader<number> {
  return (value, name) =>
    typeof value === 'number' && value >= least && value <= most ? value : wrong(name, `from ${least} to ${most}`);
}

export function orNull<Value>(reader: Reader<Value>): Reader<Value | null> {
  return (value, name) => (value === null ? null : reader(value, name));
}

export function matching<Value extends string>(pattern: RegExp): Reader<Value> {
  return (value, name) =>
    typeof value === 'string' && pattern.test(value) ? (value as Value) : wrong(name, `like ${pattern.source}`);
}

export function listOf<Value>(reader: Reader<Value>): Reader<Value[]> {
  return (value, name) =>
    Array.isArray(value) ? value.map((entry, index) => reader(entry, `${name}[${index}]`)) : wrong(name, 'a list');
}

/** An object of these fields and no others: a misspelled fault would be one that never happens. */
export function fields<Fields extends Readers>(readers: Fields): Reader<Body<Fields>> {
  return (value, name) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return wrong(name, 'an object');
    const entries = Object.entries(value).map(([field, content]) => {
      const reader = readers[field];
      if (!reader) throw new RequestError(422, `${name} has no field ${field}.`);
      return [field, reader(content, field)];
    });
    return Object.fromEntries(entries) as Body<Fields>;
  };
}

const largestBody = 4 * 1024 * 1024;

/** The body as JSON; an empty one reads as an object without fields. */
export async function readBody<Value>(request: IncomingMessage, reader: Reader<Value>): Promise<Value> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestBody) throw new RequestError(413, 'The body is too large.');
    chunks.push(chunk);
  }
  let value: unknown;
  try {
    value = JSON.parse(Buffer.concat(chunks).toString() || '{}');
  } catch {
    throw new RequestError(400, 'The body is not JSON.');
  }
  return reader(value, 'the body');
}
