-- What operators do in the embedded stack's Studio. Studio logs in as postgres, whom no policy holds back, so the log is all that
-- tells afterwards who looked at which rows; it writes here before it asks the database.

create function private.record_studio(kind text, what text, writes boolean) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  if record_studio.kind is null or record_studio.kind not in ('sql', 'request') or record_studio.what is null then
    perform private.fail('validation', 'kind: must be sql or request, with what was asked.');
  end if;
  insert into mgmt.audit_log (actor_kind, action, resource_type, resource_id, changes)
  values (
    'operator',
    case when record_studio.writes then 'act' else 'look' end,
    'operations', 'studio',
    jsonb_build_object(record_studio.kind, jsonb_build_object('before', null, 'after',
      case
        when char_length(record_studio.what) > 500 then left(record_studio.what, 500) || '…'
        else record_studio.what
      end
    ))
  );
end
$$;
revoke execute on function private.record_studio(text, text, boolean) from public;
comment on function private.record_studio(text, text, boolean) is 'Writes a statement (kind sql) or a request of the table editor (kind request) of Studio into the audit log: act if it may write, look if not. Only postgres may call it.';
