import { type LoreField, loreFields, type LoreFields } from './page.ts';

/** What is compared and saved: blanks around a title, and empty tags, are no change. */
export function normal(fields: LoreFields): LoreFields {
  return {
    ...fields,
    title: fields.title.trim(),
    tags: fields.tags.map((tag) => tag.trim()).filter((tag) => tag !== ''),
  };
}

export function sameField(field: LoreField, one: LoreFields, other: LoreFields): boolean {
  const [a, b] = [one[field], other[field]];
  if (typeof a === 'string' || typeof b === 'string') return a === b;
  return a.length === b.length && a.every((entry, index) => entry === b[index]);
}

/** The fields in which a page differs from another version of it. */
export function changedFields(mine: LoreFields, base: LoreFields): LoreField[] {
  const [now, then] = [normal(mine), normal(base)];
  return loreFields.filter((field) => !sameField(field, now, then));
}

/** The part of a page that these fields are. */
export function pick(fields: LoreFields, names: readonly LoreField[]): Partial<LoreFields> {
  return Object.fromEntries(names.map((name) => [name, fields[name]]));
}

interface Merged {
  /** Mine, with what only they changed. */
  fields: LoreFields;
  /** What they changed and I did not. */
  taken: LoreField[];
  /** Changed on both sides, differently: mine stands until somebody decides. */
  conflicts: LoreField[];
}

/** Brings two versions of a page together that both began as `base`. */
export function merge(base: LoreFields, mine: LoreFields, theirs: LoreFields): Merged {
  const changed = new Set(changedFields(mine, base));
  const taken: LoreField[] = [];
  const conflicts: LoreField[] = [];
  for (const field of changedFields(theirs, base)) {
    if (!changed.has(field)) taken.push(field);
    else if (!sameField(field, normal(mine), normal(theirs))) conflicts.push(field);
  }
  return { fields: { ...mine, ...pick(theirs, taken) }, taken, conflicts };
}
