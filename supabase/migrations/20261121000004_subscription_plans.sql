-- The four plans. Everybody may read the active ones, also signed out: they are the price list.

create table mgmt.subscription_plans (
  id text primary key,
  name text not null,
  tier_order smallint not null unique,
  price_monthly_cents int not null,
  price_yearly_cents int,
  currency text not null default 'usd',
  lookup_key_monthly text unique,
  lookup_key_yearly text unique,
  session_cap int,
  max_session_hours numeric(4, 1) not null,
  max_npcs int,
  max_campaigns int,
  max_seats int,
  max_concurrent_sessions int not null,
  monthly_session_hours numeric(10, 2),
  llm_tier text not null,
  voice_tier text not null,
  custom_voices boolean not null default false,
  knowledge_graph boolean not null default false,
  priority_support boolean not null default false,
  active boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint subscription_plans_id_known check (id in ('apprentice', 'adventurer', 'dungeon_master', 'guild')),
  constraint subscription_plans_llm_tier_known check (llm_tier in ('flash', 'standard', 'premium')),
  constraint subscription_plans_voice_tier_known check (voice_tier in ('basic', 'standard', 'premium')),
  constraint subscription_plans_prices_not_negative check (price_monthly_cents >= 0 and price_yearly_cents >= 0),
  constraint subscription_plans_limits_positive check (
    session_cap > 0 and max_session_hours > 0 and max_npcs > 0 and max_campaigns > 0 and max_seats > 0
    and max_concurrent_sessions > 0 and monthly_session_hours > 0
  )
);

alter table mgmt.subscription_plans enable row level security;
alter table mgmt.subscription_plans force row level security;

create policy "Everybody reads the active plans" on mgmt.subscription_plans
  for select to anon, authenticated using (active);

grant select on mgmt.subscription_plans to anon, authenticated, service_role;
-- NOTE: no write is granted: plans change by migration.

create trigger touch_updated_at before update on mgmt.subscription_plans
  for each row execute function private.touch_updated_at();

comment on table mgmt.subscription_plans is 'The plans and their limits. NULL = unlimited.';
comment on column mgmt.subscription_plans.session_cap is 'Sessions per billing month.';
comment on column mgmt.subscription_plans.max_session_hours is 'Longest session, in hours.';
comment on column mgmt.subscription_plans.max_npcs is 'NPCs per campaign.';
comment on column mgmt.subscription_plans.max_seats is 'Members who can start sessions: owner and Dungeon Masters. Viewers are free.';
comment on column mgmt.subscription_plans.monthly_session_hours is 'Hours per month for the gateway''s own check.';
comment on column mgmt.subscription_plans.lookup_key_monthly is 'Lookup key of the Stripe price.';

insert into mgmt.subscription_plans (
  id, name, tier_order, price_monthly_cents, price_yearly_cents, lookup_key_monthly, lookup_key_yearly,
  session_cap, max_session_hours, max_npcs, max_campaigns, max_seats, max_concurrent_sessions, monthly_session_hours,
  llm_tier, voice_tier, custom_voices, knowledge_graph, priority_support
) values
  ('apprentice', 'Apprentice', 0, 0, null, null, null,
    2, 2, 2, 1, 1, 1, 8, 'flash', 'basic', false, false, false),
  ('adventurer', 'Adventurer', 1, 900, 9000, 'glyphoxa_adventurer_monthly', 'glyphoxa_adventurer_yearly',
    8, 4, 10, 2, 1, 1, 32, 'standard', 'standard', false, false, false),
  ('dungeon_master', 'Dungeon Master', 2, 1900, 19000, 'glyphoxa_dungeon_master_monthly', 'glyphoxa_dungeon_master_yearly',
    null, 8, null, 5, 1, 3, null, 'premium', 'premium', false, true, false),
  ('guild', 'Guild', 3, 2900, 29000, 'glyphoxa_guild_monthly', 'glyphoxa_guild_yearly',
    null, 8, null, 10, 5, 5, null, 'premium', 'premium', true, true, true);
