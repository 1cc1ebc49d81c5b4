-- What a second reading found left of people after they have gone, what operators could still read, and who could make the log
-- poorer than it must become.

-- A picture comes from a provider. Supabase Auth copies what somebody writes at a sign-up by mail into the identity of that mail.

create or replace function private.signed_in_person() returns private.person
language sql stable security definer set search_path = ''
as $$
  select row(
    account.id,
    lower(account.email),
    account.email_confirmed_at is not null,
    (select provider_id from auth.identities where user_id = account.id and provider = 'discord' order by created_at limit 1),
    (select provider_id from auth.identities where user_id = account.id and provider = 'google' order by created_at limit 1),
    (select provider_id from auth.identities where user_id = account.id and provider = 'github' order by created_at limit 1),
    left(coalesce(
      nullif(btrim(account.raw_user_meta_data #>> '{custom_claims,global_name}'), ''),
      nullif(btrim(account.raw_user_meta_data ->> 'full_name'), ''),
      nullif(btrim(account.raw_user_meta_data ->> 'name'), ''),
      nullif(btrim(account.raw_user_meta_data ->> 'user_name'), ''),
      nullif(split_part(account.email, '@', 1), ''),
      'Adventurer'
    ), 80),
    (
      select identity.identity_data ->> 'avatar_url'
      from auth.identities as identity
      where identity.user_id = account.id and identity.provider in ('discord', 'google', 'github')
        and identity.identity_data ->> 'avatar_url' ~ '^https://\S+$'
        and char_length(identity.identity_data ->> 'avatar_url') <= 500
      order by identity.last_sign_in_at desc nulls last, identity.id
      limit 1
    )
  )::private.person
  from auth.users as account
  where account.id = auth.uid()
$$;

-- Entries of the knowledge map are known by an id that has their name in it (npc-0-greta), written by people or made of their words.

create function private.impersonal_id(resource_type text, resource_id text) returns text
language sql immutable set search_path = ''
as $$
  select case when impersonal_id.resource_type = 'knowledge' then md5(impersonal_id.resource_id) else impersonal_id.resource_id end
$$;
revoke execute on function private.impersonal_id(text, text) from public;
comment on function private.impersonal_id(text, text) is 'The id of a thing in the audit log where nobody may read its name: the same for the same thing, and without words.';

create or replace function private.keep_audit_entry() returns trigger
language plpgsql set search_path = ''
as $$
begin
  if row(new.id, new.tenant_id, new.actor, new.actor_kind, new.action, new.resource_type, new.request_id, new.created_at)
      is not distinct from
      row(old.id, old.tenant_id, old.actor, old.actor_kind, old.action, old.resource_type, old.request_id, old.created_at)
    and new.resource_id in (old.resource_id, private.impersonal_id(old.resource_type, old.resource_id))
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
comment on function private.keep_audit_entry() is 'Trigger on the audit log: refuses every UPDATE but one that takes names (also those within ids), texts, addresses or devices out of an entry of the gone (42501).';

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
  set resource_id = private.impersonal_id(entry.resource_type, entry.resource_id), resource_name = null, ip = null, user_agent = null, changes = private.only_that_it_changed(entry.changes)
  where entry.tenant_id = purge_tenant.tenant_id;
  update private.payment_events as event set payload = private.without_person(event.payload)
  where event.tenant_id = purge_tenant.tenant_id or event.customer_id = any (v_customers);
  return true;
end
$$;

create or replace function mgmt.admin_audit(
  tenant text default null, actor uuid default null, actor_kind text default null, kind text default null,
  thing text default null,
  since timestamptz default null, until timestamptz default null, before bigint default null, "limit" int default 50
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_limit int := private.page_size(admin_audit."limit");
begin
  perform private.as_operator('admin_audit', null, jsonb_build_object(
    'tenant', admin_audit.tenant, 'actor', admin_audit.actor, 'actor_kind', admin_audit.actor_kind, 'kind', admin_audit.kind, 'thing', admin_audit.thing,
    'since', admin_audit.since, 'until', admin_audit.until
  ));
  return (
    with page as (
      select entry.*
      from mgmt.audit_log as entry
      where (admin_audit.tenant is null or entry.tenant_id = admin_audit.tenant)
        and (admin_audit.actor is null or entry.actor = admin_audit.actor)
        and (admin_audit.actor_kind is null or entry.actor_kind = admin_audit.actor_kind)
        and (admin_audit.kind is null or entry.resource_type = admin_audit.kind)
        and (
          admin_audit.thing is null
          or entry.resource_id = admin_audit.thing and entry.resource_type <> 'knowledge'
          or private.impersonal_id(entry.resource_type, entry.resource_id) = admin_audit.thing
        )
        and (admin_audit.since is null or entry.created_at >= admin_audit.since)
        and (admin_audit.until is null or entry.created_at < admin_audit.until)
        and (admin_audit.before is null or entry.id < admin_audit.before)
      order by entry.id desc
      limit v_limit
    )
    select jsonb_build_object(
      'rows', coalesce(jsonb_agg(
        to_jsonb(page)
        || case when not private.is_fact(page.resource_type) then jsonb_build_object(
          'resource_id', private.impersonal_id(page.resource_type, page.resource_id), 'resource_name', null,
          'changes', (select coalesce(jsonb_object_agg(field, 'changed'), '{}') from jsonb_object_keys(page.changes) as field)
        ) else '{}' end
        || jsonb_build_object(
          'tenant_name', (select known.name from public.tenants as known where known.id = page.tenant_id),
          'actor_name', (select known.display_name from mgmt.users as known where known.id = page.actor)
        ) order by page.id desc
      ), '[]'),
      'next', case when count(*) = v_limit then min(page.id) end
    )
    from page
  );
end
$$;
comment on function mgmt.admin_audit(text, uuid, text, text, text, timestamptz, timestamptz, bigint, int) is 'Super admins: the audit log of all tables, newest first: { rows: [audit_log row with tenant_name, actor_name], next }; next as before gives the page after. What people wrote is not in it: such a field says changed, such a thing has no name, and no words in its id. actor_kind: user, operator, system, gateway. 403 forbidden.';

-- Whose entries become poorer was decided by a name as part of any text: somebody who called themselves "e" took all notes and
-- aliases out of their table's log by leaving. Now by ids where there are any, and by the name as whole words.

alter table private.account_deletions add column email text, add column invites text[] not null default '{}';
create index account_deletions_pending on private.account_deletions (user_id) where purged_at is null;
create index audit_log_operations on mgmt.audit_log (id) where resource_type = 'operations';

create function private.as_words(text text) returns text
language sql immutable set search_path = ''
as $$ select ' ' || btrim(regexp_replace(lower(as_words.text), '[\x01-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]+', ' ', 'g')) || ' ' $$;
revoke execute on function private.as_words(text) from public;
comment on function private.as_words(text) is 'Words of a text between single blanks. What is no ASCII counts as a letter, in whatever locale.';

create or replace function private.is_named_in(changes jsonb, name text) returns boolean
language sql immutable set search_path = ''
as $$
  select btrim(private.as_words(is_named_in.name)) <> '' and exists (
    select from jsonb_path_query(is_named_in.changes, '$.** ? (@.type() == "string")') as said (value)
    where strpos(private.as_words(said.value #>> '{}'), private.as_words(is_named_in.name)) > 0
  )
$$;
comment on function private.is_named_in(jsonb, text) is 'Whether a name stands anywhere in changes of the audit log, as whole words.';

create function private.fields_with(changes jsonb, variadic ids text[]) returns text[]
language sql immutable set search_path = ''
as $$
  select array(
    select field.key from jsonb_each_text(fields_with.changes) as field
    where exists (select from unnest(fields_with.ids) as sought (id) where strpos(lower(field.value), lower(sought.id)) > 0)
    order by field.key
  )
$$;
revoke execute on function private.fields_with(jsonb, text[]) from public;
comment on function private.fields_with(jsonb, text[]) is 'Fields of changes of the audit log in which one of these ids or addresses stands.';

create or replace function private.is_of_the_gone(entry mgmt.audit_log) returns boolean
language plpgsql stable security definer set search_path = ''
as $$
begin
  return exists (
      select from private.tenant_deletions as deletion where deletion.tenant_id = entry.tenant_id and deletion.purged_at is not null
    )
    or exists (select from private.account_deletions as deletion where deletion.user_id = entry.actor)
    or entry.resource_type in ('member', 'preference') and pg_input_is_valid(entry.resource_id, 'uuid') and exists (
      select from private.account_deletions as deletion where deletion.user_id = entry.resource_id::uuid
    )
    or entry.resource_type in ('invite', 'character', 'operations') and exists (
      select from private.account_deletions as deletion
      where deletion.purged_at is null and case entry.resource_type
        when 'operations' then private.fields_with(entry.changes, deletion.email, deletion.discord_id) <> '{}'
        when 'invite' then entry.resource_id = any (deletion.invites) or private.is_named_in(entry.changes, deletion.display_name)
        else private.is_named_in(entry.changes, deletion.display_name)
      end
    );
end
$$;
comment on function private.is_of_the_gone(mgmt.audit_log) is 'Whether an entry is of a table that was purged, by a person whose account was deleted, or about one: by id, or, until the deletion is done, by the invitation taken, by name, or by the address an operator looked for.';

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
  insert into private.account_deletions (user_id, discord_id, email, display_name, asked_at)
  values (
    v_person.id, v_person.discord_id, case when v_person.email_verified then v_person.email end,
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

create or replace function private.purge_account(user_id uuid) returns jsonb
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
  -- Which invitations brought the person here: the log knows it longer than the invitations live.
  v_deleted.invites := array(
    select distinct taken.resource_id
    from mgmt.audit_log as taken
    where taken.resource_type = 'invite' and taken.changes #>> '{used_by,after}' = v_deleted.user_id::text
      and taken.tenant_id in (
        select joined.tenant_id from mgmt.audit_log as joined
        where joined.resource_type = 'member' and joined.resource_id = v_deleted.user_id::text
      )
  );
  update private.account_deletions as deletion set invites = v_deleted.invites where deletion.user_id = v_deleted.user_id;

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
      and (
        entry.resource_type = 'invite' and entry.resource_id = any (v_deleted.invites)
        or private.is_named_in(entry.changes, v_deleted.display_name)
      );
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
  -- Whom operators looked for.
  update mgmt.audit_log as entry
  set changes = private.only_that_it_changed(entry.changes, private.fields_with(entry.changes, v_deleted.email, v_deleted.discord_id))
  where entry.resource_type = 'operations'
    and private.fields_with(entry.changes, v_deleted.email, v_deleted.discord_id) <> '{}';
  get diagnostics v_count = row_count;
  v_entries := v_entries + v_count;

  delete from auth.audit_log_entries as entry where private.sign_in_facts(entry.payload) ->> 'actor_id' = v_deleted.user_id::text;
  delete from auth.flow_state as flow where flow.user_id = v_deleted.user_id;
  update storage.objects as file set owner = null, owner_id = null
  where file.owner_id = v_deleted.user_id::text or file.owner = v_deleted.user_id;
  update private.tenant_deletions as deletion
  set members = array_remove(deletion.members, v_deleted.user_id), asked_by = nullif(deletion.asked_by, v_deleted.user_id)
  where deletion.members @> array[v_deleted.user_id];
  update private.account_deletions as deletion set purged_at = private.now(), discord_id = null, email = null, display_name = null, invites = '{}'
  where deletion.user_id = v_deleted.user_id;
  return jsonb_build_object('tables', v_tables, 'entries', v_entries);
end
$$;
