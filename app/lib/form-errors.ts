import type { FieldIssue } from '#domain/schemas/issue.ts';
import { number } from './format.ts';
import { m } from './paraglide/messages.js';

/** What is wrong with a field, in the person's language. */
export function issueText({ key, limit = 0, given = 0, entry = '' }: FieldIssue): string {
  const figures = { given: number(given), limit: number(limit), over: number(Math.max(0, given - limit)) };
  switch (key) {
    case 'required':
      return m.issue_required();
    case 'too_long':
      return m.issue_too_long(figures);
    case 'too_many':
      return m.issue_too_many(figures);
    case 'entry_too_long':
      return m.issue_entry_too_long({ ...figures, entry });
    case 'not_offered':
      return m.issue_not_offered();
    case 'twice':
      return m.issue_twice({ entry });
    case 'out_of_range':
      return m.issue_out_of_range();
    case 'too_large':
      return m.issue_too_large();
    case 'shape':
      return m.issue_shape();
  }
}
