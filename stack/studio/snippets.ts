import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../supabase/snippets/', import.meta.url));

/** A ready question of `supabase/snippets`. */
export interface Snippet {
  name: string;
  /** The comment it opens with. */
  about: string;
  sql: string;
}

/** Read at each look: a new file is there without a restart. */
export async function readSnippets(): Promise<Snippet[]> {
  const names = (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (file) => {
      const text = await readFile(`${folder}${file}`, 'utf8');
      const comment = /^(?:--.*\n)+/.exec(text)?.[0] ?? '';
      return {
        name: file.replace(/\.sql$/, ''),
        about: comment.replaceAll(/^-- ?/gm, '').replaceAll('\n', ' ').trim(),
        sql: text.trim(),
      };
    }),
  );
}
