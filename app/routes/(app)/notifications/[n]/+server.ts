import { redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { noticePath } from '#domain/notices.ts';
import { markRead, openNotice } from '#lib/notices/server/notices.ts';
import { refuse } from '#lib/server/api.ts';
import type { RequestHandler } from './$types';

const uuid = z.guid();

/** Opening a notification: it is read, and leads to what it is about. A browser that only looks ahead has opened nothing. */
export const GET: RequestHandler = async ({ locals, params, request }) => {
  if (!uuid.safeParse(params.n).success) refuse('not_found');
  if (request.headers.get('sec-purpose')?.includes('prefetch')) return new Response(null, { status: 503 });
  const { kind, subject_id } = await openNotice(locals.api, params.n);
  redirect(303, noticePath(kind, subject_id));
};

/** The same from a script that leads on by itself. Answers 204. */
export const POST: RequestHandler = async ({ locals, params }) => {
  if (!uuid.safeParse(params.n).success) refuse('not_found');
  await markRead(locals.api, [params.n]);
  return new Response(null, { status: 204 });
};
