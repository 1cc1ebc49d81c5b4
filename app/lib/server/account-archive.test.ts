import { expect, test } from 'vitest';
import { archiveText, type ArchivePage } from './account-archive.ts';

const page = (parts: ArchivePage['parts']): ArchivePage => ({
  format: 'glyphoxa.account',
  version: 2,
  exported_at: '2026-11-21T16:00:00+00:00',
  account: { id: 'a', email: 'alice@example.com' },
  parts,
  next: null,
});

async function textOf(pages: ArchivePage[]): Promise<string> {
  let text = '';
  for await (const piece of archiveText(
    (async function* () {
      yield* pages;
    })(),
  ))
    text += piece;
  return text;
}

const read = async (pages: ArchivePage[]) => JSON.parse(await textOf(pages)) as Record<string, unknown>;

test('pages become one object; a part that goes on over pages is one list', async () => {
  const archive = await read([
    page([
      { part: 'actions', rows: [{ n: 1 }] },
      { part: 'said', rows: [{ n: 2 }, { n: 3 }] },
    ]),
    page([{ part: 'said', rows: [{ n: 4 }] }]),
    page([
      { part: 'said', rows: [] },
      { part: 'table.npcs', rows: [{ 'na"me': 'Gre\nta' }] },
    ]),
  ]);
  expect(archive).toEqual({
    format: 'glyphoxa.account',
    version: 2,
    exported_at: '2026-11-21T16:00:00+00:00',
    account: { id: 'a', email: 'alice@example.com' },
    parts: { actions: [{ n: 1 }], said: [{ n: 2 }, { n: 3 }, { n: 4 }], 'table.npcs': [{ 'na"me': 'Gre\nta' }] },
    complete: true,
  });
  expect(Object.keys(archive).at(-1)).toBe('complete');
});

test('empty parts are said, and an account without any is whole', async () => {
  expect(
    (
      await read([
        page([
          { part: 'files', rows: [] },
          { part: 'said', rows: [] },
        ]),
      ])
    )['parts'],
  ).toEqual({
    files: [],
    said: [],
  });
  expect(await read([page([])])).toMatchObject({ parts: {}, complete: true });
});

test('a page that cannot be had ends the file before it is complete', async () => {
  let text = '';
  const broken = (async function* () {
    yield page([{ part: 'said', rows: [{ n: 1 }] }]);
    throw new Error('gone');
  })();
  await expect(
    (async () => {
      for await (const piece of archiveText(broken)) text += piece;
    })(),
  ).rejects.toThrow('gone');
  expect(text).toContain('"n":1');
  expect(text).not.toContain('complete');
});
