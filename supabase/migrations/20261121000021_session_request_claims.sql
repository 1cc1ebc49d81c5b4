-- Who takes a start to the gateway. A press may be sent twice; the gateway must be asked once.

create table private.session_request_claims (
  request_id uuid primary key references mgmt.session_requests (id) on delete cascade,
  claimed_at timestamptz not null default now()
);
alter table private.session_request_claims enable row level security;
alter table private.session_request_claims force row level security;
-- NOTE: nothing is granted: claim_session_request() is the only way in.
comment on table private.session_request_claims is 'Starts that one call has taken to the gateway. A second call for the same request follows the row instead.';

create function mgmt.claim_session_request(request uuid) returns boolean
language plpgsql security definer set search_path = ''
as $$
begin
  insert into private.session_request_claims (request_id)
  select asked.id from mgmt.session_requests as asked
  where asked.id = claim_session_request.request and asked.state = 'asked'
  on conflict do nothing;
  return found;
end
$$;
revoke execute on function mgmt.claim_session_request(uuid) from public;
grant execute on function mgmt.claim_session_request(uuid) to service_role;
comment on function mgmt.claim_session_request(uuid) is 'True for the one call that may take this open request to the gateway, false for every other. The service role only.';
