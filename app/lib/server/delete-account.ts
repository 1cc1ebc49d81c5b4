import { type RequestEvent, redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { type Api, unwrapJson } from './api.ts';
import { submit } from './form.ts';

const confirmation = z.object({ confirm: z.string() });

/** The action of `delete-account.svelte`: what was refused, or a way out to /login. */
export async function deleteAccount({ locals, request }: RequestEvent) {
  const input = { confirm: String((await request.formData()).get('confirm') ?? '') };
  const sent = await submit(confirmation, input, input, async (value) =>
    unwrapJson(await locals.api.rpc('delete_account', value)),
  );
  if (sent.failure) return sent.failure;
  // The account is gone, and its sessions with it: only the cookies are left.
  await locals.api.auth.signOut({ scope: 'local' });
  redirect(303, '/login');
}

/** What somebody without a table types to delete the account, as delete_account() wants it: the address, without one the name. */
export async function typedToDelete(api: Api): Promise<string> {
  const { data } = await api.auth.getUser();
  if (data.user?.email) return data.user.email;
  const said: Record<string, unknown> = data.user?.user_metadata ?? {};
  const claims = (said['custom_claims'] ?? {}) as Record<string, unknown>;
  const names = [claims['global_name'], said['full_name'], said['name'], said['user_name']];
  return (
    names
      .map((name) => String(name ?? '').trim())
      .find((name) => name !== '')
      ?.slice(0, 80) ?? 'Adventurer'
  );
}
