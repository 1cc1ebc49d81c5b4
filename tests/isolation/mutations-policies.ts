// Policies broken one at a time: dropped, widened to all rows, without the table of people, for a lower role, without a condition.
import { asRoot } from '../lib/database.ts';
import { type Edit, editOf, type Mutation, withEdits } from './mutation.ts';

interface Policy {
  schema: string;
  table: string;
  name: string;
  verb: string;
  roles: string;
  using: string | null;
  check: string | null;
}

const asked = /\( SELECT private\.tenant_as\('(viewer|dm|tenant_owner)'::text\) AS tenant_as\)/;
const below: Record<string, string> = { tenant_owner: 'dm', dm: 'viewer' };

export async function policyMutations(objectsOf: (schema: string, table: string) => string[]): Promise<Mutation[]> {
  const all = await asRoot<Policy & Record<string, unknown>>(
    `select schemaname as schema, tablename as table, policyname as name, cmd as verb, qual as using, with_check as check,
       (select string_agg(quote_ident(role), ', ') from unnest(roles) as role) as roles
     from pg_policies where schemaname in ('mgmt', 'public', 'storage', 'realtime') order by 1, 2, 3`,
  );
  return all.flatMap((policy) => {
    const { using, check } = policy;
    const on = `"${policy.name.replaceAll('"', '""')}" on "${policy.schema}"."${policy.table}"`;
    const create = (using: string | null, check: string | null) =>
      `create policy ${on} for ${policy.verb} to ${policy.roles}` +
      `${using === null ? '' : ` using (${using})`}${check === null ? '' : ` with check (${check})`}`;
    const original = create(using, check);
    const about = { part: 'policies', objects: objectsOf(policy.schema, policy.table) } as const;
    const name = `${policy.schema}.${policy.table}: ${policy.name}`;
    const drop: Mutation = { ...about, name: `drop ${name}`, break: `drop policy ${on}`, restore: original };
    const replacing = `drop policy ${on}; `;
    const seen = new Set([original]);
    const changed = (what: string, wide: string, edits?: Edit[]): Mutation[] => {
      // What lets everything through already cannot be widened, and one condition alone is the whole of it.
      if (seen.has(wide)) return [];
      seen.add(wide);
      return [
        {
          ...about,
          name: `${what} ${name}`,
          break: replacing + wide,
          restore: replacing + original,
          ...(edits && { change: { text: original, before: replacing, edits } }),
        },
      ];
    };
    const edited = (what: string, edits: Edit[]) => changed(what, withEdits(original, edits), edits);
    const everywhere = (at: RegExp, by: (...match: string[]) => string): Edit[] =>
      [...original.matchAll(at)].map((match) => editOf(match, by(...match)));
    return [
      drop,
      ...changed('widen', create(using && 'true', check && 'true')),
      ...edited(
        'any table for',
        everywhere(
          new RegExp(`[\\w.]+(?:\\([^()]*\\))? = (${asked.source})`, 'g'),
          (_all, call) => `${call!} IS NOT NULL`,
        ),
      ),
      ...edited(
        'a lower role for',
        everywhere(new RegExp(asked, 'g'), (call, role) => call!.replace(`'${role!}'`, `'${below[role!] ?? role!}'`)),
      ),
      ...conditionsOf(using).flatMap((condition) =>
        edited(`without ${condition.text} for`, [leftOut(condition, original.indexOf(' using (') + ' using ('.length)]),
      ),
      ...conditionsOf(check).flatMap((condition) =>
        edited(`without ${condition.text} on what is written for`, [leftOut(condition, original.lastIndexOf(check!))]),
      ),
    ];
  });
}

interface Condition {
  text: string;
  /** Where it begins in its expression. */
  at: number;
}

const leftOut = ({ text, at }: Condition, start: number): Edit => ({
  from: start + at,
  to: start + at + text.length,
  by: 'true',
});

/** What an expression joins by AND or OR at its outermost, as Postgres prints it; nothing where it is one condition. */
function conditionsOf(expression: string | null): Condition[] {
  if (!expression?.startsWith('(')) return [];
  const inner = expression.slice(1, -1);
  const parts: Condition[] = [];
  let [depth, from] = [0, 0];
  for (let at = 0; at < inner.length; at++) {
    if (inner[at] === '(') depth++;
    else if (inner[at] === ')') depth--;
    const word = depth === 0 ? /^ (AND|OR) /.exec(inner.slice(at))?.[0] : undefined;
    if (word === undefined) continue;
    parts.push({ text: inner.slice(from, at), at: from + 1 });
    from = at + word.length;
  }
  return parts.length === 0 ? [] : [...parts, { text: inner.slice(from), at: from + 1 }];
}
