// The matrix as Markdown. Without counts, so that the page changes only when somebody's rights do.
import { readFileSync } from 'node:fs';
import type { Caller } from './expectations.ts';
import { callers, channelVerbs, fileVerbs, verbs } from './expectations.ts';
import type { Observed } from './matrix.ts';
import { type Part, parts } from './mutation.ts';

const header = `# Who reaches what

Made by \`npm run prove:isolation\` from what the running stack answered, and compared with each run of \`npm test\`: do not edit.
How to add an object: \`tests/isolation/README.md\`.

Everybody tries on a row of one table of people, as its owner, dm and viewer, as **stranger** (owner of another table),
**super** (super admin, of another table), **removed** (was a dm here, with a token that is still valid), **newcomer** (signed in,
without a table), **anon** (signed out) and **service** (the secret key). A dash: nothing is possible.
`;

/** What the last whole run of `--mutate` counted, by part. */
export type Totals = Record<Part, { killed: number; survived: number; equivalent: number }>;

export const totalsFile = new URL('mutation-totals.json', import.meta.url);

export function report(observed: Observed): string {
  const names = [...new Set(Object.keys(observed).map(objectOf))].sort();
  const of = (kind: (name: string) => boolean) => names.filter(kind);
  const starts = (prefix: string) => (name: string) => name.startsWith(prefix);
  const calls = of((name) => name.endsWith('()'));
  const tables = of((name) => !name.endsWith('()') && !starts('bucket ')(name) && !starts('topic ')(name));
  return [
    header,
    section('Tables and views', tables, (name, caller) => allowed(observed, name, verbs, caller)),
    section('Functions', calls, (name, caller) => observed[`${name} call`]?.[caller] ?? ''),
    section('Buckets', of(starts('bucket ')), (name, caller) => allowed(observed, name, fileVerbs, caller)),
    section('Realtime topics', of(starts('topic ')), (name, caller) => allowed(observed, name, channelVerbs, caller)),
    mutations(JSON.parse(readFileSync(totalsFile, 'utf8')) as Totals),
  ].join('\n');
}

function mutations(totals: Totals): string {
  if (parts.some((part) => totals[part].killed === 0)) return '';
  const row = (name: string, { killed, survived, equivalent }: Totals[Part]): string =>
    `| ${name} | ${killed}/${killed + survived} | ${equivalent} |`;
  const sum = (of: keyof Totals[Part]): number => parts.reduce((all, part) => all + totals[part][of], 0);
  return [
    '## Can it fail?',
    '',
    '`npm run prove:isolation -- --mutate` breaks one rule after the other, on a stack of its own: policies are dropped, widened to all',
    'rows, to any table and to a lower role, and lose each of their conditions; row level security is switched off or no longer forced,',
    'rights are given to whoever has none, views run as their owner; functions lose a check at each place where they have one, take',
    'another table’s id, and helpers of policies answer wrongly. Each must turn the proof red. What was counted when each kind was last run whole:',
    '',
    '| broken | turned it red | the same to everybody |',
    '| - | - | - |',
    ...parts.map((part) => row(part, totals[part])),
    row('**all**', { killed: sum('killed'), survived: sum('survived'), equivalent: sum('equivalent') }),
    '',
    'What is the same to everybody is not counted as red: `tests/isolation/equivalents.ts` says why, and where another rule hides it, both',
    'were broken at once and turned it red.',
    '',
  ].join('\n');
}

const objectOf = (try_: string): string => try_.slice(0, try_.lastIndexOf(' '));

function allowed(observed: Observed, name: string, all: readonly string[], caller: Caller): string {
  return all.filter((verb) => observed[`${name} ${verb}`]?.[caller] === 'yes').join(', ') || '–';
}

function section(title: string, names: string[], cell: (name: string, caller: Caller) => string): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rows = names.map((name) =>
    line([`\`${name.replace(/^(bucket|topic) /, '')}\``, ...callers.map((caller) => cell(name, caller))]),
  );
  return [`## ${title}`, '', line(['', ...callers]), line(['-', ...callers].map(() => '-')), ...rows, ''].join('\n');
}
