export { default as Pips } from './pips.svelte';
