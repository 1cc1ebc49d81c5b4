import { toasts } from '#lib/components/ui/toast/index.ts';
import { explain } from './errors.ts';
import type { postForm } from './post-form.ts';

/** Says why something that was done beside a form was refused. */
export function toastRefusal(result: Awaited<ReturnType<typeof postForm>>): void {
  const refused =
    result.type === 'failure' ? (result.data?.['problem'] as Parameters<typeof explain>[0] | undefined) : undefined;
  toasts.show(explain(refused ?? {}).text, { tone: 'danger' });
}
