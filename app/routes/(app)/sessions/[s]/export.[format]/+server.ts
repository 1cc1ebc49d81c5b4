import { refuse, unwrap } from '#lib/server/api.ts';
import { readSession } from '#lib/live/server/sessions.ts';
import { fileStem } from '#domain/file-name.ts';
import type { RequestHandler } from './$types.js';

const types = {
  txt: 'text/plain',
  md: 'text/markdown',
  json: 'application/json',
  srt: 'application/x-subrip',
} as const;

function isFormat(format: string): format is keyof typeof types {
  return Object.hasOwn(types, format);
}

/** The transcript as a file; `?names=discord` keeps the names that were written instead of the characters'. */
export const GET: RequestHandler = async ({ locals, params, url }) => {
  const { s: id, format } = params;
  if (!isFormat(format)) refuse('not_found');
  const session = await readSession(locals.api, id);
  const text = unwrap(
    await locals.api.rpc('session_export', {
      session: id,
      format,
      character_names: url.searchParams.get('names') !== 'discord',
    }),
  );
  const name = `${fileStem(session.campaign_name ?? '', 'session')}-${session.started_at.slice(0, 10)}.${format}`;
  return new Response(text, {
    headers: {
      'content-type': `${types[format]}; charset=utf-8`,
      'content-disposition': `attachment; filename="${name}"`,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    },
  });
};
