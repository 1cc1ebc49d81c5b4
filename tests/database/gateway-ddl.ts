// What today's gateway runs at each of its starts, under its own role and without naming a schema (contract, section c).

export const gatewayDdl = [
  `create table if not exists tenants (
     id text primary key, license_tier text not null default 'shared', bot_token text not null default '',
     guild_ids text[] default '{}', monthly_session_hours numeric(10,2) not null default 0,
     created_at timestamptz not null default now(), updated_at timestamptz not null default now());
   create index if not exists idx_tenants_tier on tenants (license_tier)`,
  `alter table tenants add column if not exists campaign_id text not null default '';
   alter table tenants add column if not exists dm_role_id text not null default ''`,
  `create extension if not exists btree_gist;
   create table if not exists sessions (
     id text primary key, tenant_id text not null, campaign_id text not null, guild_id text not null,
     channel_id text not null default '', license_tier text not null, state text not null default 'pending', error text,
     worker_pod text, worker_node text, started_at timestamptz not null default now(), ended_at timestamptz,
     last_voice timestamptz, last_heartbeat timestamptz, metadata jsonb default '{}');
   do $$ begin
     if not exists (select 1 from pg_constraint where conname = 'unique_active_campaign') then
       alter table sessions add constraint unique_active_campaign exclude using gist (
         campaign_id with =, tstzrange(started_at, coalesce(ended_at, 'infinity'), '[)') with &&) where (state != 'ended');
     end if;
   end $$;
   create unique index if not exists idx_one_active_session_shared on sessions (tenant_id)
     where state != 'ended' and license_tier = 'shared';
   create unique index if not exists idx_one_active_session_per_guild_dedicated on sessions (tenant_id, guild_id)
     where state != 'ended' and license_tier = 'dedicated';
   create index if not exists idx_sessions_tenant on sessions (tenant_id);
   create index if not exists idx_sessions_active on sessions (state) where state != 'ended'`,
  `create table if not exists usage_records (
     id bigserial primary key, tenant_id text not null, period date not null,
     session_hours numeric(10,2) not null default 0, llm_tokens bigint not null default 0,
     stt_seconds numeric(10,2) not null default 0, tts_chars bigint not null default 0, unique (tenant_id, period));
   create index if not exists idx_usage_records_tenant on usage_records (tenant_id)`,
  `create unique index if not exists idx_one_active_session_per_guild on sessions (guild_id) where state != 'ended'`,
];

/** The older table of NPCs, from before they had a tenant. */
export const npcDdl = `create table if not exists npc_definitions (
    id text primary key, campaign_id text not null default '', name text not null, personality text not null default '',
    engine text not null default 'cascaded', voice jsonb not null default '{}', knowledge_scope jsonb not null default '[]',
    secret_knowledge jsonb not null default '[]', behavior_rules jsonb not null default '[]', tools jsonb not null default '[]',
    budget_tier text not null default 'fast', gm_helper boolean not null default false,
    address_only boolean not null default false, attributes jsonb not null default '{}',
    created_at timestamptz not null default now(), updated_at timestamptz not null default now());
  create index if not exists idx_npc_definitions_campaign on npc_definitions (campaign_id);
  create index if not exists idx_npc_definitions_name on npc_definitions (name)`;
