import type { ActionResult } from '$app/forms';
import { toasts } from '#lib/components/ui/toast/index.ts';
import { explain, type Refusal } from './errors.ts';

/** Says why something that was done beside a form was refused. */
export function toastRefusal(result: ActionResult): void {
  const refused = result.type === 'failure' ? result.data?.['problem'] : result.type === 'error' ? result.error : null;
  toasts.show(explain((refused as Refusal | null | undefined) ?? {}).text, { tone: 'danger' });
}
