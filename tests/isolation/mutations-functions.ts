// Functions broken one check at a time: everything that policies, views, triggers and the calls of people rest on.
import { asRoot } from '../lib/database.ts';
import { type Edit, editOf, type Mutation, withEdits } from './mutation.ts';

interface Definition {
  schema: string;
  name: string;
  /** As a grant names it. */
  signature: string;
  definition: string;
  source: string;
  /** Roles of the API that may not call it. */
  kept: string[];
  /** A person may call it. */
  open: boolean;
}

/** The table of people that was planted last, other than the caller's own: what stands in for somebody else's. */
const anothers = (own: string): string =>
  `(select server.tenant_id from mgmt.discord_servers as server where server.tenant_id <> ${own} order by server.created_at desc limit 1)`;

/** One way to leave a check out; each place where it stands is a mutation. */
interface Operator {
  what: string;
  at: RegExp;
  with: (match: string, ...groups: string[]) => string;
  /** In these functions only. */
  in?: RegExp;
}

const argument = String.raw`((?:[^()',]|\([^()]*\))+)`;

const ranks = String.raw`array_position\(c_ranks, [\w.]+\) >= array_position\(c_ranks, [\w.]+(?:\(\))?\)`;

/** Operators of the installation look at every table. */
const notOperators = /^(?!admin_|member_count$)/;

const operators: Operator[] = [
  {
    what: 'no role asked',
    at: /private\.(?:require_role|lock_members)\((?:'\w+'|minimum)\)/g,
    with: () => 'private.current_tenant_id()',
  },
  {
    what: 'another’s table taken',
    at: /(?<=v_tenant text := )private\.(?:require_role|lock_members|tenant_as|current_tenant_id)\([^()]*\)/g,
    with: anothers,
  },
  {
    what: 'no call of the guard',
    at: /perform (?:private\.(?:as_operator|require_role|require_session)|mgmt\.session_control)\(/g,
    with: () => 'perform concat(',
  },
  { what: 'any role is enough', at: /private\.has_role\((?:'\w+'|minimum)\)/g, with: () => 'true' },
  {
    what: 'a Player is enough',
    at: /(?<=private\.require_campaign\([^()]*, )'dm'(?=\))/g,
    with: () => `'viewer'`,
  },
  { what: 'any campaign', at: new RegExp(`private\\.is_own_campaign\\(${argument}\\)`, 'g'), with: () => 'true' },
  { what: 'any session', at: new RegExp(`private\\.is_own_session\\(${argument}\\)`, 'g'), with: () => 'true' },
  ...(
    [
      ['require_campaign', 'mgmt.campaigns', `, (?:'\\w+'|minimum)`],
      ['require_session', 'public.sessions', ''],
      ['own_ticket', 'mgmt.support_tickets', ''],
      ['own_voice_profile', 'mgmt.voice_profiles', ''],
    ] as const
  ).map(([helper, table, rest]): Operator => ({
    what: `not asked whose it is (${helper})`,
    at: new RegExp(`(?<!perform )private\\.${helper}\\(${argument}${rest}\\)`, 'g'),
    with: (_match, id) => `(select known from ${table} as known where known.id = ${id!})`,
  })),
  {
    what: 'not asked whose it is (knowledge_table)',
    at: new RegExp(`private\\.knowledge_table\\(${argument}, ('\\w+')\\)`, 'g'),
    with: (_match, id, table) =>
      `private.tenant_table((select known.tenant_id from mgmt.campaigns as known where known.id = ${id!}), ${table!})`,
  },
  {
    what: 'of any table',
    in: notOperators,
    at: /(?<=\b(?:where|and|or|on)\s+\(?)[\w.]*\b(?:tenant_id|tenant\.id) = (?:v_tenant\.id|v_tenant\b|v_\w+\.tenant_id|\w+\.tenant_id|\$\d|\(select private\.current_tenant_id\(\)\)|private\.current_tenant_id\(\))/g,
    with: () => 'true',
  },
  {
    what: 'of anybody',
    in: notOperators,
    at: /(?<=\b(?:where|and|or|when)\s+\(?)[\w.]+ = (?:auth\.uid\(\)|\(select auth\.uid\(\)\)|v_caller|v_person\.id)/g,
    with: () => 'true',
  },
  {
    what: 'also who was removed',
    in: /^(current_role|current_tenant_id|has_role|tenant_as|table_members)$/,
    at: /member\.deleted_at is null/g,
    with: () => 'true',
  },
  { what: 'ranks not compared', at: new RegExp(`(?<!if )${ranks}`, 'g'), with: () => 'true' },
  { what: 'ranks not compared', at: new RegExp(`(?<=if )${ranks}`, 'g'), with: () => 'false' },
  { what: 'any operator', at: /private\.current_role\(\) is distinct from 'super_admin'/g, with: () => 'false' },
  { what: 'for anybody', at: /private\.invite_is_for\([^()]*\)/g, with: () => 'true' },
];

/** Helpers whose answer is turned: what a policy hears when its helper is wrong. */
const turned: Record<string, [string, string][]> = {
  tenant_as: [
    ['another’s table', `begin return ${anothers('(select private.current_tenant_id())')}; end`],
    ['any role', 'begin return private.current_tenant_id(); end'],
    ['no table', 'begin return null; end'],
  ],
  current_tenant_id: [
    [
      'another’s table',
      `begin return (select server.tenant_id from mgmt.discord_servers as server where server.tenant_id <> (select member.tenant_id from mgmt.users as member where member.id = auth.uid()) order by server.created_at desc limit 1); end`,
    ],
  ],
  current_role: [['super admin', `begin return 'super_admin'; end`]],
  has_role: [['always yes', 'begin return true; end']],
  is_own_campaign: [['always yes', 'select true']],
  is_own_session: [['always yes', 'select true']],
  may_join_topic: [['always yes', 'select true']],
  is_kept_recording: [['always no', 'begin return false; end']],
  is_file_name: [['always yes', 'select true']],
  readable_tickets: [['all of them', 'begin return query select ticket.id from mgmt.support_tickets as ticket; end']],
  sees_costs: [['always yes', 'select true']],
  lock_members: [['any role', 'begin return private.current_tenant_id(); end']],
  invite_is_for: [['always yes', 'select true']],
};

export async function functionMutations(objectsOf: (schema: string, table: string) => string[]): Promise<Mutation[]> {
  const all = await asRoot<Definition & Record<string, unknown>>(
    `select pronamespace::regnamespace::text as schema, proname as name, oid::regprocedure::text as signature,
       pg_get_functiondef(oid) as definition, prosrc as source, has_function_privilege('authenticated', oid, 'execute') as open,
       array(
         select role from unnest(array['anon', 'authenticated', 'service_role']) as role
         where not has_function_privilege(role, oid, 'execute')
       ) as kept
     from pg_proc where pronamespace in ('mgmt'::regnamespace, 'private'::regnamespace) and prokind = 'f' order by 1, 2, 3`,
  );
  const users = await objectsByFunction(all, objectsOf);
  return all.flatMap(({ schema, name, signature, definition, source, kept }): Mutation[] => {
    const objects = [...(users.get(`${schema}.${name}`) ?? [])];
    const about = { part: 'functions', objects } as const;
    const start = definition.indexOf(source);
    const broken = (what: string, edit: Edit): Mutation => ({
      ...about,
      name: `${what} in ${schema}.${name}()`,
      break: withEdits(definition, [edit]),
      restore: definition,
      change: { text: definition, before: '', edits: [edit] },
    });
    const calls = (schema === 'mgmt' ? kept : []).map((role): Mutation => ({
      ...about,
      objects: [`${name}()`],
      shownByCatalogue: true,
      name: `let ${role} call ${schema}.${name}()`,
      break: `grant execute on function ${signature} to ${role}`,
      restore: `revoke execute on function ${signature} from ${role}`,
    }));
    if (objects.length === 0) return calls;
    const left = operators.flatMap(({ what, at, with: by, in: where }) =>
      (where?.test(name) === false ? [] : [...source.matchAll(at)]).map((match, index, matches) => {
        const { from, to, by: instead } = editOf(match, by(match[0], ...match.slice(1)));
        const edit = { from: start + from, to: start + to, by: instead };
        return broken(matches.length === 1 ? what : `${what} (${index + 1})`, edit);
      }),
    );
    const answers = schema === 'private' ? (turned[name] ?? []) : [];
    return [
      ...calls,
      ...left,
      ...answers.map(([what, by]) => broken(what, { from: start, to: start + source.length, by })),
    ];
  });
}

const named = /\b(mgmt|private)\.(\w+)\(/g;
const namesIn = (text: string): string[] => [...text.matchAll(named)].map(([, schema, name]) => `${schema}.${name}`);

/** By `schema.name` of a function: the proof's objects whose answers rest on it, through whichever others. */
async function objectsByFunction(
  all: Definition[],
  objectsOf: (schema: string, table: string) => string[],
): Promise<Map<string, Set<string>>> {
  // Policies, views, defaults, and the triggers of what people write themselves.
  const rules = await asRoot<{ schema: string; table: string; text: string }>(
    `select schemaname as schema, tablename as table, concat(qual, ' ', with_check) as text from pg_policies
     where 'authenticated' = any (roles)
     union all select schemaname, viewname, definition from pg_views where schemaname = 'mgmt'
     union all select n.nspname, c.relname, pg_get_expr(d.adbin, d.adrelid) from pg_attrdef d
       join pg_class c on c.oid = d.adrelid join pg_namespace n on n.oid = c.relnamespace where n.nspname in ('mgmt', 'public')
     union all select n.nspname, c.relname, p.oid::regprocedure::text from pg_trigger t join pg_proc p on p.oid = t.tgfoid
       join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
       where n.nspname in ('mgmt', 'public') and not t.tgisinternal and (has_any_column_privilege('authenticated', c.oid, 'insert')
         or has_any_column_privilege('authenticated', c.oid, 'update') or has_table_privilege('authenticated', c.oid, 'delete'))`,
  );
  // What a worker writes is read by session_transcript().
  const lines = await asRoot<{ text: string }>(
    `select distinct p.oid::regprocedure::text as text from pg_trigger t join pg_proc p on p.oid = t.tgfoid
     join pg_class c on c.oid = t.tgrelid where c.relnamespace::regnamespace::text like 'tenant\\_%' and not t.tgisinternal`,
  );
  const calls = new Map<string, string[]>();
  for (const { schema, name, source } of all) {
    const key = `${schema}.${name}`;
    calls.set(key, [...(calls.get(key) ?? []), ...namesIn(source)]);
  }
  const users = new Map<string, Set<string>>();
  const reach = (name: string, objects: string[]): void => {
    const known = users.get(name) ?? new Set();
    users.set(name, known);
    const news = objects.filter((object) => !known.has(object));
    if (news.length === 0) return;
    for (const object of news) known.add(object);
    for (const called of calls.get(name) ?? []) reach(called, news);
  };
  for (const { schema, name, open } of all) if (schema === 'mgmt' && open) reach(`mgmt.${name}`, [`${name}()`]);
  for (const { schema, table, text } of rules) for (const name of namesIn(text)) reach(name, objectsOf(schema, table));
  for (const { text } of lines) for (const name of namesIn(text)) reach(name, ['session_transcript()']);
  return users;
}
