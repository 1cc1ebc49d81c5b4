// The matrix as Markdown. Without counts, so that the page changes only when somebody's rights do.
import type { Caller } from './expectations.ts';
import { callers, channelVerbs, fileVerbs, verbs } from './expectations.ts';
import type { Observed } from './matrix.ts';

const header = `# Who reaches what

Made by \`npm run prove:isolation\` from what the running stack answered, and compared with each run of \`npm test\`: do not edit.
How to add an object: \`tests/isolation/README.md\`.

Everybody tries on a row of one table of people, as its owner, dm and viewer, as **stranger** (owner of another table),
**super** (super admin, of another table), **removed** (was a dm here, with a token that is still valid), **newcomer** (signed in,
without a table), **anon** (signed out) and **service** (the secret key). A dash: nothing is possible.
`;

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
