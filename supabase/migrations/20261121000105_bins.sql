-- What lies in a bin stays there for 30 days, from the moment it was put there.
--
-- People write deleted_at themselves, since that is how the app moves a row to the bin and back. They say that, not when:
-- the time is the product's clock, so that nothing rests for ever and nothing is purged before its day.

create function private.bin_days() returns interval
language sql immutable set search_path = ''
as $$ select interval '30 days' $$;
revoke execute on function private.bin_days() from public;
comment on function private.bin_days() is 'How long something can be taken back out of a bin.';

create function private.keep_bin() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  if tg_op = 'INSERT' or old.deleted_at is null then
    new.deleted_at := private.now();
  elsif new.deleted_at is not null then
    new.deleted_at := old.deleted_at;
  elsif auth.uid() is not null and old.deleted_at <= private.now() - private.bin_days() then
    perform private.fail('gone', 'This was in the bin for more than 30 days.', 'It cannot be restored any more.');
  end if;
  return new;
end
$$;
revoke execute on function private.keep_bin() from public;
comment on function private.keep_bin() is 'Stamps what goes to the bin by the product''s clock, and gives nothing back after 30 days (410 gone). Definer, as the clock''s settings are readable by nobody.';

create function private.has_bin(relation regclass) returns void
language plpgsql set search_path = ''
as $$
begin
  execute format(
    'create trigger keep_bin before update of deleted_at on %s
     for each row when (new.deleted_at is distinct from old.deleted_at) execute function private.keep_bin()', relation
  );
end
$$;
revoke execute on function private.has_bin(regclass) from public;
comment on function private.has_bin(regclass) is 'For tables whose deleted_at people write.';

select private.has_bin('mgmt.campaigns');
select private.has_bin('mgmt.campaign_lore');
