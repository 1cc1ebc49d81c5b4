// Files of a table: who reaches them, and every way around that supabase-js or a bare request offers.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ContentTable, newContentTable } from '../content/table.ts';
import { asRoot, closeDatabase } from '../lib/database.ts';
import { stack } from '../lib/environment.ts';
import { newClient, type SignedIn } from '../lib/people.ts';
import { request } from '../lib/requests.ts';
import { join } from '../sessions/table.ts';

let table: ContentTable;

beforeAll(async () => {
  table = await newContentTable();
});
afterAll(closeDatabase);

const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]);
const image = { contentType: 'image/png' };
const files = (who: SignedIn, bucket = 'images') => who.client.storage.from(bucket);
const own = (name = `${randomUUID()}.png`) => `${table.tenant}/npcs/${name}`;

async function uploaded(who: SignedIn, path = own()): Promise<string> {
  const { error } = await files(who).upload(path, png, image);
  if (error) throw error;
  return path;
}

/** What lies in a bucket, as root sees it. */
async function names(): Promise<string[]> {
  const rows = await asRoot<{ name: string }>(
    `select bucket_id || '/' || name as name from storage.objects
     where split_part(name, '/', 1) in ($1, $2) or name not like '%/%' order by 1`,
    [table.tenant, table.foreign.tenant],
  );
  return rows.map(({ name }) => name);
}

/** The attempt fails, and leaves every file where it was. */
async function denied(attempt: () => PromiseLike<{ error: unknown }>): Promise<void> {
  const before = await names();
  const { error } = await attempt();
  expect(error).not.toBeNull();
  expect(await names()).toEqual(before);
}

describe('a Dungeon Master', () => {
  test('adds, reads, lists, replaces, moves, copies, signs and removes files of the table', async () => {
    const path = await uploaded(table.bob);
    const read = await files(table.alice).download(path);
    expect(new Uint8Array(await read.data!.arrayBuffer())).toEqual(png);
    const listed = await files(table.bob).list(`${table.tenant}/npcs`);
    expect(listed.data?.some(({ name }) => name.endsWith(path.split('/').at(-1)!))).toBe(true);
    expect((await files(table.bob).upload(path, png, { ...image, upsert: true })).error).toBeNull();
    const moved = own();
    expect((await files(table.bob).move(path, moved)).error).toBeNull();
    const copied = own();
    expect((await files(table.bob).copy(moved, copied)).error).toBeNull();
    const signed = await files(table.bob).createSignedUrl(moved, 3600);
    const answer = await fetch(signed.data!.signedUrl);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('image/png');
    expect((await files(table.bob).remove([moved, copied])).data).toHaveLength(2);
    expect(await names()).not.toContain(`images/${moved}`);
  });

  test('sees nothing of another table in a list, whatever the prefix', async () => {
    await uploaded(table.mallory, `${table.foreign.tenant}/npcs/secret.png`);
    for (const prefix of [
      '',
      '/',
      table.foreign.tenant,
      `${table.foreign.tenant}/npcs`,
      '%',
      '_',
      `%${table.foreign.tenant}%`,
    ]) {
      const { data } = await files(table.bob).list(prefix, { search: '' });
      expect(JSON.stringify(data ?? []), `list of ${prefix}`).not.toContain('secret.png');
      expect(JSON.stringify(data ?? []), `list of ${prefix}`).not.toContain(table.foreign.tenant);
    }
  });
});

describe('a Player, a stranger and nobody', () => {
  let path: string;
  beforeAll(async () => {
    path = await uploaded(table.alice);
  });

  const people: [string, () => Pick<SignedIn, 'client'>][] = [
    ['a Player', () => table.carol],
    ['a stranger', () => table.mallory],
    ['nobody', () => ({ client: newClient() })],
  ];

  test.each(people)('%s: neither reads nor writes', async (_, who) => {
    const bucket = who().client.storage.from('images');
    const mine = `${table.foreign.tenant}/npcs/${randomUUID()}.png`;
    await denied(() => bucket.download(path));
    await denied(() => bucket.info(path));
    await denied(() => bucket.createSignedUrl(path, 60));
    await denied(() => bucket.upload(own(), png, image));
    await denied(() => bucket.upload(path, png, { ...image, upsert: true }));
    await denied(() => bucket.update(path, png, image));
    await denied(() => bucket.move(path, own()));
    await denied(() => bucket.move(path, mine));
    await denied(() => bucket.copy(path, own()));
    await denied(() => bucket.copy(path, mine));
    await denied(() => bucket.createSignedUploadUrl(own()));
    const before = await names();
    const many = await bucket.createSignedUrls([path], 60);
    expect(many.data?.[0]?.signedUrl || null).toBeNull();
    expect((await bucket.remove([path])).data ?? []).toEqual([]);
    expect((await bucket.list(table.tenant)).data ?? []).toEqual([]);
    expect((await who().client.storage.listBuckets()).data ?? []).toEqual([]);
    const open = await fetch(bucket.getPublicUrl(path).data.publicUrl);
    expect(open.status).toBeGreaterThanOrEqual(400);
    expect(await names()).toEqual(before);
  });

  test('a file of one’s own goes into no other table, by no verb', async () => {
    const mine = await uploaded(table.mallory, `${table.foreign.tenant}/npcs/${randomUUID()}.png`);
    await denied(() => files(table.mallory).move(mine, own()));
    await denied(() => files(table.mallory).copy(mine, own()));
    await denied(() => files(table.mallory).copy(mine, path));
  });

  test('a name that looks like the table’s is not the table’s', async () => {
    for (const prefix of [
      `${table.tenant}x`,
      table.tenant.slice(0, -1),
      `${table.tenant}%`,
      `${table.tenant}_`,
      table.tenant.toUpperCase(),
      ` ${table.tenant}`,
      `./${table.tenant}`,
      `${table.foreign.tenant}/../${table.tenant}`,
      `${table.foreign.tenant}%2F..%2F${table.tenant}`,
      `${table.foreign.tenant}\\..\\${table.tenant}`,
    ])
      await denied(() => files(table.mallory).upload(`${prefix}/npcs/x.png`, png, image));
  });
});

test.each([
  ['..', (tenant: string) => `${tenant}/../other/x.png`],
  ['an encoded ..', (tenant: string) => `${tenant}/%2e%2e/other/x.png`],
  ['an encoded slash', (tenant: string) => `${tenant}%2Fx.png`],
  ['no folder of the table', () => 'x.png'],
  ['an empty part', (tenant: string) => `${tenant}//x.png`],
  ['a leading slash', (tenant: string) => `/${tenant}/x.png`],
  ['a line break', (tenant: string) => `${tenant}/x\n.png`],
  ['a script’s ending', (tenant: string) => `${tenant}/x.svg`],
  ['two endings', (tenant: string) => `${tenant}/x.html.png`],
  ['too many folders', (tenant: string) => `${tenant}/a/b/c/d/x.png`],
])('refuses %s in a name', async (_, path) => {
  const before = await names();
  const answer = await request(`/storage/v1/object/images/${path(table.tenant).replace('\n', '%0A')}`, {
    method: 'POST',
    token: table.alice.accessToken,
    headers: { 'content-type': 'image/png' },
    body: png,
  });
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.status).toBeLessThan(500);
  expect(await names()).toEqual(before);
});

describe('type and size', () => {
  test.each([
    ['images', 'text/html', 'png'],
    ['images', 'image/svg+xml', 'png'],
    ['images', 'image/gif', 'png'],
    ['images', 'audio/wav', 'png'],
    ['voice-samples', 'image/png', 'wav'],
    ['voice-samples', 'audio/ogg', 'wav'],
    ['voice-samples', 'application/octet-stream', 'mp3'],
  ])('%s takes no %s', async (bucket, contentType, ending) => {
    const path = `${table.tenant}/${randomUUID()}.${ending}`;
    await denied(() => files(table.alice, bucket).upload(path, png, { contentType }));
    await denied(() => files(table.alice, bucket).upload(path, new Blob([png], { type: contentType })));
  });

  test('an image may have 5 MB and not a byte more, however it is sent', async () => {
    const limit = 5 * 1024 * 1024;
    const fits = own();
    expect((await files(table.alice).upload(fits, new Uint8Array(limit), image)).error).toBeNull();
    await denied(() => files(table.alice).upload(own(), new Uint8Array(limit + 1), image));
    await denied(() => files(table.alice).upload(own(), new Blob([new Uint8Array(limit + 1)], { type: 'image/png' })));
    await denied(() => files(table.alice).update(fits, new Uint8Array(limit + 1), image));
    const before = await names();
    // Without a length, as a stream.
    const streamed = await fetch(`${stack.url}/storage/v1/object/images/${own()}`, {
      method: 'POST',
      headers: {
        apikey: stack.publishableKey,
        authorization: `Bearer ${table.alice.accessToken}`,
        'content-type': 'image/png',
      },
      body: new Blob([new Uint8Array(limit + 1)]).stream(),
      duplex: 'half',
    } as RequestInit);
    expect(streamed.status).toBeGreaterThanOrEqual(400);
    expect(await names()).toEqual(before);
  });

  test('a recording may have 10 MB, sent as a browser sends a file', async () => {
    const limit = 10 * 1024 * 1024;
    const bucket = files(table.alice, 'voice-samples');
    const path = `${table.tenant}/${randomUUID()}.wav`;
    const file = (size: number) => new Blob([new Uint8Array(size)], { type: 'audio/wav' });
    expect((await bucket.upload(path, file(limit))).error).toBeNull();
    const [kept] = await asRoot('select metadata from storage.objects where name = $1', [path]);
    expect(kept!['metadata']).toMatchObject({ size: limit, mimetype: 'audio/wav' });
    await denied(() => bucket.upload(`${table.tenant}/${randomUUID()}.wav`, file(limit + 1)));
  });
});

describe('links', () => {
  test('are good for an hour at most, and for one file', async () => {
    const path = await uploaded(table.alice);
    const other = await uploaded(table.alice);
    await denied(() => files(table.alice).createSignedUrl(path, 3601));
    await denied(() => files(table.alice).createSignedUrls([path], 86_400));
    const { data } = await files(table.alice).createSignedUrl(path, 3600);
    const link = new URL(data!.signedUrl);
    const { exp, iat } = JSON.parse(
      Buffer.from(link.searchParams.get('token')!.split('.')[1]!, 'base64url').toString(),
    ) as { exp: number; iat: number };
    expect(exp - iat).toBe(3600);
    expect((await fetch(link)).status).toBe(200);
    const foreign = new URL(link);
    foreign.pathname = link.pathname.replace(path, other);
    expect((await fetch(foreign)).status).toBe(403);
    for (const token of ['', 'x', `${link.searchParams.get('token')!}x`]) {
      link.searchParams.set('token', token);
      const upload = new URL(link.href.replace('/object/sign/', '/object/upload/sign/'));
      for (const answer of [await fetch(link), await fetch(upload, { method: 'PUT', body: 'x' })])
        expect([answer.status, await answer.json()]).toMatchObject([400, { error: 'InvalidJWT' }]);
    }
  });

  test('nobody makes one for a later upload', async () => {
    await denied(() => files(table.alice).createSignedUploadUrl(own()));
    await denied(() => files(table.alice).createSignedUploadUrl(own(), { upsert: true }));
  });
});

test('a removed member reaches no file any more, with the token they still hold', async () => {
  const dave = await join(table.tenant, 'dave', 'dm');
  const path = await uploaded(dave);
  const { error } = await table.alice.client.rpc('remove_member', { member: dave.userId });
  expect(error).toBeNull();
  await denied(() => files(dave).download(path));
  await denied(() => files(dave).createSignedUrl(path, 60));
  await denied(() => files(dave).upload(own(), png, image));
  await denied(() => files(dave).update(path, png, image));
  expect((await files(dave).list(`${table.tenant}/npcs`)).data ?? []).toEqual([]);
  expect((await files(dave).remove([path])).data ?? []).toEqual([]);
  expect(await names()).toContain(`images/${path}`);
});
