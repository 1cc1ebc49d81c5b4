// Buckets: every caller and verb on a file of Alice's table, and ways around a path.
import { randomUUID } from 'node:crypto';
import { asRoot } from '../lib/database.ts';
import { type Case, differs } from './engine.ts';
import { buckets, type BucketExpectation, type Caller, callers, type FileVerb, fileVerbs } from './expectations.ts';
import type { MatrixCase, Observed } from './matrix.ts';
import { call, callJson, marksOf, seen, victimOf, type World } from './world.ts';

const prefix = '/storage/v1/object';

/** The name of another file beside it. */
const beside = (path: string): string => path.replace(/(\.\w+)$/, `-${randomUUID().slice(0, 8)}$1`);

function put(
  world: World,
  caller: Caller,
  bucket: string,
  path: string,
  { type, body }: BucketExpectation,
  method = 'POST',
) {
  return call(world, caller, `${prefix}/${bucket}/${path}`, {
    method,
    body,
    headers: { 'content-type': type, ...(method === 'POST' && caller === 'service' ? { 'x-upsert': 'true' } : {}) },
  });
}

/** As storage-js removes: by a list. */
function removeFile(world: World, caller: Caller, bucket: string, path: string) {
  return callJson(world, caller, 'DELETE', `${prefix}/${bucket}`, { prefixes: [path] });
}

const present = (world: World): [string, BucketExpectation][] =>
  Object.entries(buckets).filter(([bucket]) => world.catalogue.buckets.includes(bucket));

/** A file of each table in each bucket. */
export async function plantFiles(world: World): Promise<void> {
  for (const [bucket, line] of present(world)) {
    for (const { ids } of [world.tables.own, world.tables.foreign]) {
      for (const path of [line.path(ids), ...(line.kept ? [line.kept(ids)] : [])]) {
        const { status, text } = await put(world, 'service', bucket, path, line);
        if (status >= 300) throw new Error(`Planting a file in ${bucket}: ${status} ${text}`);
      }
    }
  }
}

export function fileMatrix(world: World, observed: Observed): MatrixCase[] {
  return present(world).flatMap(([bucket, line]) =>
    fileVerbs.flatMap((verb) =>
      callers.map((caller): MatrixCase => {
        const may = caller === 'service' || (line.may[caller as keyof typeof line.may] ?? []).includes(verb);
        const expected = may ? 'yes' : 'no';
        return {
          object: `bucket ${bucket}`,
          what: `${caller} ${verb}`,
          phase: may && !['list', 'download', 'sign'].includes(verb) ? 'members' : 'denied',
          run: async () => {
            const outcome = (await attempt(world, bucket, line, verb, caller)) ? 'yes' : 'no';
            (observed[`bucket ${bucket} ${verb}`] ??= {})[caller] = outcome;
            return differs(outcome, expected);
          },
        };
      }),
    ),
  );
}

async function attempt(
  world: World,
  bucket: string,
  line: BucketExpectation,
  verb: FileVerb,
  caller: Caller,
): Promise<boolean> {
  const path = line.path(world.tables.own.ids);
  const [folder, name] = [path.slice(0, path.lastIndexOf('/')), path.slice(path.lastIndexOf('/') + 1)];
  const restore = () => put(world, 'service', bucket, path, line);
  switch (verb) {
    case 'list':
      return (
        await callJson(world, caller, 'POST', `${prefix}/list/${bucket}`, { prefix: `${folder}/` })
      ).text.includes(name);
    case 'download':
      return (await call(world, caller, `${prefix}/${bucket}/${path}`)).text === line.body;
    case 'sign':
      return (
        (await callJson(world, caller, 'POST', `${prefix}/sign/${bucket}/${path}`, { expiresIn: 60 })).status < 300
      );
    case 'upload': {
      const added = beside(path);
      const { status } = await put(world, caller, bucket, added, line);
      if (await exists(bucket, added)) await removeFile(world, 'service', bucket, added);
      return status < 300;
    }
    case 'overwrite':
      return (await put(world, caller, bucket, path, line, 'PUT')).status < 300;
    case 'move': {
      const to = beside(path);
      await callJson(world, caller, 'POST', `${prefix}/move`, {
        bucketId: bucket,
        sourceKey: path,
        destinationKey: to,
      });
      const moved = await exists(bucket, to);
      if (moved) {
        await removeFile(world, 'service', bucket, to);
        await restore();
      }
      return moved;
    }
    case 'delete': {
      await removeFile(world, caller, bucket, path);
      const gone = !(await exists(bucket, path));
      if (gone) await restore();
      return gone;
    }
  }
}

async function exists(bucket: string, path: string): Promise<boolean> {
  return (await asRoot('select from storage.objects where bucket_id = $1 and name = $2', [bucket, path])).length > 0;
}

/** Ways around: copies, paths that climb, other addresses of the same file, whole buckets. */
export function fileAttacks(world: World): Case[] {
  return present(world).flatMap(([bucket, line]) =>
    (['owner', 'dm', 'viewer', 'stranger', 'super', 'removed', 'newcomer', 'anon'] as const).flatMap(
      (caller): Case[] => {
        const victim = victimOf(world, caller);
        const home = victim === world.tables.own ? world.tables.foreign : world.tables.own;
        const [theirs, mine] = [line.path(victim.ids), line.path(home.ids)];
        const object = `bucket ${bucket}`;
        const refusals: [string, string, string, unknown?][] = [
          ['downloads', 'GET', `${prefix}/${bucket}/${theirs}`],
          ['asks about', 'GET', `${prefix}/info/authenticated/${bucket}/${theirs}`],
          ['asks briefly about', 'HEAD', `${prefix}/${bucket}/${theirs}`],
          ['removes', 'DELETE', `${prefix}/${bucket}/${theirs}`],
          ['downloads in public', 'GET', `${prefix}/public/${bucket}/${theirs}`],
          ['climbs to', 'GET', `${prefix}/authenticated/${bucket}/${mine.split('/')[0]}/..%2f${theirs}`],
          ['signs an upload of', 'POST', `${prefix}/upload/sign/${bucket}/${theirs}`, {}],
          ['copies', 'POST', `${prefix}/copy`, { bucketId: bucket, sourceKey: theirs, destinationKey: beside(mine) }],
          [
            'moves home',
            'POST',
            `${prefix}/move`,
            { bucketId: bucket, sourceKey: theirs, destinationKey: beside(mine) },
          ],
          [
            'moves the own file to',
            'POST',
            `${prefix}/move`,
            { bucketId: bucket, sourceKey: mine, destinationKey: beside(theirs) },
          ],
          [
            'copies the own file to',
            'POST',
            `${prefix}/copy`,
            { bucketId: bucket, sourceKey: mine, destinationKey: beside(theirs) },
          ],
          ['empties the bucket of', 'POST', `/storage/v1/bucket/${bucket}/empty`, {}],
          ['opens the bucket of', 'PUT', `/storage/v1/bucket/${bucket}`, { id: bucket, name: bucket, public: true }],
          ['removes the bucket of', 'DELETE', `/storage/v1/bucket/${bucket}`],
        ];
        return [
          ...refusals.map(([what, method, path, body]): Case => ({
            object,
            what: `${caller} ${what} a foreign file (${method})`,
            run: async () => {
              const answer =
                body === undefined
                  ? await call(world, caller, path, { method })
                  : await callJson(world, caller, method, path, body);
              return answer.status >= 400 && answer.status < 500
                ? undefined
                : `answered ${answer.status}: ${answer.text.slice(0, 120)}`;
            },
          })),
          {
            object,
            what: `${caller} lists the whole bucket`,
            run: async () => {
              const marks = marksOf(victim);
              for (const prefixes of ['', victim.ids.tenant, `${victim.ids.tenant}/`, theirs.slice(0, 8)]) {
                const { text } = await callJson(world, caller, 'POST', `${prefix}/list/${bucket}`, {
                  prefix: prefixes,
                });
                const mark = seen(text, marks);
                if (mark !== undefined) return `shows ${mark}`;
              }
              return undefined;
            },
          },
          {
            object,
            what: `${caller} removes a list of files with a foreign one`,
            run: async () => {
              const { status } = await removeFile(world, caller, bucket, theirs);
              if (await exists(bucket, theirs)) return undefined;
              await put(world, 'service', bucket, theirs, line);
              return `removed it (${status})`;
            },
          },
        ];
      },
    ),
  );
}

/** A file that a row names stays as it is: whoever reads it neither replaces nor moves nor removes it. */
export function keptFileCases(world: World): Case[] {
  return present(world).flatMap(([bucket, line]) => {
    if (!line.kept) return [];
    const path = line.kept(world.tables.own.ids);
    const to = beside(path);
    const upsert = { 'content-type': line.type, 'x-upsert': 'true' };
    const changed = { ...line, body: 'changed' };
    const tries: [string, (caller: Caller) => Promise<unknown>][] = [
      ['replaces', (caller) => put(world, caller, bucket, path, changed, 'PUT')],
      [
        'uploads over',
        (caller) =>
          call(world, caller, `${prefix}/${bucket}/${path}`, { method: 'POST', body: changed.body, headers: upsert }),
      ],
      [
        'moves',
        (caller) =>
          callJson(world, caller, 'POST', `${prefix}/move`, { bucketId: bucket, sourceKey: path, destinationKey: to }),
      ],
      ['removes', (caller) => call(world, caller, `${prefix}/${bucket}/${path}`, { method: 'DELETE' })],
      ['removes by a list', (caller) => removeFile(world, caller, bucket, path)],
    ];
    // One after the other, so that what is found is the doing of what is named.
    return [
      {
        object: `bucket ${bucket}`,
        what: 'a file that a row names',
        run: async () => {
          for (const caller of ['owner', 'dm'] as const) {
            for (const [what, attempt] of tries) {
              await attempt(caller);
              const { text } = await call(world, 'service', `${prefix}/${bucket}/${path}`);
              if (text === line.body) continue;
              await put(world, 'service', bucket, path, line);
              await removeFile(world, 'service', bucket, to);
              return `${caller} ${what} it: ${text.slice(0, 80)}`;
            }
          }
          return undefined;
        },
      },
    ];
  });
}

/** Whoever may add files does so now, under names that say whose they are and of which kind. */
export function unfitCases(world: World): Case[] {
  return present(world).flatMap(([bucket, line]): Case[] => [
    ...line.unfit(world.tables.own.ids).map((path): Case => ({
      object: `bucket ${bucket}`,
      what: `owner adds ${path.split('/').slice(1).join('/')}`,
      run: async () => {
        const { status } = await put(world, 'owner', bucket, path.replaceAll(' ', '%20'), line);
        if (!(await exists(bucket, path))) return undefined;
        await removeFile(world, 'service', bucket, path);
        return `was taken (${status})`;
      },
    })),
    {
      object: `bucket ${bucket}`,
      what: 'owner signs an upload for later',
      run: async () => {
        const later = beside(line.path(world.tables.own.ids));
        const { status } = await callJson(world, 'owner', 'POST', `${prefix}/upload/sign/${bucket}/${later}`, {});
        return status >= 400 && status < 500 ? undefined : `answered ${status}`;
      },
    },
  ]);
}
