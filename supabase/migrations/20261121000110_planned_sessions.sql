-- When a table wants to play next. Players read it too: it is for them to know when to be there, so the title has no spoilers.

create table mgmt.planned_sessions (
  id uuid primary key default gen_random_uuid(),
  tenant_id text not null default private.current_tenant_id() references public.tenants (id) on delete cascade,
  campaign_id text not null,
  created_by uuid default auth.uid() references mgmt.users (id) on delete set null,
  title text not null default '',
  starts_at timestamptz not null,
  guild_id text,
  channel_id text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  foreign key (campaign_id, tenant_id) references mgmt.campaigns (id, tenant_id) on delete cascade,
  constraint planned_sessions_title_length check (char_length(title) <= 120),
  constraint planned_sessions_guild_is_snowflake check (guild_id ~ '^\d{17,20}$'),
  constraint planned_sessions_channel_is_snowflake check (channel_id ~ '^\d{17,20}$'),
  constraint planned_sessions_channel_has_guild check (channel_id is null or guild_id is not null)
);
create index planned_sessions_tenant on mgmt.planned_sessions (tenant_id, starts_at);
create index planned_sessions_campaign on mgmt.planned_sessions (campaign_id, tenant_id);
create index planned_sessions_created_by on mgmt.planned_sessions (created_by);

alter table mgmt.planned_sessions enable row level security;
alter table mgmt.planned_sessions force row level security;

create policy "Members read when their table plays" on mgmt.planned_sessions
  for select to authenticated using (tenant_id = (select private.tenant_as('viewer')));
create policy "Dungeon Masters plan sessions of their table" on mgmt.planned_sessions
  for insert to authenticated with check (
    tenant_id = (select private.tenant_as('dm'))
  );
create policy "Dungeon Masters change plans of their table" on mgmt.planned_sessions
  for update to authenticated
  using (tenant_id = (select private.tenant_as('dm')))
  with check (tenant_id = (select private.tenant_as('dm')));

grant select on mgmt.planned_sessions to authenticated, service_role;
grant insert (campaign_id, title, starts_at, guild_id, channel_id) on mgmt.planned_sessions to authenticated;
grant update (campaign_id, title, starts_at, guild_id, channel_id, deleted_at) on mgmt.planned_sessions to authenticated;
-- NOTE: delete is not granted: a plan goes to the bin by deleted_at.

create trigger touch_updated_at before update on mgmt.planned_sessions
  for each row execute function private.touch_updated_at();
select private.has_bin('mgmt.planned_sessions');
create trigger announce_change after insert or update or delete on mgmt.planned_sessions
  for each row execute function private.announce_change('planned_session', 'bin');
select private.audit_writes('mgmt.planned_sessions', 'planned_session', 'title');

comment on table mgmt.planned_sessions is 'Sessions that are meant to be played: when, what, where. Nothing starts by itself. Every member reads them.';
