import { Dialog as Parts } from 'bits-ui';
import Content from './dialog-content.svelte';

/** A bottom sheet on phones, a panel in the middle elsewhere. Focus and Escape are bits-ui's. */
export const Dialog = { Root: Parts.Root, Trigger: Parts.Trigger, Close: Parts.Close, Content };
