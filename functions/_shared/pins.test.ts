// Hosted functions are bundled by deno.json, everything here runs from package.json: one set of versions.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (file: string) =>
  JSON.parse(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')) as Record<string, Record<string, string>>;

test('deno.json pins what package.json pins', () => {
  const { dependencies } = read('package.json');
  for (const [name, target] of Object.entries(read('deno.json')['imports']!)) {
    const [, packageName, version] = /^npm:((?:@[^/]+\/)?[^@/]+)@([^/]+)/.exec(target)!;
    expect({ name, version }).toEqual({ name, version: dependencies![packageName!] });
  }
});
