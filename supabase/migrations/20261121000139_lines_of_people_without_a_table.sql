-- Whoever left their table may still take their data along: own_lines() looked for the words of a tenant that is none,
-- and so export_account() ended in an error of the database.

create or replace function private.own_lines() returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_tenant text := private.current_tenant_id();
  v_discord_id text := (select member.discord_id from mgmt.users as member where member.id = auth.uid());
  v_entries regclass;
  v_lines jsonb;
begin
  if v_tenant is null or v_discord_id is null then
    return '[]';
  end if;
  v_entries := private.tenant_table(v_tenant, 'session_entries');
  if v_entries is null then
    return '[]';
  end if;
  execute format(
    'select coalesce(jsonb_agg(jsonb_build_object(
       ''session_id'', session_id, ''timestamp'', "timestamp", ''text'', text, ''raw_text'', raw_text
     ) order by id), ''[]'') from %s where speaker_id = $1', v_entries
  ) into v_lines using v_discord_id;
  return v_lines;
end
$$;
