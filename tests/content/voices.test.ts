// Recordings and own voices: what the row says of the file, who may order a voice, and which state may follow which.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asRoot, closeDatabase, refused } from '../lib/database.ts';
import type { SignedIn } from '../lib/people.ts';
import { asService } from '../audit/table.ts';
import { call, type ContentTable, newContentTable, refusal, setPlan } from './table.ts';

let table: ContentTable;

beforeAll(async () => {
  table = await newContentTable();
});
afterAll(closeDatabase);

interface Profile {
  id: string;
  status: string;
  sample_ids: string[];
  consent_at: string;
}

async function upload(who: SignedIn, path = `${table.tenant}/${randomUUID()}.wav`): Promise<string> {
  const { error } = await who.client.storage
    .from('voice-samples')
    .upload(path, new Uint8Array(2048), { contentType: 'audio/wav' });
  if (error) throw error;
  return path;
}

/** Uploaded, named and inspected. */
async function recording(): Promise<string> {
  const storage_path = await upload(table.bob);
  const { data, error } = await table.bob.client
    .from('voice_samples')
    .insert({ name: 'Take', storage_path })
    .select('id')
    .single();
  if (error) throw error;
  const { id } = data as { id: string };
  const { status } = await asService('voice_sample_inspected', { sample: id, status: 'ready', duration_ms: 4200 });
  expect(status).toBe(200);
  return id;
}

const order = (samples: string[], fields: Record<string, unknown> = {}) => ({
  name: `Voice ${randomUUID().slice(0, 8)}`,
  samples,
  provider: 'elevenlabs',
  consent: true,
  ...fields,
});
const newVoice = async () => call<Profile>(table.bob, 'create_voice_profile', order([await recording()]));
const jobs = (profile: string) =>
  asRoot<{ job: string }>(`select job from private.outbox where payload ->> 'profile_id' = $1 order by id`, [profile]);

test('a recording’s row takes type and size from the file, whatever the person says', async () => {
  const storage_path = await upload(table.bob);
  const forged = await table.bob.client.from('voice_samples').insert({ name: 'x', storage_path, size_bytes: 1 });
  expect(forged.error?.code).toBe('42501');
  const { data } = await table.bob.client
    .from('voice_samples')
    .insert({ name: 'Take 1', storage_path })
    .select()
    .single();
  expect(data).toMatchObject({
    mime_type: 'audio/wav',
    size_bytes: 2048,
    status: 'uploaded',
    uploaded_by: table.bob.userId,
  });
  const twice = await table.alice.client.from('voice_samples').insert({ name: 'Take 2', storage_path });
  expect(twice.error?.code).toBe('23505');
});

test('a row names no file that is not there, and none of another table', async () => {
  const missing = await table.bob.client
    .from('voice_samples')
    .insert({ name: 'x', storage_path: `${table.tenant}/none.wav` });
  expect(missing).toMatchObject({ status: 422, error: { details: 'validation' } });
  const path = `${table.foreign.tenant}/theirs.wav`;
  await upload(table.mallory, path);
  for (const storage_path of [path, `${table.foreign.tenant}/none.wav`]) {
    const foreign = await table.bob.client.from('voice_samples').insert({ name: 'x', storage_path });
    expect(foreign.error?.code).toBe('42501');
  }
});

test('a file that a row names is neither replaced nor removed by people, even from the bin', async () => {
  const id = await recording();
  const [row] = await asRoot<{ storage_path: string }>('select storage_path from mgmt.voice_samples where id = $1', [
    id,
  ]);
  const bucket = table.bob.client.storage.from('voice-samples');
  const wav = { contentType: 'audio/wav' };
  for (const binned of [null, new Date().toISOString()]) {
    await table.bob.client.from('voice_samples').update({ deleted_at: binned }).eq('id', id);
    expect((await bucket.update(row!.storage_path, new Uint8Array(5), wav)).error).not.toBeNull();
    expect((await bucket.upload(row!.storage_path, new Uint8Array(5), { ...wav, upsert: true })).error).not.toBeNull();
    expect((await bucket.move(row!.storage_path, `${table.tenant}/elsewhere.wav`)).error).not.toBeNull();
    expect((await bucket.remove([row!.storage_path])).data ?? []).toEqual([]);
  }
  const [file] = await asRoot('select metadata from storage.objects where name = $1', [row!.storage_path]);
  expect(file!['metadata']).toMatchObject({ size: 2048 });
});

test('a recording that is ready stays what it was inspected as', async () => {
  const id = await recording();
  await asService('voice_sample_inspected', { sample: id, status: 'failed', error: 'too noisy' });
  expect(await asRoot('select status, duration_ms, error from mgmt.voice_samples where id = $1', [id])).toEqual([
    { status: 'ready', duration_ms: 4200, error: null },
  ]);
  const long = await asService('voice_sample_inspected', { sample: randomUUID(), status: 'ready', duration_ms: 1 });
  expect(long.status).toBe(404);
});

test('a voice is ordered from ready recordings with the speaker’s consent, and its job with it', async () => {
  const samples = [await recording(), await recording()].reverse();
  const profile = await call<Profile>(table.bob, 'create_voice_profile', order(samples));
  expect(profile).toMatchObject({ status: 'pending', sample_ids: samples });
  expect(profile.consent_at).not.toBeNull();
  expect(await jobs(profile.id)).toEqual([{ job: 'voice.clone' }]);
});

test('a voice is refused without consent, without recordings, with unready, doubled or foreign ones', async () => {
  const ready = await recording();
  const unready = (
    await table.bob.client
      .from('voice_samples')
      .insert({ name: 'Raw', storage_path: await upload(table.bob) })
      .select('id')
      .single()
  ).data as { id: string };
  const binned = await recording();
  await table.bob.client.from('voice_samples').update({ deleted_at: new Date().toISOString() }).eq('id', binned);
  for (const args of [
    order([ready], { consent: false }),
    order([ready], { consent: null }),
    order([ready], { name: '  ' }),
    order([ready], { provider: 'Eleven Labs' }),
    order([]),
    order([ready, ready]),
    order([ready, unready.id]),
    order([ready, binned]),
    order([randomUUID()]),
  ])
    expect(await refusal(table.bob, 'create_voice_profile', args)).toMatchObject({ status: 422, code: 'validation' });
  expect(await refusal(table.mallory, 'create_voice_profile', order([ready]))).toMatchObject({ code: 'validation' });
  const { count } = await table.mallory.client.from('voice_profiles').select('*', { count: 'exact', head: true });
  expect(count).toBe(0);
});

test('own voices are for plans that have them', async () => {
  const ready = await recording();
  await setPlan(table.tenant, 'dungeon_master');
  expect(await refusal(table.alice, 'create_voice_profile', order([ready]))).toMatchObject({
    status: 402,
    code: 'feature_locked',
  });
  await setPlan(table.tenant, 'guild');
});

test('a name is taken without regard to case', async () => {
  const { id } = await newVoice();
  const [{ name } = { name: '' }] = await asRoot<{ name: string }>(
    'select name from mgmt.voice_profiles where id = $1',
    [id],
  );
  const again = order([await recording()], { name: name.toUpperCase() });
  expect(await refusal(table.bob, 'create_voice_profile', again)).toMatchObject({ status: 409, code: 'name_taken' });
});

test('a recording that a voice is being made from stays out of the bin until it is made', async () => {
  const sample = await recording();
  const { id } = await call<Profile>(table.bob, 'create_voice_profile', order([sample]));
  const bin = () =>
    table.bob.client.from('voice_samples').update({ deleted_at: new Date().toISOString() }).eq('id', sample).select();
  expect(await bin()).toMatchObject({ status: 409, error: { details: 'conflict' } });
  await asRoot(`select private.take_voice_profile($1)`, [id]);
  expect(await bin()).toMatchObject({ status: 409 });
  await asRoot(`select private.settle_voice_profile($1, 'voice-1')`, [id]);
  expect((await bin()).error).toBeNull();
});

test('the worker takes, settles and repeats without doing anything twice', async () => {
  const state = async (id: string) =>
    (
      await asRoot(
        'select status, provider_voice_id, error, deleted_at is not null as gone from mgmt.voice_profiles where id = $1',
        [id],
      )
    )[0];
  const take = (id: string) => asRoot(`select (private.take_voice_profile($1)).status`, [id]);

  const { id } = await newVoice();
  expect(await take(id)).toEqual([{ status: 'processing' }]);
  // Taken again after a crash: the same state once more.
  expect(await take(id)).toEqual([{ status: 'processing' }]);
  expect(await asRoot('select mime_type from private.voice_samples_of($1)', [id])).toEqual([
    { mime_type: 'audio/wav' },
  ]);
  await asRoot(`select private.settle_voice_profile($1, error => 'too noisy')`, [id]);
  expect(await state(id)).toEqual({ status: 'failed', provider_voice_id: null, error: 'too noisy', gone: false });
  expect(await take(id)).toEqual([{ status: null }]);
  await call(table.bob, 'retry_voice_profile', { profile: id });
  expect(await refusal(table.bob, 'retry_voice_profile', { profile: id })).toMatchObject({ code: 'conflict' });
  await take(id);
  await asRoot(`select private.settle_voice_profile($1, 'voice-1')`, [id]);
  await asRoot(`select private.settle_voice_profile($1, error => 'late')`, [id]);
  expect(await state(id)).toEqual({ status: 'ready', provider_voice_id: 'voice-1', error: null, gone: false });
  await call(table.bob, 'delete_voice_profile', { profile: id });
  await call(table.bob, 'delete_voice_profile', { profile: id });
  expect(await jobs(id)).toEqual(['voice.clone', 'voice.clone', 'voice.delete'].map((job) => ({ job })));
  await asRoot('select private.settle_voice_profile($1)', [id]);
  expect(await state(id)).toEqual({ status: 'deleted_remote', provider_voice_id: 'voice-1', error: null, gone: true });
});

test('a voice that is deleted while it is made is kept until it is deleted at the service too', async () => {
  const { id } = await newVoice();
  await asRoot('select private.take_voice_profile($1)', [id]);
  await call(table.bob, 'delete_voice_profile', { profile: id });
  await asRoot(`select private.settle_voice_profile($1, 'made-late')`, [id]);
  const seen = () => asRoot('select status, provider_voice_id from mgmt.voice_profiles where id = $1', [id]);
  expect(await seen()).toEqual([{ status: 'deleting', provider_voice_id: 'made-late' }]);
  await asRoot('select private.settle_voice_profile($1)', [id]);
  expect(await seen()).toEqual([{ status: 'deleted_remote', provider_voice_id: 'made-late' }]);
});

test('no state is skipped, whoever writes', async () => {
  const { id } = await newVoice();
  const jump = await refused(
    asRoot(`update mgmt.voice_profiles set status = 'ready', provider_voice_id = 'x' where id = $1`, [id]),
  );
  expect(jump).toMatchObject({ status: 409, code: 'conflict' });
});
