// A bucket that no policy names is reached by nobody: neither with the publishable key alone nor signed in.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asRoot, closeDatabase } from '../lib/database.ts';
import { signInAsNew, type SignedIn } from '../lib/people.ts';
import { request } from '../lib/requests.ts';

// A bucket of somebody else's with a file in it, as a later slice or an operator would make one.
const bucket = `planted-${crypto.randomUUID()}`;
let mallory: SignedIn;

beforeAll(async () => {
  mallory = await signInAsNew('mallory');
  await mallory.client.rpc('ensure_account');
  await asRoot('insert into storage.buckets (id, name, public) values ($1, $1, false)', [bucket]);
  await asRoot(`insert into storage.objects (bucket_id, name, metadata) values ($1, 'alice/voice.wav', '{}')`, [
    bucket,
  ]);
});

afterAll(async () => {
  await asRoot('delete from storage.objects where bucket_id = $1', [bucket]);
  await asRoot('delete from storage.buckets where id = $1', [bucket]);
  await closeDatabase();
});

const callers: [string, () => string | undefined][] = [
  ['the publishable key', () => undefined],
  ['a signed-in stranger', () => mallory.accessToken],
];

const json = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
const file: RequestInit = { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'mine' };

test.each(callers)('%s sees no bucket and no file', async (_, token) => {
  const ask = (path: string, init: RequestInit = {}) =>
    request<unknown>(`/storage/v1${path}`, { ...init, ...(token() && { token: token()! }) });
  expect((await ask('/bucket')).body).toEqual([]);
  for (const [path, init] of [
    [`/bucket/${bucket}`],
    [`/object/${bucket}/alice/voice.wav`],
    [`/object/authenticated/${bucket}/alice/voice.wav`],
    [`/object/public/${bucket}/alice/voice.wav`],
    [`/object/info/${bucket}/alice/voice.wav`],
    [`/object/sign/${bucket}/alice/voice.wav`, json({ expiresIn: 60 })],
  ] as [string, RequestInit?][]) {
    const { status, text } = await ask(path, init);
    expect(status, path).toBeGreaterThanOrEqual(400);
    expect(text, path).not.toMatch(/signedURL|node_modules|\n\s+at /);
  }
  const listed = await ask(`/object/list/${bucket}`, json({ prefix: '' }));
  expect(listed.text).not.toContain('alice');
});

test.each(callers)('%s makes no bucket, writes no file and removes none', async (_, token) => {
  const before = await asRoot('select id, name, public from storage.buckets order by id');
  const listFiles = () =>
    asRoot(
      `select bucket_id, name, updated_at from storage.objects where bucket_id = $1 or name ~ '(mine|escape)' order by 1, 2`,
      [bucket],
    );
  const files = await listFiles();
  const ask = (path: string, init: RequestInit) =>
    request<unknown>(`/storage/v1${path}`, { ...init, ...(token() && { token: token()! }) });
  for (const [path, init] of [
    ['/bucket', json({ id: 'mine', name: 'mine', public: true })],
    [`/bucket/${bucket}`, { ...json({ id: bucket, name: bucket, public: true }), method: 'PUT' }],
    [`/bucket/${bucket}/empty`, json({})],
    [`/bucket/${bucket}`, { method: 'DELETE' }],
    [`/object/${bucket}/mine.txt`, file],
    [`/object/${bucket}/alice/voice.wav`, { ...file, method: 'PUT' }],
    [`/object/${bucket}/alice/voice.wav`, { method: 'DELETE' }],
    [`/object/${bucket}/../../escape.txt`, file],
    ['/object/move', json({ bucketId: bucket, sourceKey: 'alice/voice.wav', destinationKey: 'mine.wav' })],
    ['/object/copy', json({ bucketId: bucket, sourceKey: 'alice/voice.wav', destinationKey: 'mine.wav' })],
  ] as [string, RequestInit][]) {
    const { status } = await ask(path, init);
    expect(status, path).toBeGreaterThanOrEqual(400);
    expect(status, path).toBeLessThan(500);
  }
  expect(await asRoot('select id, name, public from storage.buckets order by id')).toEqual(before);
  expect(await listFiles()).toEqual(files);
});
