import { fail, redirect } from '@sveltejs/kit';
import { attempt } from '#lib/server/api.ts';
import { hasRole } from '#lib/role.ts';
import { requireRole } from '#lib/server/account.ts';
import { loadConsole } from '#lib/live/server/console.ts';
import { command, stopSession } from '#lib/live/server/voices.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const account = await event.locals.account();
  const console = await loadConsole(event, account, event.params.s);
  if (console.session.state === 'ended') redirect(303, `/sessions/${event.params.s}`);
  return { ...console, controls: hasRole(account.user.role, 'dm') };
};

export const actions: Actions = {
  /** One command to the voices, as the buttons of the form carry it: JSON in `command`, the text of a line in `text`. */
  voice: async (event) => {
    await requireRole(event, 'dm');
    const form = await event.request.formData();
    const text = form.get('text');
    const result = await attempt(() =>
      command(event, event.params.s, {
        ...readCommand(form.get('command')),
        ...(typeof text === 'string' && { text }),
      }),
    );
    if (!result.ok) return fail(result.status, { problem: result.problem, text: typeof text === 'string' ? text : '' });
    return { done: true };
  },

  /** Asks for the end. Done when the row says ended. */
  end: async (event) => {
    await requireRole(event, 'dm');
    const result = await attempt(() => stopSession(event, event.params.s));
    if (!result.ok && result.problem.code !== 'session_ended') return fail(result.status, { problem: result.problem });
    return { stopAskedAt: Date.now() };
  },
};

function readCommand(value: FormDataEntryValue | null): object {
  try {
    const parsed: unknown = JSON.parse(typeof value === 'string' ? value : '');
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    // Not JSON: the command is then refused as invalid.
    return {};
  }
}
