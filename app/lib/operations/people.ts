import { isRole, type Role } from '#lib/role.ts';

export interface PeopleSearch {
  query: string;
  role: Role | null;
}

/** Reads the search of an address; what is not understood is none. */
export function readPeopleSearch(search: URLSearchParams): PeopleSearch {
  const role = search.get('role');
  return { query: (search.get('q') ?? '').replaceAll('\0', '').trim().slice(0, 200), role: isRole(role) ? role : null };
}
