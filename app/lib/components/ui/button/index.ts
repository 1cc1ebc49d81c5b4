export { default as Button, buttonClass } from './button.svelte';
export type { ButtonProps, ButtonSize, ButtonVariant } from './button.svelte';
