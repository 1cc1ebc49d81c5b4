-- Whoever leaves, is removed or gets another role loses open Realtime channels at once: the embedded stack's server listens for
-- this hint and asks the policies again. It is no more than a hint: without it the server finds out within seconds, and on hosted
-- Supabase with the next token (docs/decisions/realtime-reauthorization.md).

create function private.hint_of_changed_rights() returns trigger
language plpgsql set search_path = ''
as $$
begin
  perform pg_catalog.pg_notify('realtime_reauthorize', '');
  return null;
end
$$;
revoke execute on function private.hint_of_changed_rights() from public;
comment on function private.hint_of_changed_rights() is 'Trigger on mgmt.users: somebody''s rights have changed, whoever holds channels open should ask again. Names nobody: anybody may listen.';

create trigger hint_of_changed_rights after update of tenant_id, role, deleted_at on mgmt.users
  for each row when ((old.tenant_id, old.role, old.deleted_at) is distinct from (new.tenant_id, new.role, new.deleted_at))
  execute function private.hint_of_changed_rights();
create trigger hint_of_deleted_member after delete on mgmt.users
  for each row execute function private.hint_of_changed_rights();
