export { default as Chips } from './chips.svelte';
