// What is beside tables, functions and files: addresses that are nobody's, other forms of an answer, and calls by GET.
import { asRoot } from '../lib/database.ts';
import type { Answer } from '../lib/requests.ts';
import { isShared } from './derive.ts';
import type { Case } from './engine.ts';
import { buckets, functions, relations } from './expectations.ts';
import { forms, nobodys } from './expectations-surface.ts';
import { patchFor } from './planting.ts';
import { call, callJson, marksOf, seen, shapeOf, unknownIds, unknownLike, victimOf, type World } from './world.ts';

/** Headers that differ between any two answers, and those that go with the question. */
const passing =
  /^(date|x-request-id|x-ratelimit-|sb-|server-timing|keep-alive|connection|cf-|age$|content-location$|content-length$)/;

function headersOf({ headers }: Answer<unknown>): string {
  return [...headers].filter(([name]) => !passing.test(name)).join('\n');
}

export function surfaceCases(world: World): Case[] {
  return [...nobodysCases(world), ...formCases(world), ...getCases(world), claimsCase(world)];
}

function nobodysCases(world: World): Case[] {
  const file = buckets['voice-samples']!.path;
  return (['owner', 'super', 'anon'] as const).flatMap((caller) => {
    const victim = victimOf(world, caller);
    const [ids, marks] = [victim.ids, marksOf(victim)];
    return Object.entries(nobodys).flatMap(([object, addresses]) =>
      addresses(ids, file(ids)).map(({ method, path, body }): Case => ({
        object,
        what: `${caller} ${method} ${path.replaceAll(ids.tenant, 'theirs')}${body === undefined ? '' : ` ${Object.keys(body as object).join(' ')}`}`,
        run: async () => {
          const answer =
            body === undefined
              ? await call(world, caller, path, { method })
              : await callJson(world, caller, method, path, body);
          const { status, text } = answer;
          const mark = seen(text + headersOf(answer), marks, askedIn(path + JSON.stringify(body ?? ''), marks));
          if (mark !== undefined) return `shows ${mark}`;
          const empty = status === 200 && /^(\[\])?$/.test(text);
          return empty || (status >= 400 && status < 500) ? undefined : `answered ${status}: ${text.slice(0, 120)}`;
        },
      })),
    );
  });
}

const askedIn = (text: string, marks: readonly string[]): string[] => marks.filter((mark) => text.includes(mark));

function formCases(world: World): Case[] {
  return world.catalogue.relations.flatMap((relation) => {
    const { name } = relation;
    const line = relations[name];
    if (!line || isShared(line)) return [];
    return forms
      .filter(({ method }) => method !== 'PATCH' || line.update.owner === 'yes')
      .map(({ method, headers }): Case => {
        const id = world.tables.foreign.keys[name] ?? '';
        const values = [id, unknownLike(id)];
        const asked = values.flatMap((value) => [value, encodeURIComponent(value)]);
        const ask = async (value: string): Promise<Answer<unknown>> => {
          const path = `/rest/v1/${name}?${line.key}=eq.${encodeURIComponent(value)}`;
          return method === 'PATCH'
            ? callJson(world, 'owner', method, path, patchFor(relation), headers)
            : call(world, 'owner', path, { method, headers });
        };
        return {
          object: name,
          what: `owner ${method} of a foreign row with ${Object.values(headers).join(', ')}`,
          run: async () => {
            // How a question would be answered says how many rows there are: nobody is told, whatever they ask for.
            if (headers['accept']?.includes('plan')) {
              const { status } = await ask(id);
              return status === 406 ? undefined : `explains it (${status})`;
            }
            const [foreign, none] = (await Promise.all(values.map(ask))).map((answer) =>
              asked.reduce((text, one) => text.replaceAll(one, '<id>'), shapeOf(answer, []) + headersOf(answer)),
            );
            return foreign === none ? undefined : `foreign: ${foreign!}, none: ${none!}`;
          },
        };
      });
  });
}

/** The same questions as by POST, in the address. */
function getCases(world: World): Case[] {
  const { own, foreign } = world.tables;
  return Object.entries(functions).flatMap(([name, { by, args }]) => {
    if (by === 'service_role' || !args) return [];
    const [theirs, nobodys] = [args(foreign.ids), args(unknownIds(own.ids))];
    const asked = [theirs, nobodys].flatMap((some) => Object.values(some).map(String));
    if (JSON.stringify(theirs) === JSON.stringify(args(own.ids))) return [];
    return {
      object: `${name}()`,
      what: 'owner GET with foreign ids',
      run: async () => {
        const ask = (given: Record<string, unknown>) =>
          call(world, 'owner', `/rest/v1/rpc/${name}?${new URLSearchParams(textsOf(given)).toString()}`);
        const [answer, none] = [await ask(theirs), await ask(nobodys)];
        const mark = seen(answer.text + headersOf(answer), marksOf(foreign), asked);
        if (mark !== undefined) return `shows ${mark}`;
        if (answer.status < 300 && none.status < 300) return undefined;
        const [shape, other] = [shapeOf(answer, asked), shapeOf(none, asked)];
        return shape === other ? undefined : `foreign: ${shape}, none: ${other}`;
      },
    };
  });
}

/** As PostgREST takes them in an address. */
function textsOf(args: Record<string, unknown>): [string, string][] {
  return Object.entries(args)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => [
      name,
      Array.isArray(value)
        ? `{${value.map(String).join(',')}}`
        : typeof value === 'object'
          ? JSON.stringify(value)
          : String(value),
    ]);
}

/** What tokens say of somebody is not theirs to say. */
function claimsCase(world: World): Case {
  const { dm, foreign } = world.tables;
  const claims = async (): Promise<string> => {
    const [row] = await asRoot<{ claims: string }>(
      `select concat(raw_app_meta_data, role, aud) as claims from auth.users where id = $1`,
      [dm.userId],
    );
    return row!.claims;
  };
  return {
    object: 'auth of others',
    what: 'dm says of themselves who they are',
    run: async () => {
      const before = await claims();
      const said = { role: 'service_role', tenant_id: foreign.ids.tenant, user_role: 'super_admin' };
      await callJson(world, 'dm', 'PUT', '/auth/v1/user', { ...said, app_metadata: said });
      const after = await claims();
      return after === before ? undefined : `was taken: ${after}`;
    },
  };
}
