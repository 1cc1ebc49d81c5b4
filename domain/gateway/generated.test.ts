import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { generate, generatedFolder } from './generate.ts';

function contents(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort();
  return Object.fromEntries(paths.map((path) => [path.slice(folder.length), readFileSync(path, 'utf8')]));
}

test('generated/ is what proto/ says now (else run `node domain/gateway/generate.ts`)', () => {
  const fresh = mkdtempSync(join(tmpdir(), 'glyphoxa-proto-'));
  try {
    generate(fresh);
    expect(contents(fresh)).toEqual(contents(generatedFolder));
  } finally {
    rmSync(fresh, { recursive: true });
  }
}, 30_000);
