import { deserialize } from '$app/forms';

/** Posts to a form action from a script, where no form stands on the page: an undo. */
export async function postForm(action: string, fields: Record<string, string>) {
  const response = await fetch(action, {
    method: 'POST',
    headers: { accept: 'application/json', 'x-sveltekit-action': 'true' },
    body: new URLSearchParams(fields),
  });
  return deserialize(await response.text());
}
