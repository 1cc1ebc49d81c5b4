import { fail } from '@sveltejs/kit';
import { z } from 'zod';
import { noticeKinds } from '#domain/notices.ts';
import { choose, type NoticeChoices, readChoices, type Way, ways } from '#lib/notices/server/notices.ts';
import { dependencies } from '#lib/realtime/refresh.ts';
import { attempt, expectDone, problemOf } from '#lib/server/api.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, depends }) => {
  depends(dependencies.account);
  return { choices: await readChoices(locals.api) };
};

const one = z.object({ kind: z.enum(noticeKinds), way: z.enum(ways), wanted: z.enum(['true', 'false']) });

export const actions: Actions = {
  /** One switch, as soon as it is turned. */
  one: async ({ locals, request }) => {
    const parsed = one.safeParse(Object.fromEntries(await request.formData()));
    if (!parsed.success) return fail(422, { problem: problemOf('validation') });
    const { kind, way, wanted } = parsed.data;
    const done = await attempt(() => choose(locals.api, { [kind]: { [way]: wanted === 'true' } }));
    return done.ok ? { choices: done.value } : fail(done.status, { problem: done.problem });
  },
  /** The whole form, without scripts. Switches that stand still are not sent, and stay as they are. */
  all: async ({ locals, request }) => {
    const sent = await request.formData();
    const done = await attempt(async () => {
      const { kinds, ...open } = await readChoices(locals.api);
      const chosen = kinds.map(({ kind }) => [
        kind,
        Object.fromEntries(ways.filter((way) => isOpen(open, way)).map((way) => [way, sent.has(`${kind}.${way}`)])),
      ]);
      return choose(locals.api, Object.fromEntries(chosen) as Parameters<typeof choose>[1]);
    });
    return done.ok ? { saved: true } : fail(done.status, { problem: done.problem });
  },
  test: async ({ locals }) => {
    const done = await attempt(async () => expectDone(await locals.api.rpc('send_test_notification')));
    return done.ok ? { tested: true } : fail(done.status, { problem: done.problem });
  },
};

function isOpen(open: Pick<NoticeChoices, 'mail' | 'discord'>, way: Way): boolean {
  return way === 'app' || open[way];
}
