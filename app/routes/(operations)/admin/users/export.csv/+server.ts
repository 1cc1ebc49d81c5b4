import { allPages, readPeople } from '#lib/operations/server/reads.ts';
import { readPeopleSearch } from '#lib/operations/people.ts';
import { csvFile } from '#lib/server/csv.ts';
import type { RequestHandler } from './$types';

const columns = [
  'id',
  'display_name',
  'email',
  'role',
  'tenant_id',
  'tenant_name',
  'discord_id',
  'last_login_at',
  'created_at',
  'deleted_at',
] as const;

/** The list of people as it is searched, down to its end. */
export const GET: RequestHandler = (event) => {
  const search = readPeopleSearch(event.url.searchParams);
  async function* rows() {
    for await (const people of allPages((after, limit) => readPeople(event, search, after, limit))) {
      yield people.map((person) => [...columns.map((column) => person[column]), person.sign_ins.join(' ')]);
    }
  }
  return csvFile('glyphoxa-people.csv', [...columns, 'sign_ins'], rows());
};
