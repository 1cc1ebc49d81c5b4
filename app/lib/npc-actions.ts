import { goto, invalidate } from '$app/navigation';
import { toasts } from '#lib/components/ui/toast/index.ts';
import { m } from './paraglide/messages.js';
import { postForm } from './post-form.ts';
import { dependencies } from './realtime/refresh.ts';
import type { RestReason } from './server/npcs-aside.ts';
import { toastRefusal } from './toast-refusal.ts';

/** Takes an NPC out of play at once and offers the way back for ten seconds. */
export async function restNpc(campaign: string, npc: { id: string; name: string }, reason: RestReason): Promise<void> {
  const list = `/campaigns/${campaign}/npcs`;
  const result = await postForm(`${list}?/rest`, { id: npc.id, reason });
  if (result.type !== 'success') return toastRefusal(result);
  await goto(list);
  await invalidate(dependencies.npcs, true);
  const said = reason === 'bin' ? m.npc_bin_toast : m.npc_aside_toast;
  toasts.show(said({ name: npc.name }), {
    action: {
      label: m.undo(),
      run: async () => {
        const back = await postForm(`${list}?/restore`, { id: npc.id });
        if (back.type !== 'success') return toastRefusal(back);
        await invalidate(dependencies.npcs, true);
        toasts.show(m.npc_restored_toast({ name: npc.name }));
      },
    },
  });
}

/** Makes a copy and opens it. */
export async function duplicateNpc(campaign: string, id: string): Promise<void> {
  const result = await postForm(`/campaigns/${campaign}/npcs?/duplicate`, { id });
  if (result.type === 'redirect') await goto(result.location);
  else toastRefusal(result);
}
