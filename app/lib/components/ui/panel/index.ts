export { default as Panel } from './panel.svelte';
export { default as PanelHead } from './panel-head.svelte';
