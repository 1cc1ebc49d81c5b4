-- Three things that every later migration uses: settings, the clock, and how an error is raised.

create table private.settings (
  key text primary key,
  value jsonb not null,
  updated_at timestamptz not null default now(),
  constraint settings_key_known check (key in ('deployment.mode', 'clock.offset')),
  constraint settings_mode_known check (key <> 'deployment.mode' or value in ('"selfhosted"', '"licensed"', '"managed"')),
  constraint settings_offset_is_interval check (key <> 'clock.offset' or (value #>> '{}')::interval is not null)
);
alter table private.settings enable row level security;
alter table private.settings force row level security;
-- NOTE: nothing is granted: settings are changed by the operator as postgres, by SQL.
comment on table private.settings is 'deployment.mode: selfhosted (no billing), licensed, managed (plans and Stripe). clock.offset: an interval, for tests only.';

insert into private.settings (key, value) values ('deployment.mode', '"selfhosted"'), ('clock.offset', '"0 seconds"');

-- plpgsql although they are single statements: its plans are kept, and the clock is asked in nearly every statement.

create function private.deployment_mode() returns text
language plpgsql stable security definer set search_path = ''
as $$
begin
  return (select value #>> '{}' from private.settings where key = 'deployment.mode');
end
$$;
revoke execute on function private.deployment_mode() from public;
comment on function private.deployment_mode() is 'selfhosted, licensed or managed. Definer: settings are readable by nobody.';

create function private.clock_offset() returns interval
language plpgsql stable security definer set search_path = ''
as $$
begin
  return (select (value #>> '{}')::interval from private.settings where key = 'clock.offset');
end
$$;
revoke execute on function private.clock_offset() from public;
comment on function private.clock_offset() is 'How far the product''s clock is ahead of the real one: zero outside of tests.';

create function private.now() returns timestamptz
language plpgsql stable security definer set search_path = ''
as $$
begin
  return pg_catalog.now() + private.clock_offset();
end
$$;
revoke execute on function private.now() from public;
grant execute on function private.now() to authenticated, service_role, glyphoxa_gateway;
comment on function private.now() is 'The product''s clock. Everything that judges time asks it, so that tests can travel without sleeping.';

-- The same codes and statuses as in domain/errors.ts; a test compares the two.
create function private.error_status(code text) returns text
language sql immutable set search_path = ''
as $$
  select case
    when code in ('validation', 'bad_snowflake', 'bundle_invalid') then '422'
    when code in ('signed_out') then '401'
    when code in ('forbidden', 'role_too_high') then '403'
    when code in ('not_found', 'no_account') then '404'
    when code in (
      'conflict', 'name_taken', 'concurrent_limit', 'campaign_busy', 'guild_busy', 'campaign_mismatch', 'no_npcs',
      'session_live', 'session_ended', 'bot_missing', 'guild_unknown', 'guild_taken', 'last_owner', 'own_role',
      'already_in_table', 'invite_other_person'
    ) then '409'
    when code in ('gone', 'invite_expired', 'invite_used', 'invite_revoked') then '410'
    when code in (
      'session_cap_reached', 'subscription_suspended', 'subscription_canceled', 'trial_ended', 'no_subscription',
      'npc_limit', 'llm_tier', 'voice_tier', 'campaign_limit', 'seat_limit', 'feature_locked'
    ) then '402'
    when code = 'rate_limited' then '429'
  end
$$;
revoke execute on function private.error_status(text) from public;
grant execute on function private.error_status(text) to authenticated, service_role;
comment on function private.error_status(text) is 'HTTP status of a stable error code; null for a code that SQL does not raise.';

create function private.fail(code text, message text, hint text default null) returns void
language plpgsql set search_path = ''
as $$
begin
  raise exception using
    errcode = 'PT' || private.error_status(fail.code),
    message = fail.message,
    detail = fail.code,
    hint = coalesce(fail.hint, '');
end
$$;
revoke execute on function private.fail(text, text, text) from public;
grant execute on function private.fail(text, text, text) to authenticated, service_role;
comment on function private.fail(text, text, text) is 'Raises PTxyz: the API answers with that status, message for a person, detail = stable code, hint = next step.';

create function private.touch_updated_at() returns trigger
language plpgsql set search_path = ''
as $$
begin
  new.updated_at := pg_catalog.now();
  return new;
end
$$;
revoke execute on function private.touch_updated_at() from public;

create function private.is_text_list(list jsonb, max_items int, max_length int) returns boolean
language sql immutable set search_path = ''
as $$
  select case
    when jsonb_typeof(list) is distinct from 'array' then false
    when jsonb_array_length(list) > max_items then false
    else not exists (
      select from jsonb_array_elements(list) as item
      where jsonb_typeof(item) <> 'string' or char_length(item #>> '{}') > max_length
    )
  end
$$;
revoke execute on function private.is_text_list(jsonb, int, int) from public;
grant execute on function private.is_text_list(jsonb, int, int) to authenticated, service_role, glyphoxa_gateway;
comment on function private.is_text_list(jsonb, int, int) is 'True for a JSON array of at most max_items strings of at most max_length characters each.';

create trigger touch_updated_at before update on private.settings
  for each row execute function private.touch_updated_at();
