export { default as ToastRegion } from './toast-region.svelte';
export { toasts } from './toasts.svelte.ts';
