-- A start that nobody carries any more says so.
--
-- The call that took a start to the gateway settles it; if its process dies on the way, and no session was made, the row
-- would be `asked` for ever and its page would wait for ever. Whoever asks for the row settles it by the clock.

create function mgmt.session_request(request uuid) returns mgmt.session_requests
language plpgsql security definer set search_path = ''
as $$
#variable_conflict use_column
declare
  v_tenant text := private.require_role('dm');
  v_request mgmt.session_requests;
begin
  -- The gateway takes two minutes at most, its caller a little more. created_at is of the real clock, so this is too.
  update mgmt.session_requests as given_up
  set
    state = 'failed', error_code = 'gateway_timeout',
    error_message = 'The voice service has not answered this start.'
  where given_up.id = session_request.request and given_up.tenant_id = v_tenant and given_up.state = 'asked'
    and given_up.created_at < pg_catalog.now() - interval '5 minutes';
  select * into v_request
  from mgmt.session_requests as asked
  where asked.id = session_request.request and asked.tenant_id = v_tenant;
  if not found then
    perform private.fail('not_found', 'This start is not here, or not yours.', 'Start a session.');
  end if;
  return v_request;
end
$$;
revoke execute on function mgmt.session_request(uuid) from public;
grant execute on function mgmt.session_request(uuid) to authenticated;
comment on function mgmt.session_request(uuid) is 'A start of the caller''s table; one that nobody settled for five minutes has failed with gateway_timeout. 403 forbidden, 404 not_found.';
