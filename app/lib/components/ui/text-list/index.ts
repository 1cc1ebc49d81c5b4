export { default as TextList } from './text-list.svelte';
