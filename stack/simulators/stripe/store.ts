import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Kind, Kinds } from './kinds.ts';

type Undo = () => void;

/**
 * Everything the account holds: in memory, and after each change in one SQLite file, so that a restart, or a kill, loses nothing.
 * Objects are replaced, never changed in place, so that a failed request leaves no trace.
 */
export class Store {
  readonly #kinds = new Map<Kind, Map<string, Kinds[Kind]>>();
  readonly #dirty = new Map<string, { kind: Kind; id: string }>();
  readonly #database: DatabaseSync | undefined;
  readonly #save: StatementSync | undefined;
  readonly #drop: StatementSync | undefined;
  #undo: Undo[] | undefined;

  /** Without a file nothing is kept. */
  constructor(file?: string) {
    if (file === undefined) return;
    this.#database = new DatabaseSync(file);
    this.#database.exec('pragma journal_mode = wal; pragma synchronous = normal');
    this.#database.exec(
      'create table if not exists objects (seq integer primary key, kind text, id text, data text, unique (kind, id))',
    );
    for (const row of this.#database.prepare('select kind, id, data from objects order by seq').all()) {
      this.#kind(row['kind'] as Kind).set(String(row['id']), JSON.parse(String(row['data'])));
    }
    this.#save = this.#database.prepare(
      'insert into objects (kind, id, data) values (?, ?, ?) on conflict (kind, id) do update set data = excluded.data',
    );
    this.#drop = this.#database.prepare('delete from objects where kind = ? and id = ?');
  }

  put<K extends Kind>(kind: K, object: Kinds[K]): Kinds[K] {
    const objects = this.#kind(kind);
    const before = objects.get(object.id);
    this.#undo?.push(() => (before ? objects.set(object.id, before) : objects.delete(object.id)));
    objects.set(object.id, object);
    this.#dirty.set(`${kind} ${object.id}`, { kind, id: object.id });
    return object;
  }

  remove(kind: Kind, id: string): void {
    const objects = this.#kind(kind);
    const before = objects.get(id);
    if (!before) return;
    this.#undo?.push(() => objects.set(id, before));
    objects.delete(id);
    this.#dirty.set(`${kind} ${id}`, { kind, id });
  }

  find<K extends Kind>(kind: K, id: string | null | undefined): Kinds[K] | undefined {
    return id == null ? undefined : (this.#kind(kind).get(id) as Kinds[K] | undefined);
  }

  /** Oldest first. */
  all<K extends Kind>(kind: K): Kinds[K][] {
    return [...this.#kind(kind).values()] as Kinds[K][];
  }

  /** Changes nothing when `act` throws, unless `commits` says that this failure is an outcome to keep. */
  atomically<Result>(act: () => Result, commits: (error: unknown) => boolean = () => false): Result {
    if (this.#undo) return act();
    this.#undo = [];
    try {
      return act();
    } catch (error) {
      if (!commits(error)) this.#rollBack();
      throw error;
    } finally {
      this.#undo = undefined;
    }
  }

  /** What `act` would give, with everything as before afterwards. */
  preview<Result>(act: () => Result): Result {
    const outer = this.#undo;
    this.#undo = [];
    try {
      return act();
    } finally {
      this.#rollBack();
      this.#undo = outer;
    }
  }

  clear(): void {
    this.#kinds.clear();
    this.#dirty.clear();
    this.#database?.exec('delete from objects');
  }

  /** Writes what changed since the last time, in one transaction. */
  flush(): void {
    if (!this.#database || this.#dirty.size === 0) return;
    this.#database.exec('begin');
    for (const { kind, id } of this.#dirty.values()) {
      const object = this.#kind(kind).get(id);
      if (object) this.#save?.run(kind, id, JSON.stringify(object));
      else this.#drop?.run(kind, id);
    }
    this.#database.exec('commit');
    this.#dirty.clear();
  }

  close(): void {
    this.flush();
    this.#database?.close();
  }

  #kind(kind: Kind): Map<string, Kinds[Kind]> {
    let objects = this.#kinds.get(kind);
    if (!objects) this.#kinds.set(kind, (objects = new Map()));
    return objects;
  }

  #rollBack(): void {
    for (const undo of (this.#undo ?? []).reverse()) undo();
  }
}
