import { isHttpError, isRedirect } from '@sveltejs/kit';
import type { RequestEvent } from '@sveltejs/kit';
import type { Account } from '#lib/server/account.ts';
import { refuse } from '#lib/server/api.ts';

/** The account of an operator. For everybody else, signed in or not, there is nothing here: 404, as for an address that never was. */
export async function requireOperator(event: RequestEvent): Promise<Account> {
  const account = await accountOrNull(event);
  if (account?.user.role !== 'super_admin') refuse('not_found');
  return account;
}

async function accountOrNull(event: RequestEvent): Promise<Account | null> {
  try {
    return await event.locals.account();
  } catch (thrown) {
    // Nobody is signed in, or has no table yet.
    if (isRedirect(thrown)) return null;
    throw thrown;
  }
}

/** Whether the request comes from an operator, for hooks. */
export async function isOperator(event: RequestEvent): Promise<boolean> {
  try {
    await requireOperator(event);
    return true;
  } catch (thrown) {
    if (isHttpError(thrown, 404)) return false;
    throw thrown;
  }
}
