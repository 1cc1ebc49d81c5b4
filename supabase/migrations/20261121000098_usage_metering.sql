-- What a session used, and what that costs about.
--
-- The gateway may report tokens, seconds and characters in public.usage_records, per tenant and month; today it reports hours
-- only. What it did not report stays null and is shown as "not reported". The cost is then estimated by the length of the
-- session; it is an estimate in any case and never a bill.

create table private.provider_rates (
  provider text not null,
  model text not null,
  unit text not null,
  nano_usd bigint not null,
  valid_from date not null,
  source text not null,
  created_at timestamptz not null default now(),
  primary key (provider, model, unit, valid_from),
  constraint provider_rates_unit_known check (unit in ('llm_token_in', 'llm_token_out', 'stt_second', 'tts_character')),
  constraint provider_rates_not_negative check (nano_usd >= 0)
);
alter table private.provider_rates enable row level security;
alter table private.provider_rates force row level security;
comment on table private.provider_rates is 'List prices of the services, as data: a new price is a new row, old sessions keep theirs.';
comment on column private.provider_rates.nano_usd is 'Billionths of a US dollar per unit: $2.50 per million tokens is 2500.';

insert into private.provider_rates (provider, model, unit, nano_usd, valid_from, source) values
  ('gemini', 'gemini-2.0-flash', 'llm_token_in', 100, '2025-02-05', 'ai.google.dev/gemini-api/docs/pricing, May 2026: $0.10 per million'),
  ('gemini', 'gemini-2.0-flash', 'llm_token_out', 400, '2025-02-05', 'ai.google.dev/gemini-api/docs/pricing, May 2026: $0.40 per million'),
  ('openai', 'gpt-4o-mini', 'llm_token_in', 150, '2024-07-18', 'platform.openai.com/docs/pricing, May 2026: $0.15 per million'),
  ('openai', 'gpt-4o-mini', 'llm_token_out', 600, '2024-07-18', 'platform.openai.com/docs/pricing, May 2026: $0.60 per million'),
  ('openai', 'gpt-4o', 'llm_token_in', 2500, '2024-10-01', 'platform.openai.com/docs/pricing, May 2026: $2.50 per million'),
  ('openai', 'gpt-4o', 'llm_token_out', 10000, '2024-10-01', 'platform.openai.com/docs/pricing, May 2026: $10.00 per million'),
  ('deepgram', 'nova-2', 'stt_second', 98333, '2024-01-01', 'deepgram.com/pricing, 2026: streaming, $0.0059 per minute'),
  ('piper', 'piper', 'tts_character', 0, '2024-01-01', 'runs on one''s own machines'),
  ('gtts', 'gtts', 'tts_character', 0, '2024-01-01', 'no price'),
  ('openai', 'tts-1', 'tts_character', 15000, '2023-11-06', 'platform.openai.com/docs/pricing: $15 per million characters'),
  ('elevenlabs', 'eleven_flash_v2_5', 'tts_character', 50000, '2026-06-01', 'elevenlabs.io/pricing/api, June 2026: $0.05 per thousand characters'),
  ('elevenlabs', 'eleven_multilingual_v2', 'tts_character', 100000, '2026-06-01', 'elevenlabs.io/pricing/api, June 2026: $0.10 per thousand characters');

create table private.usage_assumptions (
  unit text primary key,
  per_hour numeric not null,
  reason text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint usage_assumptions_unit_known check (unit in ('llm_token_in', 'llm_token_out', 'stt_second', 'tts_character')),
  constraint usage_assumptions_positive check (per_hour > 0)
);
alter table private.usage_assumptions enable row level security;
alter table private.usage_assumptions force row level security;
create trigger touch_updated_at before update on private.usage_assumptions
  for each row execute function private.touch_updated_at();
comment on table private.usage_assumptions is 'What an hour on air uses where nothing is reported. Together with the rates they come near to the billing document''s costs of a session of four hours: $0.80, $2.00 and $6.40.';

insert into private.usage_assumptions (unit, per_hour, reason) values
  ('llm_token_in', 240000, 'eighty turns of about 3,000 tokens: personality, topics and what was said before'),
  ('llm_token_out', 12000, 'eighty answers of about 150 tokens'),
  ('stt_second', 1800, 'people speak half of the time'),
  ('tts_character', 6000, 'eighty answers of about 75 characters');

create function private.rate(provider text, model text, unit text, at date) returns bigint
language sql stable security definer set search_path = ''
as $$
  select price.nano_usd
  from private.provider_rates as price
  where price.provider = rate.provider and price.model = rate.model and price.unit = rate.unit
  -- A session from before the first known price costs what that says.
  order by price.valid_from <= rate.at desc, case when price.valid_from <= rate.at then price.valid_from end desc, price.valid_from
  limit 1
$$;
revoke execute on function private.rate(text, text, text, date) from public;
comment on function private.rate(text, text, text, date) is 'Nano-dollars per unit on that day; null for what has no price here.';

create function private.llm_model(llm_tier text, out provider text, out model text)
language sql immutable set search_path = ''
as $$
  select case llm_tier when 'flash' then 'gemini' else 'openai' end,
    case llm_tier when 'flash' then 'gemini-2.0-flash' when 'standard' then 'gpt-4o-mini' else 'gpt-4o' end
$$;
revoke execute on function private.llm_model(text) from public;
comment on function private.llm_model(text) is 'The language model that a plan''s tier stands for (billing document, section 2).';

create function private.tts_model(voice jsonb, out provider text, out model text)
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_tier text := private.voice_tier(voice);
begin
  select catalog.provider into provider from mgmt.voice_catalog as catalog where catalog.voice_id = btrim(voice ->> 'voice_id');
  provider := coalesce(provider, case v_tier when 'basic' then 'piper' else 'elevenlabs' end);
  model := case provider
    when 'openai' then 'tts-1'
    when 'elevenlabs' then case v_tier when 'premium' then 'eleven_multilingual_v2' else 'eleven_flash_v2_5' end
    else provider
  end;
end
$$;
revoke execute on function private.tts_model(jsonb) from public;
comment on function private.tts_model(jsonb) is 'Service and model that speak with a voice. Definer: as private.voice_tier().';

create table mgmt.usage_metering (
  id bigint generated always as identity primary key,
  tenant_id text not null references public.tenants (id) on delete cascade,
  session_id text not null unique,
  campaign_id text not null,
  plan_id text not null,
  period date not null,
  session_seconds int not null,
  llm_tokens bigint,
  stt_seconds numeric(10, 2),
  tts_characters bigint,
  llm_provider text,
  llm_model text,
  stt_provider text,
  tts_provider text,
  llm_cost_usd numeric(12, 6),
  stt_cost_usd numeric(12, 6),
  tts_cost_usd numeric(12, 6),
  total_cost_usd numeric(12, 6) generated always as (llm_cost_usd + stt_cost_usd + tts_cost_usd) stored,
  estimated boolean not null,
  created_at timestamptz not null default private.now(),
  constraint usage_metering_not_negative check (
    session_seconds >= 0 and llm_tokens > 0 and stt_seconds > 0 and tts_characters > 0
  )
);
create index usage_metering_tenant on mgmt.usage_metering (tenant_id, period);

alter table mgmt.usage_metering enable row level security;
alter table mgmt.usage_metering force row level security;

create policy "Owners read what their sessions cost" on mgmt.usage_metering
  for select to authenticated using (tenant_id = (select private.tenant_as('tenant_owner')));

grant select on mgmt.usage_metering to authenticated, service_role;
-- NOTE: no write is granted to anybody: private.meter_session() adds rows, and nothing changes them.

comment on table mgmt.usage_metering is 'Use and estimated cost of each session that was on air. Append-only.';
comment on column mgmt.usage_metering.llm_tokens is 'As the voice service reported; null = not reported, never 0. So also stt_seconds and tts_characters.';
comment on column mgmt.usage_metering.llm_cost_usd is 'Estimated, in US dollars; null where people use their own keys, whose prices nobody here knows.';
comment on column mgmt.usage_metering.estimated is 'Whether any amount behind the costs was assumed by the length of the session.';

-- How far the gateway's monthly book has been shared out among sessions.
create table private.usage_seen (
  tenant_id text not null references public.tenants (id) on delete cascade,
  period date not null,
  sessions int not null,
  llm_tokens bigint not null,
  stt_seconds numeric(10, 2) not null,
  tts_characters bigint not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, period)
);
alter table private.usage_seen enable row level security;
alter table private.usage_seen force row level security;
create trigger touch_updated_at before update on private.usage_seen
  for each row execute function private.touch_updated_at();
comment on table private.usage_seen is 'What public.usage_records said when a session was last metered, and how many sessions had ended in that month by then. Only what came with exactly one more session is that session''s.';

create function private.meter_session(session_id text) returns boolean
language plpgsql security definer set search_path = ''
as $$
#variable_conflict use_column
declare
  v_session public.sessions;
  v_begun mgmt.billing_events;
  v mgmt.usage_metering;
  v_per_hour jsonb;
  v_hours numeric;
  v_day date;
  v_month date;
  v_ended int;
  v_waiting int;
  v_reported public.usage_records;
  v_seen private.usage_seen;
  v_share_in numeric;
  v_tokens numeric;
  v_tts_rate numeric;
begin
  select * into v_session
  from public.sessions as session
  where session.id = meter_session.session_id and session.state = 'ended' and session.activated_at is not null;
  if not found then
    return false;
  end if;
  -- What a month has in it is shared out among its sessions, one at a time.
  perform pg_advisory_xact_lock(hashtextextended('meter:' || v_session.tenant_id, 0));
  perform private.book_session(v_session);
  if exists (select from mgmt.usage_metering as metered where metered.session_id = v_session.id) then
    return false;
  end if;
  select * into v_begun
  from mgmt.billing_events as event
  where event.session_id = v_session.id and event.event_type = 'session_start';

  v.session_seconds := round(private.session_seconds(v_session));
  v_hours := v.session_seconds / 3600.0;
  v_day := (v_session.ended_at at time zone 'UTC')::date;

  -- The gateway books a session into the month of its end, by the real clock.
  v_month := private.month_of(v_session.ended_at - private.clock_offset());
  select count(*), count(*) filter (
    where other.id <> v_session.id
      and not exists (select from mgmt.usage_metering as metered where metered.session_id = other.id)
  )
  into v_ended, v_waiting
  from public.sessions as other
  where other.tenant_id = v_session.tenant_id and other.state = 'ended' and other.activated_at is not null
    and private.month_of(other.ended_at - private.clock_offset()) = v_month;
  select * into v_reported
  from public.usage_records as record
  where record.tenant_id = v_session.tenant_id and record.period = v_month;
  select * into v_seen
  from private.usage_seen as seen
  where seen.tenant_id = v_session.tenant_id and seen.period = v_month;
  -- Where several sessions ended since one looked last, nobody can tell which of them used what.
  if v_waiting = 0 and v_ended = coalesce(v_seen.sessions, 0) + 1 then
    v.llm_tokens := nullif(greatest(v_reported.llm_tokens - coalesce(v_seen.llm_tokens, 0), 0), 0);
    v.stt_seconds := nullif(greatest(v_reported.stt_seconds - coalesce(v_seen.stt_seconds, 0), 0), 0);
    v.tts_characters := nullif(greatest(v_reported.tts_chars - coalesce(v_seen.tts_characters, 0), 0), 0);
  end if;
  insert into private.usage_seen as seen (tenant_id, period, sessions, llm_tokens, stt_seconds, tts_characters)
  values (
    v_session.tenant_id, v_month, v_ended, coalesce(v_reported.llm_tokens, 0), coalesce(v_reported.stt_seconds, 0),
    coalesce(v_reported.tts_chars, 0)
  )
  on conflict (tenant_id, period) do update set
    sessions = excluded.sessions, llm_tokens = excluded.llm_tokens, stt_seconds = excluded.stt_seconds,
    tts_characters = excluded.tts_characters;

  select jsonb_object_agg(assumption.unit, assumption.per_hour) into v_per_hour from private.usage_assumptions as assumption;
  v.estimated := v.llm_tokens is null or v.stt_seconds is null or v.tts_characters is null;

  -- On their own keys people use models that only they know, at prices that only they know.
  if private.deployment_mode() = 'managed' then
    select model.provider, model.model into v.llm_provider, v.llm_model
    from mgmt.subscription_plans as plan
    cross join lateral private.llm_model(plan.llm_tier) as model
    where plan.id = v_begun.plan_id;
    v.stt_provider := 'deepgram';
    -- Several voices share the talking evenly.
    select avg(private.rate(model.provider, model.model, 'tts_character', v_day)), mode() within group (order by model.provider)
    into v_tts_rate, v.tts_provider
    from public.npc_definitions as npc
    cross join lateral private.tts_model(npc.voice) as model
    where npc.tenant_id = v_session.tenant_id and npc.campaign_id = v_session.campaign_id
      and coalesce(npc.voice ->> 'voice_id', '') <> '';

    v_share_in := (v_per_hour ->> 'llm_token_in')::numeric
      / ((v_per_hour ->> 'llm_token_in')::numeric + (v_per_hour ->> 'llm_token_out')::numeric);
    v_tokens := coalesce(
      v.llm_tokens, v_hours * ((v_per_hour ->> 'llm_token_in')::numeric + (v_per_hour ->> 'llm_token_out')::numeric)
    );
    v.llm_cost_usd := v_tokens / 1e9 * (
      v_share_in * private.rate(v.llm_provider, v.llm_model, 'llm_token_in', v_day)
      + (1 - v_share_in) * private.rate(v.llm_provider, v.llm_model, 'llm_token_out', v_day)
    );
    v.stt_cost_usd := coalesce(v.stt_seconds, v_hours * (v_per_hour ->> 'stt_second')::numeric) / 1e9
      * private.rate('deepgram', 'nova-2', 'stt_second', v_day);
    v.tts_cost_usd := coalesce(v.tts_characters, v_hours * (v_per_hour ->> 'tts_character')::numeric) / 1e9
      * coalesce(v_tts_rate, 0);
  end if;

  insert into mgmt.usage_metering (
    tenant_id, session_id, campaign_id, plan_id, period, session_seconds, llm_tokens, stt_seconds, tts_characters,
    llm_provider, llm_model, stt_provider, tts_provider, llm_cost_usd, stt_cost_usd, tts_cost_usd, estimated
  )
  values (
    v_session.tenant_id, v_session.id, v_session.campaign_id, v_begun.plan_id, v_begun.period,
    v.session_seconds, v.llm_tokens, v.stt_seconds, v.tts_characters, v.llm_provider, v.llm_model, v.stt_provider,
    v.tts_provider, v.llm_cost_usd, v.stt_cost_usd, v.tts_cost_usd, v.estimated
  );
  return true;
end
$$;
revoke execute on function private.meter_session(text) from public;
grant execute on function private.meter_session(text) to glyphoxa_worker;
comment on function private.meter_session(text) is 'Meters an ended session once: true if this call did. False for one that never was on air, still is, or is gone. The job usage.meter. Definer: it reads plans and writes what nobody may.';

create function private.meter_missed() returns int
language plpgsql security definer set search_path = ''
as $$
declare
  v_session text;
  v_metered int := 0;
begin
  for v_session in
    select session.id
    from public.sessions as session
    where session.state = 'ended' and session.activated_at is not null
      and session.ended_at between private.now() - interval '35 days' and private.now() - interval '10 minutes'
      and not exists (select from mgmt.usage_metering as metered where metered.session_id = session.id)
      and exists (select from public.tenants as tenant where tenant.id = session.tenant_id)
    order by session.ended_at
    limit 1000
  loop
    if private.meter_session(v_session) then
      v_metered := v_metered + 1;
    end if;
  end loop;
  return v_metered;
end
$$;
revoke execute on function private.meter_missed() from public;
grant execute on function private.meter_missed() to glyphoxa_worker;
comment on function private.meter_missed() is 'Meters sessions of the last 35 days that no job metered, and returns their number. For the daily clean-up.';
