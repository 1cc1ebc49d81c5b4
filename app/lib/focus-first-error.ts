import { tick } from 'svelte';

/** After a refused form: to the first field that is wrong, where its sentence stands. */
export async function focusFirstError(form: HTMLElement): Promise<void> {
  await tick();
  form.querySelector<HTMLElement>('[aria-invalid="true"]:not([type="hidden"])')?.focus();
}
