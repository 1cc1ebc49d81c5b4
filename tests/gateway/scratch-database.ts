// A database beside the stack's in the same server, as a Supabase project is before our migrations: roles, schemas, Auth's
// tables, and nothing of ours.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { asRoot } from '../lib/database.ts';
import { stackVariable } from '../lib/environment.ts';

const root = join(import.meta.dirname, '../..');
const bootstrap = join(root, 'stack/postgres/bootstrap');

type Row = Record<string, unknown>;

export class ScratchDatabase {
  readonly #name: string;

  private constructor(name: string) {
    this.#name = name;
  }

  static async create(): Promise<ScratchDatabase> {
    const scratch = new ScratchDatabase(`gateway_first_${randomBytes(4).toString('hex')}`);
    await asRoot(`create database ${scratch.#name}`);
    try {
      await scratch.#prepare();
    } catch (error) {
      await scratch.drop();
      throw error;
    }
    return scratch;
  }

  async drop(): Promise<void> {
    await asRoot(`drop database ${this.#name} with (force)`);
  }

  asRoot<T extends Row = Row>(sql: string, values?: unknown[]): Promise<T[]> {
    return this.#query<T>(this.#url(stackVariable('DATABASE_URL')), sql, values);
  }

  asGateway<T extends Row = Row>(sql: string, values?: unknown[]): Promise<T[]> {
    return this.#query<T>(this.#url(stackVariable('GATEWAY_DATABASE_URL')), sql, values);
  }

  /** Applies supabase/migrations by the Supabase CLI, as the stack does. Throws with its output. */
  async migrate(): Promise<void> {
    const url = new URL(this.#url(stackVariable('DATABASE_URL')));
    url.searchParams.set('sslmode', 'disable');
    const home = mkdtempSync(join(tmpdir(), 'glyphoxa-cli-'));
    const child = spawn(
      'supabase',
      ['db', 'push', '--yes', '--skip-vault', `--workdir=${root}`, `--remote=${url.href}`],
      {
        env: { PATH: process.env.PATH, HOME: home, DO_NOT_TRACK: '1', SUPABASE_TELEMETRY_DISABLED: '1', NO_COLOR: '1' },
      },
    );
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const code = await new Promise((resolve) => child.once('close', resolve));
    rmSync(home, { recursive: true, force: true });
    if (code !== 0) throw new Error(`The migrations failed:\n${output}`);
  }

  /** Everything that a Supabase project has, and the rights that an operator gives to the gateway. */
  async #prepare(): Promise<void> {
    for (const file of readdirSync(bootstrap).filter((name) => name.endsWith('.sql'))) {
      if (file.startsWith('60')) await this.#copyAuthTables();
      await this.#asAdmin(readFileSync(join(bootstrap, file), 'utf8'));
    }
    await this.asRoot(`grant create on database ${this.#name} to glyphoxa_gateway`);
    await this.#asAdmin('grant usage, create on schema public to glyphoxa_gateway');
  }

  /** Auth makes its tables itself. Here their columns and keys are taken from the stack's own database. */
  async #copyAuthTables(): Promise<void> {
    const tables = await asRoot<{ sql: string }>(
      `select format('create table if not exists auth.%I (%s%s)', relname,
         (select string_agg(format('%I %s', attname, format_type(atttypid, atttypmod)), ', ' order by attnum)
          from pg_attribute where attrelid = class.oid and attnum > 0 and not attisdropped),
         (select ', ' || pg_get_constraintdef(oid) from pg_constraint where conrelid = class.oid and contype = 'p')) as sql
       from pg_class as class
       where relnamespace = 'auth'::regnamespace and relkind = 'r'`,
    );
    const types = await asRoot<{ sql: string }>(
      `select format('create type auth.%I as enum (%s)', typname, string_agg(quote_literal(enumlabel), ', ' order by enumsortorder)) as sql
       from pg_type join pg_enum on enumtypid = pg_type.oid where typnamespace = 'auth'::regnamespace group by typname`,
    );
    for (const { sql } of [...types, ...tables]) await this.#asAdmin(`set role supabase_auth_admin; ${sql}`);
  }

  /** As the superuser, whose password only the stack's own folder holds. */
  async #asAdmin(sql: string): Promise<void> {
    const secrets = JSON.parse(readFileSync(join(stackVariable('GLYPHOXA_HOME'), 'secrets.json'), 'utf8')) as {
      database: { supabase_admin: string };
    };
    const url = new URL(this.#url(stackVariable('DATABASE_URL')));
    url.username = 'supabase_admin';
    url.password = encodeURIComponent(secrets.database.supabase_admin);
    await this.#query(url.href, sql);
  }

  #url(of: string): string {
    const url = new URL(of);
    url.pathname = `/${this.#name}`;
    return url.href;
  }

  async #query<T extends Row>(connectionString: string, sql: string, values?: unknown[]): Promise<T[]> {
    const client = new pg.Client({ connectionString });
    await client.connect();
    try {
      return (await client.query<T>(sql, values)).rows;
    } finally {
      await client.end();
    }
  }
}
