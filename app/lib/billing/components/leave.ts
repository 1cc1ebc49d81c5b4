import type { ActionResult } from '$app/forms';

interface Answer {
  result: ActionResult;
  update: (options: { reset: boolean }) => Promise<void>;
}

/**
 * For `use:enhance` of forms that may lead to a page of Stripe: the way is taken by the script, and the button stays pending until
 * the other page is there. Without scripts `LeaveNotice` leads on: a redirect would be stopped by `form-action 'self'`.
 */
export function leading(pending: (is: boolean) => void) {
  return () => {
    pending(true);
    return async ({ result, update }: Answer) => {
      const url: unknown = result.type === 'success' ? result.data?.['leave'] : null;
      if (typeof url === 'string') {
        location.assign(url);
        return;
      }
      await update({ reset: false });
      pending(false);
    };
  };
}
