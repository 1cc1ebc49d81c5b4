-- What an Owner changes of the table itself. What the voice service must be told of (bot, servers, campaign used in
-- Discord) goes through its own calls, since each of these reconnects the bot.

create function mgmt.update_tenant_settings(name text default null, contact_email text default null) returns jsonb
language plpgsql security definer set search_path = ''
as $$
#variable_conflict use_column
declare
  v_tenant text := private.require_role('tenant_owner');
  v_name text := btrim(update_tenant_settings.name);
  v_email text := lower(btrim(update_tenant_settings.contact_email));
begin
  if v_name is not null and char_length(v_name) not between 1 and 80 then
    perform private.fail('validation', 'name: must have 1 to 80 characters.');
  end if;
  if v_email is not null and (char_length(v_email) > 254 or v_email !~ '^[^@[:space:]]+@[^@[:space:]]+\.[^@[:space:]]+$') then
    perform private.fail('validation', 'contact_email: must be an email address.');
  end if;
  update public.tenants as tenant
  set name = coalesce(v_name, tenant.name), contact_email = coalesce(v_email, tenant.contact_email)
  where tenant.id = v_tenant;
  return (
    select jsonb_build_object('id', tenant.id, 'name', tenant.name, 'contact_email', tenant.contact_email)
    from public.tenants as tenant where tenant.id = v_tenant
  );
end
$$;
revoke execute on function mgmt.update_tenant_settings(text, text) from public;
grant execute on function mgmt.update_tenant_settings(text, text) to authenticated;
comment on function mgmt.update_tenant_settings(text, text) is 'Owners change name (1 to 80 characters) and contact address of their table; what is not named stays: { id, name, contact_email }. 403 forbidden, 422 validation.';
