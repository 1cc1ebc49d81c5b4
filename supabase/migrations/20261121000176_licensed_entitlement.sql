-- Migration 170 wrote private.entitlement() anew without what a license changes in it (migration 100): the two lines again.
do $$
declare
  v_old text := pg_get_functiondef('private.entitlement(text)'::regprocedure);
  v_new text;
begin
  v_new := replace(v_old,
    'v.custom_voices := v.mode = ''licensed'';',
    'v.custom_voices := private.licensed_feature(entitlement.tenant_id, ''voice_cloning'');');
  v_new := replace(v_new,
    'v.priority_support := v.mode = ''licensed'';',
    'v.priority_support := private.licensed_feature(entitlement.tenant_id, ''priority_support'');');
  if v_old not like '%v.custom_voices := v.mode%' or v_old not like '%v.priority_support := v.mode%' or v_new = v_old then
    raise 'private.entitlement() does not say any more what a license changes.';
  end if;
  execute v_new;
end
$$;
