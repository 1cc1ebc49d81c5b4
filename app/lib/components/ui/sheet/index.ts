import { Dialog as Parts } from 'bits-ui';
import Content from './sheet-content.svelte';

/** Something to look at or choose from beside the page: from below on phones and tablets, from the right on the desktop. */
export const Sheet = { Root: Parts.Root, Trigger: Parts.Trigger, Close: Parts.Close, Content };
