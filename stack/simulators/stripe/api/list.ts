import { invalid, missing } from './errors.ts';

export interface Paging {
  limit?: number | undefined;
  starting_after?: string | undefined;
  ending_before?: string | undefined;
  created?:
    | { gt?: number | undefined; gte?: number | undefined; lt?: number | undefined; lte?: number | undefined }
    | undefined;
}

/** A page of `objects`, which come oldest first and are answered newest first. */
export function page<T extends { id: string }>(objects: T[], paging: Paging, url: string): object {
  const limit = paging.limit ?? 10;
  if (limit < 1 || limit > 100)
    throw invalid(`This value must be ${limit < 1 ? 'greater than or equal to 1' : 'less than or equal to 100'}.`, {
      param: 'limit',
    });
  const newest = [...objects].reverse().filter((object) => isWithin(object, paging.created));
  const positionOf = (id: string, param: string) => {
    const position = newest.findIndex((object) => object.id === id);
    if (position < 0) throw missing('object', id, param, 400);
    return position;
  };
  if (paging.ending_before !== undefined) {
    const end = positionOf(paging.ending_before, 'ending_before');
    const start = Math.max(0, end - limit);
    return { object: 'list', data: newest.slice(start, end), has_more: start > 0, url };
  }
  const start = paging.starting_after === undefined ? 0 : positionOf(paging.starting_after, 'starting_after') + 1;
  return { object: 'list', data: newest.slice(start, start + limit), has_more: newest.length > start + limit, url };
}

function isWithin(object: object, range: Paging['created']): boolean {
  if (!range) return true;
  const created = Number(Reflect.get(object, 'created'));
  return (
    (range.gt === undefined || created > range.gt) &&
    (range.gte === undefined || created >= range.gte) &&
    (range.lt === undefined || created < range.lt) &&
    (range.lte === undefined || created <= range.lte)
  );
}
