import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const folder = new URL('static/', import.meta.resolve('@supabase/lite'));
interface ManifestEntry {
  file: string;
  isEntry?: boolean;
  css?: string[];
}

const types: Record<string, string> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  woff2: 'font/woff2',
  ico: 'image/vnd.microsoft.icon',
};

/** Files of the library's Studio that its page starts with, below `/static/`. */
export async function studioEntry(): Promise<{ script: string; styles: string[] }> {
  const manifest = await readFile(new URL('.vite/manifest.json', folder), 'utf8');
  const entry = Object.values(JSON.parse(manifest) as Record<string, ManifestEntry>).find(({ isEntry }) => isEntry);
  if (!entry) throw new Error('The library brings no Studio');
  return { script: entry.file, styles: entry.css ?? [] };
}

/** One file of Studio, or nothing. Names are plain, so that no path leads out of the folder. */
export async function studioAsset(path: string): Promise<Response | undefined> {
  const type = /^(?:assets\/)?[\w-]+\.(\w+)$/.exec(path)?.[1];
  if (!type || !types[type]) return undefined;
  try {
    const content = await readFile(fileURLToPath(new URL(path, folder)));
    // The names carry a hash of the content; a shared cache has no business here.
    return new Response(content, {
      headers: { 'content-type': types[type], 'cache-control': 'private, max-age=31536000, immutable' },
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
