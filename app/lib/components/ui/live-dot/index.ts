export { default as LiveDot } from './live-dot.svelte';
