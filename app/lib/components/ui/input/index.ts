export { default as Input, inputClass, inputStoryClass, inputTextClass } from './input.svelte';
