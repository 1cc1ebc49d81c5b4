export { default as TabLinks } from './tab-links.svelte';
