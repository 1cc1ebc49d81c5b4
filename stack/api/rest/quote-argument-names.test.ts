import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, sql } from 'kysely';
import { expect, test } from 'vitest';
import { QuoteArgumentNames } from './quote-argument-names.ts';

const database = new Kysely<unknown>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (kysely) => new PostgresIntrospector(kysely),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
  plugins: [new QuoteArgumentNames()],
});

test('names of arguments are quoted, values and types stay', () => {
  const call = sql`select * from f(${sql.join([sql`${sql.raw('limit')} := ${5}::${sql.raw('int4')}`])})`;
  const compiled = call.compile(database);
  expect(compiled.sql).toBe('select * from f("limit" := $1::int4)');
  expect(compiled.parameters).toEqual([5]);
});

test('variadic arguments are quoted too', () => {
  const call = sql`select f(VARIADIC ${sql.raw('user')} := ${[1]}::${sql.raw('int4[]')})`;
  expect(call.compile(database).sql).toBe('select f(VARIADIC "user" := $1::int4[])');
});

test('text that only looks like an argument is left alone', () => {
  const query = sql`select ${sql.lit('limit := 1')} as ${sql.id('limit := 1')}`;
  expect(query.compile(database).sql).toBe(`select 'limit := 1' as "limit := 1"`);
});
