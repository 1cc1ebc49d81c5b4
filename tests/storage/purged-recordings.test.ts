// A recording whose time in the bin is over leaves Storage and the table; one that a voice was made from stays with it.
import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { asRoot, closeDatabase } from '../lib/database.ts';
import { newTable, type Table, until } from '../sessions/table.ts';

afterAll(closeDatabase);

async function recording(table: Table, deletedDaysAgo: number): Promise<{ id: string; path: string }> {
  const path = `${table.tenant}/${randomUUID()}.wav`;
  const file = new Uint8Array([0x52, 0x49, 0x46, 0x46]);
  const { error } = await table.bob.client.storage
    .from('voice-samples')
    .upload(path, file, { contentType: 'audio/wav' });
  if (error) throw error;
  const [row] = await asRoot<{ id: string }>(
    `insert into mgmt.voice_samples (tenant_id, name, storage_path, status, duration_ms, deleted_at)
     values ($1, 'Lena', $2, 'ready', 9000, private.now() - make_interval(days => $3)) returning id`,
    [table.tenant, path, deletedDaysAgo],
  );
  return { id: row!.id, path };
}

test('the file goes first, then the row', async () => {
  const table = await newTable();
  const [over, fresh, used] = [await recording(table, 31), await recording(table, 29), await recording(table, 31)];
  await asRoot(
    `insert into mgmt.voice_profiles (tenant_id, name, provider, provider_voice_id, sample_ids, consent_at, status)
     values ($1, 'Lena', 'elevenlabs', $2, array[$3::uuid], private.now(), 'ready')`,
    [table.tenant, randomUUID(), used.id],
  );
  // Without the job that empties Storage no row goes: nobody would know of the file any more.
  await asRoot('select private.purge_bins()');
  expect(await asRoot('select from mgmt.voice_samples where id = $1', [over.id])).toHaveLength(1);

  await asRoot(`select private.enqueue('cleanup.expired')`);
  await until(async () => (await asRoot('select from mgmt.voice_samples where id = $1', [over.id])).length === 0);
  const files = await asRoot<{ name: string }>(
    `select name from storage.objects where bucket_id = 'voice-samples' and starts_with(name, $1) order by 1`,
    [`${table.tenant}/`],
  );
  expect(files.map(({ name }) => name)).toEqual([fresh.path, used.path].sort());
  const rows = await asRoot<{ id: string }>('select id from mgmt.voice_samples where tenant_id = $1', [table.tenant]);
  expect(rows.map(({ id }) => id).sort()).toEqual([fresh.id, used.id].sort());
});
