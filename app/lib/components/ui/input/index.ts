export { default as Input, inputClass, inputStoryClass } from './input.svelte';
