export { default as Field } from './field.svelte';
export { default as FieldError } from './field-error.svelte';
