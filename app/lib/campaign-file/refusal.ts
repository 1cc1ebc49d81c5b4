import { m } from '#lib/paraglide/messages.js';
import { getLocale } from '#lib/paraglide/runtime.js';

const places: Record<string, (input: { number: string }) => string> = {
  Bundle: () => m.bundle_file(),
  Campaign: () => m.bundle_campaign(),
  NPC: m.bundle_npc,
  Page: m.bundle_page,
  Character: m.bundle_character,
};

const reasons: readonly [RegExp, (found: string[]) => string][] = [
  [/^is missing$/, () => m.bundle_missing()],
  [/^must not be empty$/, () => m.bundle_empty()],
  [/^is not known$/, () => m.bundle_unknown()],
  [/^is in the file twice$/, () => m.bundle_twice()],
  [/^must be an? (text|number|list|object)$/, ([kind]) => shapes[kind ?? '']?.() ?? ''],
  [/^must be true or false$/, () => m.bundle_boolean()],
  [/^longer than ([\d,]+) characters$/, ([limit]) => m.bundle_longer({ limit: grouped(limit) })],
  [
    /^([\d,]+) of ([\d,]+) characters$/,
    ([given, limit]) => m.bundle_length({ given: grouped(given), limit: grouped(limit) }),
  ],
  [/^more than (\d+) entries$/, ([limit]) => m.bundle_entries({ limit: limit ?? '' })],
  [/^must be one of (.+)$/, ([list]) => m.bundle_one_of({ list: list ?? '' })],
  [
    /^must be a list of at most (\d+) texts of at most (\d+) characters$/,
    ([count, limit]) => m.bundle_text_list({ count: count ?? '', limit: limit ?? '' }),
  ],
  [/^There is an? (.+) here already$/, ([name]) => m.bundle_name_taken({ name: name ?? '' })],
  [/^(.+) is the helper of this campaign$/, ([name]) => m.bundle_helper({ name: name ?? '' })],
  [/^only version 1 is understood$/, () => m.bundle_version()],
  [/^this is no campaign file$/, () => m.bundle_no_campaign()],
];

const shapes: Record<string, () => string> = {
  text: m.bundle_text,
  number: m.bundle_number,
  list: m.bundle_list,
  object: m.bundle_object,
};

/** The database writes numbers as English does. */
function grouped(figure: string | undefined): string {
  return new Intl.NumberFormat(getLocale()).format(Number((figure ?? '').replaceAll(',', '')));
}

/**
 * The database's refusal of a file in the person's language: "Page 7, field title: longer than 200 characters. Nothing was
 * imported." A reason that nobody translated stays as it was said.
 */
export function bundleRefusal(message: string): string {
  const [, place = '', number = '', field = '', reason = ''] =
    /^(Bundle|Campaign|NPC|Page|Character)(?: (\d+))?(?:, field ([^:]+))?: (.+)\. Nothing was imported\.$/s.exec(
      message,
    ) ?? [];
  const where = places[place];
  if (!where || getLocale() === 'en') return message;
  const [pattern, say] = reasons.find(([known]) => known.test(reason)) ?? [];
  const why = pattern && say ? say((pattern.exec(reason) ?? []).slice(1)) : reason;
  return field
    ? m.bundle_refused_field({ place: where({ number }), field, why })
    : m.bundle_refused({ place: where({ number }), why });
}
