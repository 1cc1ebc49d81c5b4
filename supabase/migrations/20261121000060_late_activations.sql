-- A start that was given up is judged anew when it becomes active after all.
--
-- A pending session holds a place for three minutes, which is also when the gateway's sweep ends it. While the gateway is
-- down nothing sweeps; others may have taken the place by the time such a session becomes active, and one more would then be
-- above the cap. So an activation so late queues with the starts of its tenant and is refused when no place is left. The
-- session stays pending, and the gateway's sweep ends it: we never do. What it was allowed to play (campaign, NPCs, tiers) was
-- judged at its start and is not asked again.

create function private.session_gate_late() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  v private.verdict;
  v_own int;
  v_code text;
  v_words text[];
begin
  insert into private.session_gates as gate (tenant_id, starts)
  select tenant.id, 1 from public.tenants as tenant where tenant.id = new.tenant_id
  on conflict (tenant_id) do update set starts = gate.starts + 1;

  v := private.judge_start(new.tenant_id);
  -- In the half minute before it loses its place it is still counted, and must not be in its own way.
  v_own := case when old.started_at > private.now() - interval '3 minutes' then 1 else 0 end;
  v_code := case
    when v.used + v.pending - v_own >= (v.plan).session_cap then 'session_cap_reached'
    when v.live - v_own >= (v.plan).max_concurrent_sessions then 'concurrent_limit'
  end;
  if v_code is not null then
    v_words := private.start_refusal(v_code, v.plan);
    perform private.fail(v_code, v_words[1], v_words[2]);
  end if;
  return new;
end
$$;
revoke execute on function private.session_gate_late() from public;
comment on function private.session_gate_late() is 'Refuses an activation whose place was given to another session. Definer: the gateway may not read plans.';

-- Half a minute earlier than the place is lost: a transaction that began before must not slip past one that counts after.
create trigger sessions_gate_late before update of state on public.sessions
  for each row when (
    old.state = 'pending' and new.state = 'active'
    and old.started_at <= private.now() - interval '150 seconds'
  )
  execute function private.session_gate_late();
