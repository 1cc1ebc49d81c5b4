import { type ActionResult, deserialize } from '$app/forms';

interface Options {
  /** The page is being left: the browser sends it all the same, as long as it is small. */
  leaving?: boolean;
}

/** What browsers send on after a page is gone, in bytes, with room for the rest of the request. */
const keepaliveBytes = 60_000;

/** No answer, or one that is not ours: a line that is cut, a proxy's page. Nobody knows whether it was done. */
const unanswered: ActionResult = { type: 'error', error: { status: 504, code: 'timeout', message: 'timeout' } };

/** Posts to a form action from a script, where no form stands on the page: an undo, an autosave. What fails is told, never thrown. */
export async function postForm(
  action: string,
  fields: Record<string, string> | URLSearchParams,
  { leaving = false }: Options = {},
): Promise<ActionResult> {
  const body = new URLSearchParams(fields);
  try {
    const response = await fetch(action, {
      method: 'POST',
      headers: { accept: 'application/json', 'x-sveltekit-action': 'true' },
      body,
      ...(leaving && { keepalive: body.toString().length < keepaliveBytes }),
    });
    return deserialize(await response.text());
  } catch (error) {
    console.warn('No answer to what was posted.', error);
    return unanswered;
  }
}
