-- What stays when an account or a table is deleted: docs/decisions/deletion.md.
--
-- The audit log stays, but only who wrote to what and when: no texts, names, addresses. It is added to and never changed, with this
-- one exception: rows of somebody or something that is gone may become poorer. The trigger that guards it decides that by what it
-- sees, not by who asks. Likewise Stripe's events, which stay as amounts, dates and ids.
--
-- An account goes at once; the job account.delete then takes the person out of what stays with others: the name under their lines,
-- their entries in logs, their mark on files.

create table private.account_deletions (
  user_id uuid primary key,
  -- Until the job is done.
  discord_id text,
  display_name text,
  asked_at timestamptz not null,
  purged_at timestamptz,
  created_at timestamptz not null default now()
);
alter table private.account_deletions enable row level security;
alter table private.account_deletions force row level security;
comment on table private.account_deletions is 'Accounts that were deleted. What identified the person is kept until the job account.delete is done.';

-- The audit log

create function private.is_poorer(before jsonb, after jsonb) returns boolean
language sql immutable set search_path = ''
as $$
  select after is not distinct from before or jsonb_typeof(before) = 'object' and jsonb_typeof(after) = 'object' and not exists (
    select from jsonb_each(before) as old
    full join jsonb_each(after) as new using (key)
    where old.value is null or new.value is null or new.value not in (old.value, '"changed"')
  )
$$;
revoke execute on function private.is_poorer(jsonb, jsonb) from public;
comment on function private.is_poorer(jsonb, jsonb) is 'Whether changes of the audit log differ only in fields that say no more than that they changed.';

create function private.keep_audit_entry() returns trigger
language plpgsql set search_path = ''
as $$
begin
  if row(new.id, new.tenant_id, new.actor, new.actor_kind, new.action, new.resource_type, new.resource_id, new.request_id, new.created_at)
      is not distinct from
      row(old.id, old.tenant_id, old.actor, old.actor_kind, old.action, old.resource_type, old.resource_id, old.request_id, old.created_at)
    and coalesce(new.resource_name = old.resource_name, new.resource_name is null)
    and coalesce(new.ip = old.ip, new.ip is null)
    and coalesce(new.user_agent = old.user_agent, new.user_agent is null)
    and private.is_poorer(old.changes, new.changes)
    and private.is_of_the_gone(old)
  then
    return new;
  end if;
  raise insufficient_privilege using message = 'The audit log is only added to.', hint = 'Old months go as whole partitions.';
end
$$;
revoke execute on function private.keep_audit_entry() from public;
comment on function private.keep_audit_entry() is 'Trigger on the audit log: refuses every UPDATE but one that takes names, texts, addresses or devices out of an entry of the gone (42501).';

drop trigger audit_log_keeps_rows on mgmt.audit_log;
create trigger audit_log_keeps_rows before delete on mgmt.audit_log
  for each row execute function private.refuse_audit_change();
create trigger audit_log_keeps_entries before update on mgmt.audit_log
  for each row execute function private.keep_audit_entry();
alter table mgmt.audit_log enable always trigger audit_log_keeps_entries;

create function private.is_of_the_gone(entry mgmt.audit_log) returns boolean
language plpgsql stable security definer set search_path = ''
as $$
begin
  return exists (
      select from private.tenant_deletions as deletion where deletion.tenant_id = entry.tenant_id and deletion.purged_at is not null
    )
    or exists (
      select from private.account_deletions as deletion
      where deletion.user_id = entry.actor
        or entry.resource_type in ('member', 'preference') and deletion.user_id::text = entry.resource_id
        or entry.resource_type in ('invite', 'character') and private.is_named_in(entry.changes, deletion.display_name)
    );
end
$$;
revoke execute on function private.is_of_the_gone(mgmt.audit_log) from public;
comment on function private.is_of_the_gone(mgmt.audit_log) is 'Whether an entry is of a table that was purged, by a person whose account was deleted, or about one: by id, or, until the deletion is done, by name.';

create function private.is_named_in(changes jsonb, name text) returns boolean
language sql immutable set search_path = ''
as $$ select strpos(lower(changes::text), btrim(lower(to_jsonb(name)::text), '"')) > 0 $$;
revoke execute on function private.is_named_in(jsonb, text) from public;
comment on function private.is_named_in(jsonb, text) is 'Whether a name stands anywhere in changes of the audit log.';

create function private.only_that_it_changed(changes jsonb, fields text[] default null) returns jsonb
language sql immutable set search_path = ''
as $$
  select coalesce(
    jsonb_object_agg(key, case when fields is null or key = any (fields) then '"changed"' else value end), '{}'
  )
  from jsonb_each(changes)
$$;
revoke execute on function private.only_that_it_changed(jsonb, text[]) from public;
comment on function private.only_that_it_changed(jsonb, text[]) is 'Changes of the audit log without what these fields (all, if none are named) were before and after.';

-- Stripe's events

create function private.without_person(object jsonb) returns jsonb
language plpgsql immutable set search_path = ''
as $$
declare
  -- Who paid, and links under which Stripe shows it to whoever has them.
  c_personal constant text[] := array[
    'address', 'billing_details', 'client_secret', 'collected_information', 'custom_fields', 'customer_address', 'customer_details',
    'customer_email', 'customer_name', 'customer_phone', 'customer_shipping', 'customer_tax_ids', 'email', 'hosted_invoice_url',
    'invoice_pdf', 'name', 'payment_method_details', 'phone', 'receipt_email', 'receipt_url', 'shipping', 'shipping_details', 'url'
  ];
begin
  return case jsonb_typeof(object)
    when 'object' then coalesce((
      select jsonb_object_agg(key, private.without_person(value)) from jsonb_each(object) where key <> all (c_personal)
    ), '{}')
    when 'array' then coalesce((
      select jsonb_agg(private.without_person(value) order by place) from jsonb_array_elements(object) with ordinality as e (value, place)
    ), '[]')
    else object
  end;
end
$$;
revoke execute on function private.without_person(jsonb) from public;
comment on function private.without_person(jsonb) is 'An event of Stripe without who paid: amounts, dates, ids and plans.';

create or replace function private.keep_payment_event() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if tg_op = 'UPDATE' and row(new.stripe_event_id, new.type, new.created, new.source, new.received_at)
    is not distinct from row(old.stripe_event_id, old.type, old.created, old.source, old.received_at)
    and (
      new.payload is not distinct from old.payload
      or new.payload = private.without_person(old.payload) and private.is_of_purged_table(old)
    )
  then
    return new;
  end if;
  raise exception using errcode = 'insufficient_privilege', message = 'Payment events are kept as they came.';
end
$$;
comment on function private.keep_payment_event() is 'Keeps the log verbatim, also from its owner; of a deleted table without who paid.';

-- What Stripe says of a table after it is gone. By its name before payment_events_stay.
create function private.forget_payer() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if private.is_of_purged_table(new) then
    new.payload := private.without_person(new.payload);
  end if;
  return new;
end
$$;
revoke execute on function private.forget_payer() from public;
comment on function private.forget_payer() is 'Trigger on private.payment_events: news of a table that is gone keep no name.';
create trigger payment_events_forget before update of outcome on private.payment_events
  for each row when (new.outcome = 'ignored') execute function private.forget_payer();

-- Realtime keeps what it sent for some days. Where its tables are not ours to delete from, they go by themselves.

create function private.forget_broadcasts(topics text[], speaker text default null) returns int
language plpgsql security definer set search_path = ''
as $$
declare
  v_count int := 0;
begin
  if has_table_privilege('realtime.messages', 'delete') then
    delete from realtime.messages as sent
    where sent.topic = any (topics) and (speaker is null or sent.event = 'line' and sent.payload ->> 'speaker_id' = speaker);
    get diagnostics v_count = row_count;
  end if;
  return v_count;
end
$$;
revoke execute on function private.forget_broadcasts(text[], text) from public;
comment on function private.forget_broadcasts(text[], text) is 'Removes what was sent on these topics; of one speaker only the lines.';

-- A table

create or replace function private.purge_tenant(tenant_id text) returns boolean
language plpgsql security definer set search_path = ''
as $$
declare
  v_customers text[];
  v_topics text[] := array(
    select 'session:' || session.id from public.sessions as session where session.tenant_id = purge_tenant.tenant_id
  );
begin
  perform from private.tenant_deletions as deletion
  where deletion.tenant_id = purge_tenant.tenant_id and deletion.purged_at is null
  for update;
  if not found then
    return false;
  end if;
  -- An upload that was under way when the table was deleted. The job comes again and finds the file.
  if exists (select from storage.objects as file where starts_with(file.name, purge_tenant.tenant_id || '/')) then
    raise 'There are files left in Storage.' using errcode = 'object_in_use';
  end if;
  -- First what news of payments takes first, so that the two wait for each other and never in a circle.
  if exists (select from public.tenants as tenant where tenant.id = purge_tenant.tenant_id) then
    perform private.lock_billing(purge_tenant.tenant_id);
  end if;
  update private.tenant_deletions as deletion
  set name = '', purged_at = private.now(), stripe_customers = array(
    select unnest(deletion.stripe_customers)
    union
    select customer.stripe_customer_id from private.stripe_customers as customer
    where customer.tenant_id = purge_tenant.tenant_id
  )
  where deletion.tenant_id = purge_tenant.tenant_id
  returning deletion.stripe_customers into v_customers;
  -- What names the tenant by a foreign key goes with it; the gateway's own tables have none.
  delete from public.tenants as tenant where tenant.id = purge_tenant.tenant_id;
  delete from public.npc_definitions as npc where npc.tenant_id = purge_tenant.tenant_id;
  delete from public.sessions as session where session.tenant_id = purge_tenant.tenant_id;
  delete from public.usage_records as usage where usage.tenant_id = purge_tenant.tenant_id;
  execute format('drop schema if exists %I cascade', private.tenant_schema(purge_tenant.tenant_id));
  perform private.forget_broadcasts(v_topics || ('tenant:' || purge_tenant.tenant_id));
  -- What was to be done about it later. Jobs that are in the queue already find nothing and go within days.
  delete from private.outbox as waiting
  where waiting.payload ->> 'tenant_id' = purge_tenant.tenant_id or 'session:' || (waiting.payload ->> 'session_id') = any (v_topics);
  -- Last, since what was deleted here is in the log too.
  update mgmt.audit_log as entry
  set resource_name = null, ip = null, user_agent = null, changes = private.only_that_it_changed(entry.changes)
  where entry.tenant_id = purge_tenant.tenant_id;
  update private.payment_events as event set payload = private.without_person(event.payload)
  where event.tenant_id = purge_tenant.tenant_id or event.customer_id = any (v_customers);
  return true;
end
$$;
comment on function private.purge_tenant(text) is 'Ends the deletion that delete_tenant() began: rows, schema and all. What stays: ids, the audit log and Stripe''s events without texts and names. False when there is nothing (more) to purge; an error while files are left.';

-- An account

create or replace function mgmt.delete_account(confirm text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_person private.person;
  v_tenant text;
begin
  -- A second click waits here, and finds nobody.
  perform from auth.users as account where account.id = auth.uid() for update;
  v_person := private.signed_in_person();
  if v_person.id is null then
    perform private.fail('signed_out', 'You are signed out.', 'Sign in again.');
  end if;
  if lower(btrim(delete_account.confirm)) is distinct from lower(coalesce(v_person.email, v_person.display_name)) then
    perform private.fail('validation', 'confirm: must be your email address.', 'Type it exactly as it is shown.');
  end if;
  v_tenant := private.current_tenant_id();
  if v_tenant is not null then
    perform pg_advisory_xact_lock(hashtextextended('members:' || v_tenant, 0));
    if private.has_role('tenant_owner') and not exists (
      select from mgmt.users as other
      where other.tenant_id = v_tenant and other.id <> v_person.id and other.deleted_at is null
        and other.role in ('tenant_owner', 'super_admin')
    ) then
      perform private.fail('last_owner', 'A table needs an Owner.', 'Hand it over first, or delete the table.');
    end if;
    if private.has_role('dm') and exists (
      select from public.sessions as session where session.tenant_id = v_tenant and session.state <> 'ended'
    ) then
      perform private.fail('session_live', 'A session is on air.', 'End it first.');
    end if;
    -- Bills and warnings go to whoever leads the table now.
    update public.tenants as tenant set contact_email = (
      select other.email from mgmt.users as other
      where other.tenant_id = v_tenant and other.id <> v_person.id and other.deleted_at is null and other.email is not null
        and other.role in ('tenant_owner', 'super_admin')
      order by other.created_at, other.id
      limit 1
    )
    where tenant.id = v_tenant and lower(tenant.contact_email) = v_person.email;
  end if;
  insert into private.account_deletions (user_id, discord_id, display_name, asked_at)
  values (
    v_person.id, v_person.discord_id,
    coalesce((select member.display_name from mgmt.users as member where member.id = v_person.id), v_person.display_name),
    private.now()
  );
  perform private.enqueue('account.delete', jsonb_build_object('user_id', v_person.id));
  update mgmt.invites as invite set discord_id = null, email = null, note = null where invite.used_by = v_person.id;
  -- Sessions, identities, membership, preferences and notifications go with it; what others share (campaigns, lore,
  -- transcripts) stays with the table.
  delete from auth.users as account where account.id = v_person.id;
  return jsonb_build_object('user_id', v_person.id);
end
$$;

create function private.former_player(tenant_id text, deleted private.account_deletions) returns int
language plpgsql security definer set search_path = ''
as $$
declare
  v_lines regclass := private.tenant_table(tenant_id, 'session_entries');
  -- Tied to nobody: lines and character stay together, and apart from other people's.
  v_nobody constant text := 'former-' || encode(extensions.gen_random_bytes(6), 'hex');
  v_sessions text[];
begin
  if v_lines is null then
    return 0;
  end if;
  execute format(
    $query$
      with renamed as (
        update %s as line
        set speaker_id = $2, speaker_name = coalesce(
          (
            select character.name from mgmt.campaign_characters as character
            where character.tenant_id = $3 and character.campaign_id = line.campaign_id and character.discord_id = $1
          ),
          (
            select case campaign.language when 'de' then 'Ehemals am Tisch' when 'fr' then 'Ancien joueur' when 'es' then 'Antiguo jugador' end
            from mgmt.campaigns as campaign where campaign.id = line.campaign_id and campaign.tenant_id = $3
          ),
          'Former player'
        )
        where speaker_id = $1
        returning line.session_id
      )
      select array_agg(distinct session_id) from renamed
    $query$,
    v_lines
  ) into v_sessions using deleted.discord_id, v_nobody, former_player.tenant_id;
  update mgmt.campaign_characters as character
  set discord_id = v_nobody, aliases = array(
    select alias from unnest(character.aliases) as alias where lower(btrim(alias)) <> lower(btrim(deleted.display_name))
  )
  where character.tenant_id = former_player.tenant_id and character.discord_id = deleted.discord_id;
  perform private.summarize_session(former_player.tenant_id, session.id)
  from public.sessions as session
  where session.tenant_id = former_player.tenant_id and session.id = any (v_sessions) and session.state = 'ended';
  perform private.forget_broadcasts(array(select 'session:' || session from unnest(v_sessions) as session), deleted.discord_id);
  return coalesce(cardinality(v_sessions), 0);
end
$$;
revoke execute on function private.former_player(text, private.account_deletions) from public;
comment on function private.former_player(text, private.account_deletions) is 'Puts a character''s name (or "Former player") under what a deleted person said at a table, and an id that is nobody''s; in how many sessions.';

create function private.purge_account(user_id uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  c_personal constant text[] := array['display_name', 'avatar_url', 'user_agent', 'ip'];
  v_deleted private.account_deletions;
  v_tables int := 0;
  v_entries int;
  v_count int;
  v_tenant text;
begin
  select * into v_deleted from private.account_deletions as deletion
  where deletion.user_id = purge_account.user_id and deletion.purged_at is null
  for update;
  if not found then
    return null;
  end if;

  -- Tables this person belonged to, as the log has it, and those that know the Discord account as a player.
  for v_tenant in
    select distinct entry.tenant_id
    from mgmt.audit_log as entry
    where entry.resource_type = 'member' and entry.resource_id = v_deleted.user_id::text
    union
    select character.tenant_id from mgmt.campaign_characters as character where character.discord_id = v_deleted.discord_id
  loop
    if v_deleted.discord_id is not null then
      perform private.former_player(v_tenant, v_deleted);
    end if;
    -- What others noted about the person: for whom an invitation was, under which names they speak.
    update mgmt.audit_log as entry set changes = private.only_that_it_changed(entry.changes, array['note', 'aliases'])
    where entry.tenant_id = v_tenant and entry.resource_type in ('invite', 'character')
      and private.is_named_in(entry.changes, v_deleted.display_name);
    -- That somebody came who is gone is no news any more.
    delete from mgmt.notifications as told
    where told.tenant_id = v_tenant and told.kind = 'invite_accepted' and told.data ->> 'name' = v_deleted.display_name;
    v_tables := v_tables + 1;
  end loop;

  update mgmt.audit_log as entry set ip = null, user_agent = null
  where entry.actor = v_deleted.user_id and (entry.ip is not null or entry.user_agent is not null);
  get diagnostics v_entries = row_count;
  update mgmt.audit_log as entry
  set resource_name = null, changes = private.only_that_it_changed(entry.changes, c_personal)
  where entry.resource_type = 'member' and entry.resource_id = v_deleted.user_id::text;
  get diagnostics v_count = row_count;
  v_entries := v_entries + v_count;

  delete from auth.audit_log_entries as entry where private.sign_in_facts(entry.payload) ->> 'actor_id' = v_deleted.user_id::text;
  delete from auth.flow_state as flow where flow.user_id = v_deleted.user_id;
  update storage.objects as file set owner = null, owner_id = null
  where file.owner_id = v_deleted.user_id::text or file.owner = v_deleted.user_id;
  update private.tenant_deletions as deletion
  set members = array_remove(deletion.members, v_deleted.user_id), asked_by = nullif(deletion.asked_by, v_deleted.user_id)
  where deletion.members @> array[v_deleted.user_id];
  update private.account_deletions as deletion set purged_at = private.now(), discord_id = null, display_name = null
  where deletion.user_id = v_deleted.user_id;
  return jsonb_build_object('tables', v_tables, 'entries', v_entries);
end
$$;
revoke execute on function private.purge_account(uuid) from public;
grant execute on function private.purge_account(uuid) to glyphoxa_worker;
comment on function private.purge_account(uuid) is 'Ends the deletion that delete_account() began: takes the person out of what stays with others. { tables, entries }; null when there is nothing (more) to do.';
