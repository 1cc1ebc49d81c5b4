export { default as DateRange } from './date-range.svelte';
export { default as FilterChip } from './filter-chip.svelte';
export { default as ListFilters } from './list-filters.svelte';
export { default as ShowMore } from './show-more.svelte';
export { useFurther } from './further.svelte.ts';
