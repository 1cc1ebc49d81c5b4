// Functions: who is answered what, and foreign ids in every argument that takes one.
import { asRoot } from '../lib/database.ts';
import type { Answer } from '../lib/requests.ts';
import { answersFor } from './derive.ts';
import { type Case, differs } from './engine.ts';
import { callers, type Caller, functions } from './expectations.ts';
import type { MatrixCase, Observed, Phase } from './matrix.ts';
import {
  type ApiError,
  call,
  callJson,
  marksOf,
  seen,
  shapeOf,
  unknownIds,
  unreadableFor,
  type World,
} from './world.ts';

const members: readonly Caller[] = ['owner', 'dm', 'viewer'];

export function answerCases(world: World, observed: Observed): MatrixCase[] {
  const exposed = new Set(world.catalogue.functions.map(({ name }) => name));
  return Object.entries(functions)
    .filter(([name]) => exposed.has(name))
    .flatMap(([name, line]) => {
      const works = members.some((caller) => answersFor(line, caller).includes('ok'));
      return callers.map((caller): MatrixCase => {
        const expected = answersFor(line, caller);
        const phase = phaseOf(name, caller, members.includes(caller) ? works : expected.includes('ok'));
        return {
          object: `${name}()`,
          what: `${caller} call`,
          phase,
          run: async () => {
            const args = line.args?.(world.tables.own.ids) ?? {};
            const given = expected.includes('called')
              ? undefined
              : await callJson(world, caller, 'POST', `/rest/v1/rpc/${name}`, args);
            const answer = given ? answerOf(given) : await admitted(world, name);
            (observed[`${name}() call`] ??= {})[caller] = answer;
            // Operators see every table; nobody else reads more than an answer is for, nor more in a refusal than was asked.
            if (given && !(answer === 'ok' && (line.answers?.super === 'ok' || line.tells?.includes(caller)))) {
              const mark = seen(given.text, unreadableFor(world, caller), Object.values(args).map(String));
              if (mark !== undefined) return `shows ${mark}`;
            }
            return expected.includes(answer) ? undefined : `${answer} instead of ${expected.join(' or ')}`;
          },
        };
      });
    });
}

function phaseOf(name: string, caller: Caller, works: boolean): Phase {
  if (!works) return 'denied';
  if (members.includes(caller)) return 'members';
  // It makes an account of whoever has none, who then is answered otherwise.
  return caller === 'super' || name === 'ensure_account' ? 'last' : 'outsiders';
}

/**
 * The secret key is let in: tried with ids that nobody has, so that nothing comes of it. What takes no argument would act on
 * everything, so there the grant is looked at.
 */
async function admitted(world: World, name: string): Promise<string> {
  const { args } = functions[name]!;
  if (!args) {
    const [row] = await asRoot<{ may: boolean }>(
      `select bool_and(has_function_privilege('service_role', oid, 'execute')) as may from pg_proc
       where pronamespace = 'mgmt'::regnamespace and proname = $1`,
      [name],
    );
    return row?.may ? 'called' : 'no grant';
  }
  const answer = await callJson(
    world,
    'service',
    'POST',
    `/rest/v1/rpc/${name}`,
    args(unknownIds(world.tables.own.ids)),
  );
  return answerOf(answer) === 'no grant' ? 'no grant' : 'called';
}

function answerOf({ status, body, text }: Answer<unknown>): string {
  if (status < 300) return 'ok';
  const { code, details } = (body ?? {}) as ApiError;
  return code === '42501' ? 'no grant' : (details ?? code ?? text.slice(0, 120));
}

/** Each id of another table alone among own ones, and all together: answered as if nobody had it. */
export function foreignIdCases(world: World): Case[] {
  const { own, foreign } = world.tables;
  return Object.entries(functions).flatMap(([name, { by, args }]) => {
    if (by === 'service_role' || !args) return [];
    const [mine, theirs, nobodys] = [args(own.ids), args(foreign.ids), args(unknownIds(own.ids))];
    const ids = Object.keys(mine).filter((arg) => JSON.stringify(mine[arg]) !== JSON.stringify(theirs[arg]));
    if (ids.length === 0) return [];
    return [...ids.map((arg) => [arg]), ids].flatMap((replaced) =>
      members.map((caller): Case => ({
        object: `${name}()`,
        what: `${caller} call with a foreign ${replaced.join(', ')}`,
        run: async () => {
          const given = (of: Record<string, unknown>) =>
            Object.fromEntries(
              Object.entries(mine).map(([arg, value]) => [arg, replaced.includes(arg) ? of[arg] : value]),
            );
          const asked = [theirs, nobodys].flatMap((of) => replaced.map((arg) => String(of[arg])));
          const path = `/rest/v1/rpc/${name}`;
          const answer = await callJson(world, caller, 'POST', path, given(theirs));
          const mark = answer.status < 300 ? seen(answer.text, marksOf(foreign), asked) : undefined;
          if (mark !== undefined) return `shows ${mark}`;
          const none = await callJson(world, caller, 'POST', path, given(nobodys));
          const [shape, other] = [shapeOf(answer, asked), shapeOf(none, asked)];
          // What works with an id that nobody has does not look at it; volatile answers differ by what they made.
          if (answer.status < 300 && none.status < 300) return undefined;
          return shape === other ? undefined : `foreign: ${shape}, none: ${other}`;
        },
      })),
    );
  });
}

/** Whatever is not of the exposed schema is not there: helpers, Postgres' own functions, other schemas. */
export function hiddenCases(world: World): Case[] {
  const cases: Case[] = [];
  const asking = ['owner', 'service'] as const;
  for (const { name, schema } of world.catalogue.hidden) {
    // The secret key has rights on helpers, so it is the one to be kept from them.
    const caller = schema === 'private' ? 'service' : 'owner';
    cases.push({
      object: 'schemas',
      what: `${caller} rpc ${name}`,
      run: async () => {
        if (functions[name]) return undefined;
        const { status, text } = await callJson(world, caller, 'POST', `/rest/v1/rpc/${name}`, {});
        return status === 404 ? undefined : `answered ${status}: ${text.slice(0, 120)}`;
      },
    });
  }
  for (const { schema, relation } of world.catalogue.schemas) {
    for (const caller of asking) {
      for (const [method, path] of [
        ['GET', relation],
        ['POST', relation],
        ['POST', 'rpc/current_tenant_id'],
      ] as const) {
        cases.push({
          object: 'schemas',
          what: `${caller} ${method} ${path} in ${schema}`,
          run: async () => {
            const headers = { 'accept-profile': schema, 'content-profile': schema, 'content-type': 'application/json' };
            const body = method === 'GET' ? {} : { body: '{}' };
            const answer = await call(world, caller, `/rest/v1/${path}`, { method, headers, ...body });
            return differs((answer.body as ApiError | undefined)?.code ?? String(answer.status), 'PGRST106');
          },
        });
      }
    }
  }
  return cases;
}
