import { invalid } from './errors.ts';
import { page } from './list.ts';

interface Clause {
  field: string;
  key: string | undefined;
  value: string;
}

const clausePattern = /^\s*([a-z_]+)(?:\[['"]([^'"]+)['"]\])?\s*:\s*(?:'([^']*)'|"([^"]*)"|null)\s*$/;

/** Objects that match Stripe's search language, as far as it is `field:'value'` and `metadata['key']:'value'` joined by AND. */
export function searched<T extends { id: string }>(
  objects: T[],
  given: { query: string; limit?: number | undefined; page?: string | undefined },
  url: string,
): object {
  const clauses = given.query.split(/\s+AND\s+/i).map(readClause);
  const found = objects.filter((object) => clauses.every((clause) => matches(object, clause)));
  const list = page(found, { limit: given.limit, starting_after: given.page }, url) as { data: T[]; has_more: boolean };
  return { ...list, object: 'search_result', next_page: list.has_more ? list.data.at(-1)!.id : null };
}

function readClause(text: string): Clause {
  const match = clausePattern.exec(text);
  if (!match) throw invalid(`We were unable to parse your search query: ${text.trim()}`, { param: 'query' });
  const [, field = '', key, single, double] = match;
  return { field, key, value: single ?? double ?? '' };
}

function matches(object: object, { field, key, value }: Clause): boolean {
  const found: unknown = Reflect.get(object, field);
  const compared: unknown = key === undefined ? found : found && Reflect.get(found as object, key);
  return compared === value || (value === '' && compared == null);
}
