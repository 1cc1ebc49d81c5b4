import { DropdownMenu as Parts } from 'bits-ui';
import Content from './dropdown-menu-content.svelte';
import Item from './dropdown-menu-item.svelte';
import Label from './dropdown-menu-label.svelte';
import RadioItem from './dropdown-menu-radio-item.svelte';
import Separator from './dropdown-menu-separator.svelte';

export const DropdownMenu = {
  Root: Parts.Root,
  Trigger: Parts.Trigger,
  Group: Parts.Group,
  RadioGroup: Parts.RadioGroup,
  Content,
  Item,
  Label,
  RadioItem,
  Separator,
};
