import type { JobDeps } from './job.ts';

/** A file of Storage. */
export interface StoredFile {
  bucket: string;
  name: string;
}

/** Through Storage, which keeps the bytes; the most it takes at once is a thousand names. One that is gone already is no error. */
export async function removeFiles(files: StoredFile[], { env }: Pick<JobDeps, 'env'>): Promise<void> {
  if (files.length === 0) return;
  const { createClient } = await import('@supabase/supabase-js');
  const { storage } = createClient(env['SUPABASE_INTERNAL_URL'] ?? '', env['SUPABASE_SECRET_KEY'] ?? '', {
    auth: { persistSession: false, autoRefreshToken: false },
  });
  for (const [bucket, named] of Map.groupBy(files, (file) => file.bucket)) {
    for (let start = 0; start < named.length; start += 1000) {
      const { error } = await storage.from(bucket).remove(named.slice(start, start + 1000).map(({ name }) => name));
      if (error) throw error;
    }
  }
}
