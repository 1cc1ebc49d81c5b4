import type { PageLoad } from './$types';

/** The parts that most visits do not show come with what they show, so that the list does without their code. */
export const load: PageLoad = async ({ data }) => ({
  ...data,
  EntryPanel: !data.locked && data.entry ? (await import('./EntryPanel.svelte')).default : null,
  Locked: data.locked ? (await import('./Locked.svelte')).default : null,
});
