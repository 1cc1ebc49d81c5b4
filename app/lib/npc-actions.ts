import { goto, invalidate } from '$app/navigation';
import { toasts } from '#lib/components/ui/toast/index.ts';
import { explain } from './errors.ts';
import { m } from './paraglide/messages.js';
import { postForm } from './post-form.ts';
import { dependencies } from './realtime/refresh.ts';
import type { TakenNpc } from './server/npcs.ts';

/** Deletes at once and offers the way back for ten seconds. */
export async function deleteNpc(campaign: string, id: string): Promise<void> {
  const list = `/campaigns/${campaign}/npcs`;
  const result = await postForm(`${list}?/delete`, { id });
  if (result.type !== 'success') return refuse(result);
  const taken = result.data?.['deleted'] as TakenNpc;
  await goto(list);
  await invalidate(dependencies.npcs, true);
  toasts.show(m.npc_deleted_toast({ name: taken.name }), {
    action: {
      label: m.undo(),
      run: async () => {
        const back = await postForm(`${list}?/restore`, { row: JSON.stringify(taken.row) });
        if (back.type !== 'success') return refuse(back);
        await invalidate(dependencies.npcs, true);
        toasts.show(m.npc_restored_toast({ name: taken.name }));
      },
    },
  });
}

/** Makes a copy and opens it. */
export async function duplicateNpc(campaign: string, id: string): Promise<void> {
  const result = await postForm(`/campaigns/${campaign}/npcs?/duplicate`, { id });
  if (result.type === 'redirect') await goto(result.location);
  else refuse(result);
}

function refuse(result: Awaited<ReturnType<typeof postForm>>): void {
  const refused =
    result.type === 'failure' ? (result.data?.['problem'] as Parameters<typeof explain>[0] | undefined) : undefined;
  toasts.show(explain(refused ?? {}).text, { tone: 'danger' });
}
