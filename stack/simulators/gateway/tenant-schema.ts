const tenantId = /^[a-z][a-z0-9_]{0,55}$/;

/** Name of the schema that holds a tenant's transcripts. Throws for an id that cannot name one, as the worker does. */
export function tenantSchemaName(tenant: string): string {
  if (!tenantId.test(tenant)) throw new Error(`invalid schema name "tenant_${tenant}"`);
  return `tenant_${tenant}`;
}

/**
 * What the worker runs when a session starts, whether the schema is there or not. The table `chunks` is left out: it needs
 * pgvector, which the embedded Postgres does not have.
 */
export function tenantSchema(tenant: string): readonly string[] {
  const schema = `"${tenantSchemaName(tenant)}"`;
  return [
    `create schema if not exists ${schema}`,

    `create table if not exists ${schema}.sessions (
      session_id text primary key,
      campaign_id text not null,
      started_at timestamptz not null default now(),
      ended_at timestamptz
    );
    create index if not exists idx_sessions_campaign_started on ${schema}.sessions (campaign_id, started_at desc);`,

    `create table if not exists ${schema}.session_entries (
      id bigserial primary key,
      campaign_id text not null,
      session_id text not null,
      speaker_id text not null default '',
      speaker_name text not null default '',
      text text not null,
      raw_text text not null default '',
      npc_id text not null default '',
      timestamp timestamptz not null default now(),
      duration_ns bigint not null default 0
    );
    create index if not exists idx_session_entries_session_id on ${schema}.session_entries (session_id);
    create index if not exists idx_session_entries_timestamp on ${schema}.session_entries (timestamp);
    create index if not exists idx_session_entries_session_timestamp
      on ${schema}.session_entries (session_id, timestamp);
    create index if not exists idx_session_entries_campaign on ${schema}.session_entries (campaign_id);
    create index if not exists idx_session_entries_fts
      on ${schema}.session_entries using gin (to_tsvector('english', text));`,

    `create table if not exists ${schema}.entities (
      campaign_id text not null,
      id text not null,
      type text not null,
      name text not null,
      attributes jsonb not null default '{}',
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      primary key (campaign_id, id)
    );
    create index if not exists idx_entities_type on ${schema}.entities (type);
    create index if not exists idx_entities_name on ${schema}.entities (name);
    create table if not exists ${schema}.relationships (
      campaign_id text not null,
      source_id text not null,
      target_id text not null,
      rel_type text not null,
      attributes jsonb not null default '{}',
      provenance jsonb not null default '{}',
      created_at timestamptz not null default now(),
      primary key (campaign_id, source_id, target_id, rel_type),
      foreign key (campaign_id, source_id) references ${schema}.entities (campaign_id, id) on delete cascade,
      foreign key (campaign_id, target_id) references ${schema}.entities (campaign_id, id) on delete cascade
    );
    create index if not exists idx_rel_source on ${schema}.relationships (source_id);
    create index if not exists idx_rel_target on ${schema}.relationships (target_id);
    create index if not exists idx_rel_type on ${schema}.relationships (rel_type);
    create index if not exists idx_rel_provenance_confidence
      on ${schema}.relationships ((provenance->>'confidence'));`,
  ];
}
