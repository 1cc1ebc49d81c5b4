import { goto, invalidate } from '$app/navigation';
import { toasts } from '#lib/components/ui/toast/index.ts';
import { toastRefusal } from '#lib/toast-refusal.ts';
import { m } from '#lib/paraglide/messages.js';
import { postForm } from '#lib/post-form.ts';
import { dependencies } from '#lib/realtime/refresh.ts';

/** Puts a page into the bin and offers the way back, to the same place, for ten seconds. */
export async function binPage(campaign: string, page: { id: string; title: string }): Promise<void> {
  const list = `/campaigns/${campaign}/lore`;
  const result = await postForm(`${list}?/bin`, { id: page.id });
  if (result.type !== 'success') return toastRefusal(result);
  await goto(list);
  await invalidate(dependencies.lore, true);
  toasts.show(m.lore_bin_toast({ title: page.title }), {
    action: { label: m.undo(), run: () => restorePage(campaign, page) },
  });
}

/** Takes a page out of the bin. */
export async function restorePage(campaign: string, page: { id: string; title: string }): Promise<void> {
  const result = await postForm(`/campaigns/${campaign}/lore?/restore`, { id: page.id });
  if (result.type !== 'success') return toastRefusal(result);
  await invalidate(dependencies.lore, true);
  toasts.show(m.lore_restored_toast({ title: page.title }));
}
