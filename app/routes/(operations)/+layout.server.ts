import { requireOperator } from '#lib/operations/server/operator.ts';
import type { LayoutServerLoad } from './$types';

/** The frame of the operations. Each page asks for itself whether it may be shown: a layout does not load again on every move. */
export const load: LayoutServerLoad = async (event) => ({
  account: await requireOperator(event),
  theme: event.locals.theme,
});
