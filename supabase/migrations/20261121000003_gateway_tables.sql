-- The four tables that the gateway shares with us, in the shape its own migrations give them.
--
-- The gateway runs its DDL at each start: it must pass after ours, and ours after it, also with rows. So everything
-- here is `if not exists`, our additions are additive and have defaults, and the gateway's role owns the tables.
-- Row level security is on and forced; the gateway has one policy per table, because it owns every row of it and
-- each of its statements would need one of the four verbs anyway. API roles get theirs in later migrations.

create table if not exists public.tenants (
  id text primary key,
  license_tier text not null default 'shared',
  bot_token text not null default '',
  guild_ids text[] default '{}',
  monthly_session_hours numeric(10, 2) not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
alter table public.tenants add column if not exists campaign_id text not null default '';
alter table public.tenants add column if not exists dm_role_id text not null default '';
create index if not exists idx_tenants_tier on public.tenants (license_tier);

alter table public.tenants add column if not exists name text not null default '';
alter table public.tenants add column if not exists contact_email text;
alter table public.tenants add column if not exists bot_last_four text;
-- The token itself is readable by the gateway only; whether there is one is not a secret.
alter table public.tenants add column if not exists bot_set boolean generated always as (bot_token <> '') stored;
alter table public.tenants add constraint tenants_name_length check (char_length(name) <= 255);
alter table public.tenants add constraint tenants_bot_last_four_length check (char_length(bot_last_four) <= 4);

create table if not exists public.sessions (
  id text primary key,
  tenant_id text not null,
  campaign_id text not null,
  guild_id text not null,
  channel_id text not null default '',
  license_tier text not null,
  state text not null default 'pending',
  error text,
  worker_pod text,
  worker_node text,
  started_at timestamptz not null default now(),
  ended_at timestamptz,
  last_voice timestamptz,
  last_heartbeat timestamptz,
  metadata jsonb default '{}'
);
do $$
begin
  if not exists (select from pg_catalog.pg_constraint where conname = 'unique_active_campaign') then
    alter table public.sessions add constraint unique_active_campaign exclude using gist (
      campaign_id with =,
      tstzrange(started_at, coalesce(ended_at, 'infinity'), '[)') with &&
    ) where (state <> 'ended');
  end if;
end
$$;
create unique index if not exists idx_one_active_session_shared
  on public.sessions (tenant_id) where state <> 'ended' and license_tier = 'shared';
create unique index if not exists idx_one_active_session_per_guild_dedicated
  on public.sessions (tenant_id, guild_id) where state <> 'ended' and license_tier = 'dedicated';
create unique index if not exists idx_one_active_session_per_guild
  on public.sessions (guild_id) where state <> 'ended';
create index if not exists idx_sessions_tenant on public.sessions (tenant_id);
create index if not exists idx_sessions_active on public.sessions (state) where state <> 'ended';

-- The gateway keeps no time of activation, and a session counts from there. Rows older than this column: a heartbeat
-- is written at activation, so a session that has one was on air.
alter table public.sessions add column if not exists activated_at timestamptz;
update public.sessions set activated_at = started_at where activated_at is null and last_heartbeat is not null;
-- The list of a table's sessions, newest first; and those that count in a period.
create index if not exists sessions_tenant_started on public.sessions (tenant_id, started_at desc);
create index if not exists sessions_tenant_activated on public.sessions (tenant_id, activated_at) where activated_at is not null;

create table if not exists public.usage_records (
  id bigserial primary key,
  tenant_id text not null,
  period date not null,
  session_hours numeric(10, 2) not null default 0,
  llm_tokens bigint not null default 0,
  stt_seconds numeric(10, 2) not null default 0,
  tts_chars bigint not null default 0,
  unique (tenant_id, period)
);
create index if not exists idx_usage_records_tenant on public.usage_records (tenant_id);

create table if not exists public.npc_definitions (
  id text primary key,
  tenant_id text not null default '',
  campaign_id text not null default '',
  name text not null,
  personality text not null default '',
  engine text not null default 'cascaded',
  voice jsonb not null default '{}',
  knowledge_scope jsonb not null default '[]',
  secret_knowledge jsonb not null default '[]',
  behavior_rules jsonb not null default '[]',
  tools jsonb not null default '[]',
  budget_tier text not null default 'fast',
  gm_helper boolean not null default false,
  address_only boolean not null default false,
  attributes jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
alter table public.npc_definitions add column if not exists tenant_id text not null default '';
alter table public.npc_definitions alter column id set default gen_random_uuid()::text;
create index if not exists idx_npc_definitions_campaign on public.npc_definitions (campaign_id);
create index if not exists idx_npc_definitions_name on public.npc_definitions (name);
create index if not exists idx_npc_definitions_tenant on public.npc_definitions (tenant_id);
create index if not exists idx_npc_definitions_tenant_campaign on public.npc_definitions (tenant_id, campaign_id);

do $$
declare
  v_table text;
begin
  foreach v_table in array array['tenants', 'sessions', 'usage_records', 'npc_definitions'] loop
    execute format('alter table public.%I owner to glyphoxa_gateway', v_table);
    execute format('alter table public.%I enable row level security', v_table);
    execute format('alter table public.%I force row level security', v_table);
    execute format('revoke all on public.%I from anon, authenticated, service_role', v_table);
  end loop;
end
$$;

create policy "The gateway works on every tenant" on public.tenants
  for all to glyphoxa_gateway using (true) with check (true);
create policy "The gateway works on every session" on public.sessions
  for all to glyphoxa_gateway using (true) with check (true);
create policy "The gateway works on every usage record" on public.usage_records
  for all to glyphoxa_gateway using (true) with check (true);
create policy "The gateway works on every NPC" on public.npc_definitions
  for all to glyphoxa_gateway using (true) with check (true);

create trigger touch_updated_at before update on public.tenants
  for each row execute function private.touch_updated_at();
create trigger touch_updated_at before update on public.npc_definitions
  for each row execute function private.touch_updated_at();

-- A tenant's id names a schema that outlives the tenant, so an id is never used twice.
create table private.used_tenant_ids (
  id text primary key,
  used_since timestamptz not null default now()
);
alter table private.used_tenant_ids enable row level security;
alter table private.used_tenant_ids force row level security;
comment on table private.used_tenant_ids is 'Every tenant id there ever was. Rows are never deleted: tenant_<id> may still hold the old table''s data.';

insert into private.used_tenant_ids (id, used_since) select id, created_at from public.tenants;

create function private.register_tenant_id() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  -- Not a constraint: tenants of before whose ids are longer go on, and a constraint would refuse their updates too.
  if new.id !~ '^[a-z][a-z0-9_]{0,55}$' then
    raise check_violation using
      message = format('tenant id %s cannot name a schema', quote_literal(new.id)),
      hint = 'Lower-case letters, digits and underscores, a letter first, at most 56 characters.';
  end if;
  insert into private.used_tenant_ids (id) values (new.id);
  return null;
end
$$;
revoke execute on function private.register_tenant_id() from public;
comment on function private.register_tenant_id() is 'Refuses (23514) an id that cannot name a schema and (23505) one that another tenant had. Definer: the gateway inserts tenants but does not see the register.';

create trigger tenants_register_id after insert on public.tenants
  for each row execute function private.register_tenant_id();

comment on table public.tenants is 'The gateway''s tenants ("tables" in the interface). Only the gateway reads bot_token.';
comment on column public.tenants.name is 'Ours: what people call the table.';
comment on column public.tenants.bot_last_four is 'Ours: last four characters of the bot token, for recognition.';
comment on column public.tenants.bot_set is 'Ours: whether the gateway holds a bot token.';
comment on column public.tenants.campaign_id is 'The campaign that /session start plays in Discord.';
comment on column public.tenants.monthly_session_hours is 'The gateway''s own limit; 0 = unlimited. Written by us from the plan.';
comment on table public.sessions is 'One row per voice session, written by the gateway only, never deleted.';
comment on column public.sessions.activated_at is 'Ours: when the session became active; it counts from here.';
comment on table public.usage_records is 'What the gateway believes was used per month. Hours are computed from sessions instead.';
comment on table public.npc_definitions is 'NPCs that may speak: the gateway loads every row of the campaign it plays.';
