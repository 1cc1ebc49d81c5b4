export { default as Slider } from './slider.svelte';
