// What the running stack exposes, read from its catalogue.
import { asRoot } from '../lib/database.ts';

export interface Column {
  name: string;
  type: string;
  required: boolean;
  readable: boolean;
  insertable: boolean;
  updatable: boolean;
}

export interface ForeignKey {
  name: string;
  columns: string[];
  target: string;
  targetColumns: string[];
}

/** A table or view of the API. */
export interface Relation {
  name: string;
  isView: boolean;
  /** The table whose rows it shows, `schema.name`. */
  source: string;
  columns: Column[];
  foreignKeys: ForeignKey[];
}

export interface Callable {
  name: string;
  args: string[];
}

export interface Catalogue {
  relations: Relation[];
  functions: Callable[];
  /** Functions that the API must not offer: the private ones, and Postgres' own that read files or settings. */
  hidden: { name: string; schema: string }[];
  buckets: string[];
  topics: string[];
  /** Every schema but the exposed one, with a relation of it. */
  schemas: { schema: string; relation: string }[];
}

export async function readCatalogue(): Promise<Catalogue> {
  const [relations, functions, hidden, buckets, topics, schemas] = await Promise.all([
    readRelations(),
    asRoot<{ name: string; args: string[] | null }>(
      `select proname as name, proargnames[1:pronargs] as args from pg_proc where pronamespace = 'mgmt'::regnamespace order by 1`,
    ),
    asRoot<{ name: string; schema: string }>(
      `select distinct proname as name, pronamespace::regnamespace::text as schema from pg_proc
       where pronamespace = 'private'::regnamespace
         or pronamespace = 'pg_catalog'::regnamespace
           and proname ~ '^(pg_(read|ls|stat_file|sleep|terminate|cancel|reload|advisory_lock|logical)|lo_(import|export|get)|(current_setting|set_config|version|current_user|query_to_xml|table_to_xml|schema_to_xml|database_to_xml|dblink)$)'
       order by 1`,
    ),
    // Buckets that tests plant for themselves have no rules of the product.
    names(`select id as name from storage.buckets where id !~ '^(planted|test)-' order by 1`),
    names(
      `select distinct kind[1] as name from pg_proc p, regexp_matches(p.prosrc, '''([a-z_]+):'' *\\|\\|', 'g') as kind
       where p.pronamespace in ('mgmt'::regnamespace, 'private'::regnamespace) and p.prosrc ~ 'realtime\\.send|send_'
       union
       select kind[1] from pg_proc p, regexp_matches(p.prosrc, 'when ''([a-z_]+)'' then', 'g') as kind
       where p.proname = 'may_join_topic' order by 1`,
    ),
    asRoot<{ schema: string; relation: string }>(
      `select n.nspname as schema, coalesce(min(c.relname), 'nothing') as relation
       from pg_namespace n left join pg_class c on c.relnamespace = n.oid and c.relkind in ('r', 'v', 'p')
       where n.nspname not in ('mgmt', 'pg_toast') and n.nspname !~ '^(pg_temp|pg_toast_temp|realtime_test)'
       group by 1 order by n.nspname ~ '^tenant_', 1 limit 20`,
    ),
  ]);
  return {
    relations,
    functions: functions.map(({ name, args }) => ({ name, args: args ?? [] })),
    hidden,
    buckets,
    topics,
    schemas,
  };
}

async function names(sql: string): Promise<string[]> {
  return (await asRoot<{ name: string }>(sql)).map(({ name }) => name);
}

async function readRelations(): Promise<Relation[]> {
  const relations = await asRoot<{ name: string; isView: boolean; source: string; columns: Column[] }>(
    `select c.relname as name, c.relkind in ('v', 'm') as "isView", source.name as source,
       (select json_agg(json_build_object(
          'name', a.attname, 'type', format_type(a.atttypid, null),
          'required', a.attnotnull and not a.atthasdef and a.attidentity = '',
          'readable', has_column_privilege('authenticated', c.oid, a.attnum, 'select'),
          'insertable', has_column_privilege('authenticated', c.oid, a.attnum, 'insert'),
          'updatable', has_column_privilege('authenticated', c.oid, a.attnum, 'update')) order by a.attnum)
        from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns
     from pg_class c
     cross join lateral (select coalesce((
       select n.nspname || '.' || t.relname
       from pg_rewrite r join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
       join pg_class t on t.oid = d.refobjid and d.refclassid = 'pg_class'::regclass and t.oid <> c.oid
       join pg_namespace n on n.oid = t.relnamespace
       where r.ev_class = c.oid and t.relkind in ('r', 'p') order by n.nspname = 'public' desc, d.refobjid limit 1
     ), 'mgmt.' || c.relname) as name) as source
     where c.relnamespace = 'mgmt'::regnamespace and c.relkind in ('r', 'v', 'm', 'p', 'f') order by 1`,
  );
  const keys = await asRoot<{
    table: string;
    name: string;
    target: string;
    columns: string[];
    targetColumns: string[];
  }>(
    `select n.nspname || '.' || t.relname as table, c.conname as name, tn.nspname || '.' || tt.relname as target,
       array(select a.attname::text from unnest(c.conkey) with ordinality k (num, place)
         join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.num order by k.place) as columns,
       array(select a.attname::text from unnest(c.confkey) with ordinality k (num, place)
         join pg_attribute a on a.attrelid = c.confrelid and a.attnum = k.num order by k.place) as "targetColumns"
     from pg_constraint c join pg_class t on t.oid = c.conrelid join pg_namespace n on n.oid = t.relnamespace
     join pg_class tt on tt.oid = c.confrelid join pg_namespace tn on tn.oid = tt.relnamespace
     where c.contype = 'f' and n.nspname in ('mgmt', 'public') order by 1, 2`,
  );
  return relations.map((relation) => ({
    ...relation,
    foreignKeys: keys
      .filter(({ table }) => table === relation.source)
      .map(({ name, columns, target, targetColumns }) => ({ name, columns, target, targetColumns })),
  }));
}
