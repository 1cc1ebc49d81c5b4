export { default as Initial } from './initial.svelte';
