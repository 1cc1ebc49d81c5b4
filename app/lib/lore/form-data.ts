import { type LoreField, loreFields, type LoreFields } from './page.ts';

/** What an editor sends: `parts` names the fields that are in it, so that an emptied list is not a missing one. */
export function toFormData(fields: Partial<LoreFields>, basedOn: string): URLSearchParams {
  const parts = loreFields.filter((field) => fields[field] !== undefined);
  const data = new URLSearchParams({ based_on: basedOn, parts: parts.join(',') });
  for (const part of parts) {
    for (const value of [fields[part] ?? []].flat()) data.append(part, value);
  }
  return data;
}

/** The fields of a form; texts of a browser's own forms end their lines with CR LF, ours with LF. */
export function fromFormData(data: FormData): Partial<Record<LoreField, string | string[]>> {
  const parts = String(data.get('parts') ?? '').split(',');
  const values: Partial<Record<LoreField, string | string[]>> = {};
  for (const field of loreFields.filter((known) => parts.includes(known))) {
    const given = data.getAll(field).map((value) => String(value).replaceAll('\r\n', '\n'));
    if (field === 'tags' || field === 'npcs') values[field] = given.filter((value) => value.trim() !== '');
    else values[field] = given[0] ?? '';
  }
  return values;
}
