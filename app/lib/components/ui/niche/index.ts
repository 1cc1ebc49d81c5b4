export { default as Niche } from './niche.svelte';
